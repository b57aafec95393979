import { feltToHex } from '#libs/felt';
import type { CallInfo } from '../execution/call-info.ts';
import type { JsonObject } from '../rpc/json.ts';
import { changesToJson } from '../state/changes-json.ts';
import type { ExecutedTransaction } from './executor.ts';
import { receiptBodyOf } from './receipt.ts';
import { hexList } from './transaction-json.ts';

const GAS_OF_CALL = 400_000;

/** What `starknet_traceTransaction` answers. */
export const traceOf = (executed: ExecutedTransaction): JsonObject => {
  const { type } = executed.transaction;
  const rest = {
    ...invocationMember('fee_transfer_invocation', executed.feeCall),
    state_diff: changesToJson(executed.changes),
    execution_resources: receiptBodyOf(executed).execution_resources,
  };
  const validation = invocationMember('validate_invocation', executed.validateCall);
  switch (type) {
    case 'INVOKE':
      return { type, ...validation, execute_invocation: executionOf(executed), ...rest };
    case 'DEPLOY_ACCOUNT':
      return {
        type,
        ...validation,
        ...invocationMember('constructor_invocation', executed.executeCall),
        ...rest,
      };
    case 'DECLARE':
      return { type, ...validation, ...rest };
  }
};

const executionOf = (executed: ExecutedTransaction): JsonObject =>
  executed.executeCall && !executed.revert
    ? invocationOf(executed.executeCall)
    : { revert_reason: executed.revert?.reason ?? '' };

const invocationMember = (name: string, call: CallInfo | undefined): JsonObject =>
  call ? { [name]: invocationOf(call) } : {};

const invocationOf = (call: CallInfo): JsonObject => ({
  contract_address: feltToHex(call.contractAddress),
  entry_point_selector: feltToHex(call.selector),
  calldata: hexList(call.calldata),
  caller_address: feltToHex(call.callerAddress),
  class_hash: feltToHex(call.classHash),
  entry_point_type: call.entryPointType,
  call_type: 'CALL',
  result: hexList(call.result),
  calls: call.calls.map(invocationOf),
  events: call.events.map((event) => ({
    keys: hexList(event.keys),
    data: hexList(event.data),
    order: event.order,
  })),
  messages: [],
  execution_resources: { l1_gas: 0, l2_gas: GAS_OF_CALL },
  is_reverted: call.failed,
});
