import { feltToHex } from '#libs/felt';
import { type CallInfo, eventsUnder } from '../execution/call-info.ts';
import type { JsonObject } from '../rpc/json.ts';
import type { ExecutedTransaction } from './executor.ts';
import { hexList, receiptAddressOf } from './transaction-json.ts';

export interface EventJson extends JsonObject {
  readonly from_address: string;
  readonly keys: readonly string[];
  readonly data: readonly string[];
}

/** The parts of a receipt that do not depend on where the transaction ends up. */
export interface ReceiptBody {
  readonly type: string;
  readonly transaction_hash: string;
  readonly actual_fee: { readonly unit: 'FRI'; readonly amount: string };
  readonly events: readonly EventJson[];
  readonly revert_reason: string | undefined;
  readonly execution_resources: {
    readonly l1_gas: number;
    readonly l1_data_gas: number;
    readonly l2_gas: number;
  };
  readonly contract_address: string | undefined;
}

export const receiptBodyOf = (executed: ExecutedTransaction): ReceiptBody => ({
  type: executed.transaction.type,
  transaction_hash: feltToHex(executed.transactionHash),
  actual_fee: { unit: 'FRI', amount: feltToHex(executed.fee) },
  events: eventsOf(executed),
  revert_reason: executed.revert?.reason,
  execution_resources: {
    l1_gas: Number(executed.gas.l1Gas),
    l1_data_gas: Number(executed.gas.l1DataGas),
    l2_gas: Number(executed.gas.l2Gas),
  },
  contract_address: receiptAddressOf(executed.transaction),
});

/** Validation, execution, fee: in this order, and by emission within each. */
const eventsOf = (executed: ExecutedTransaction): EventJson[] =>
  [executed.validateCall, executed.executeCall, executed.feeCall]
    .filter((call): call is CallInfo => call !== undefined)
    .flatMap(eventsUnder)
    .map(({ fromAddress, event }) => ({
      from_address: feltToHex(fromAddress),
      keys: hexList(event.keys),
      data: hexList(event.data),
    }));

export type Finality = 'PRE_CONFIRMED' | 'ACCEPTED_ON_L2' | 'ACCEPTED_ON_L1';

/** A receipt in devnet's order of members; without a place where the block's header tells it. */
export const receiptToJson = (
  body: ReceiptBody,
  finality: Finality,
  place: { readonly block_hash?: string; readonly block_number?: number },
): JsonObject => ({
  type: body.type,
  transaction_hash: body.transaction_hash,
  actual_fee: body.actual_fee,
  messages_sent: [],
  events: body.events,
  execution_status: body.revert_reason === undefined ? 'SUCCEEDED' : 'REVERTED',
  ...(body.revert_reason === undefined ? {} : { revert_reason: body.revert_reason }),
  finality_status: finality,
  ...place,
  execution_resources: body.execution_resources,
  ...(body.contract_address === undefined ? {} : { contract_address: body.contract_address }),
});
