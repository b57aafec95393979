import type { Felt } from '#libs/felt';
import type { Invocation, OrderedEvent, TransactionTrace } from '../types.ts';
import {
  addressField,
  arrayField,
  asObject,
  classHashField,
  feltField,
  feltsField,
  type JsonObject,
  malformed,
  naturalField,
  objectField,
  textField,
  wordField,
} from './fields.ts';

const TYPES = ['INVOKE', 'DEPLOY_ACCOUNT', 'DECLARE', 'L1_HANDLER'] as const;
const ENTRY_POINT_TYPES = ['EXTERNAL', 'L1_HANDLER', 'CONSTRUCTOR'] as const;
const CALL_TYPES = ['CALL', 'LIBRARY_CALL', 'DELEGATE'] as const;

/** Far beyond what the network's gas allows; an answer this deep is made to exhaust the stack. */
const MAX_DEPTH = 512;

/**
 * Reads an answer of starknet_traceTransaction. It does not say which transaction it is of: whoever holds the
 * transaction has to compare.
 * @throws ChainError RPC_MALFORMED
 */
export const readTraceAnswer = (answer: unknown, transactionHash: Felt): TransactionTrace => {
  const raw = asObject(answer, 'trace');
  const traced = wordField(raw, 'type', TYPES);
  const trace = {
    transactionHash,
    type: traced,
    ...member(raw, 'validate_invocation', 'validate'),
    ...member(raw, 'fee_transfer_invocation', 'feeTransfer'),
  };
  switch (traced) {
    case 'INVOKE': {
      const execution = readExecution(raw, 'execute_invocation');
      return 'ran' in execution ? { ...trace, execute: execution.ran } : { ...trace, ...execution };
    }
    case 'L1_HANDLER': {
      const execution = readExecution(raw, 'function_invocation');
      return 'ran' in execution
        ? { ...trace, functionInvocation: execution.ran }
        : { ...trace, ...execution };
    }
    case 'DEPLOY_ACCOUNT':
      return {
        ...trace,
        constructorInvocation: readInvocation(objectField(raw, 'constructor_invocation'), 0),
      };
    case 'DECLARE':
      return trace;
  }
};

const isAbsent = (value: unknown): boolean => value === undefined || value === null;

const member = <Name extends 'validate' | 'feeTransfer'>(
  raw: JsonObject,
  from: string,
  to: Name,
): Partial<Record<Name, Invocation>> =>
  isAbsent(raw[from])
    ? {}
    : ({ [to]: readInvocation(objectField(raw, from), 0) } as Partial<Record<Name, Invocation>>);

/** What ran, or the reason why all of it was taken back. */
const readExecution = (raw: JsonObject, from: string): { ran: Invocation } | { revertReason: string } => {
  const execution = objectField(raw, from);
  return isAbsent(execution['revert_reason'])
    ? { ran: readInvocation(execution, 0) }
    : { revertReason: textField(execution, 'revert_reason') };
};

const readInvocation = (raw: JsonObject, depth: number): Invocation => {
  if (depth > MAX_DEPTH) throw malformed('a trace is nested too deep');
  return {
    contractAddress: addressField(raw, 'contract_address'),
    entryPointSelector: feltField(raw, 'entry_point_selector'),
    calldata: feltsField(raw, 'calldata'),
    callerAddress: feltField(raw, 'caller_address'),
    entryPointType: wordField(raw, 'entry_point_type', ENTRY_POINT_TYPES),
    callType: wordField(raw, 'call_type', CALL_TYPES),
    classHash: classHashField(raw, 'class_hash'),
    result: feltsField(raw, 'result'),
    isReverted: isRevertedField(raw),
    calls: arrayField(raw, 'calls').map((call) => readInvocation(asObject(call, 'call'), depth + 1)),
    events: arrayField(raw, 'events').map(readOrderedEvent),
  };
};

// Older nodes leave it out; what they traced knew no call that failed and was caught.
const isRevertedField = (raw: JsonObject): boolean => {
  const value = raw['is_reverted'];
  if (isAbsent(value)) return false;
  if (typeof value !== 'boolean') throw malformed('is_reverted is not a boolean');
  return value;
};

const readOrderedEvent = (item: unknown): OrderedEvent => {
  const raw = asObject(item, 'event');
  return {
    order: naturalField(raw, 'order'),
    keys: feltsField(raw, 'keys'),
    data: feltsField(raw, 'data'),
  };
};
