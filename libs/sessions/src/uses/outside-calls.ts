import {
  AccountError,
  type Call,
  decodeExecuteCalldata,
  decodeOutsideExecution,
  readAccountSignature,
  SELECTORS,
} from '#libs/account';
import { type Address, type Felt, toSessionKey } from '#libs/felt';
import type { BlockTransaction } from './block-transaction.ts';
import type { Attempt } from './use.ts';

const EXECUTE_FROM_OUTSIDE = SELECTORS.execute_from_outside_v2;

/** Calldata is the sender's own affair: what does not have the standard's form only means that it says nothing. */
const readable = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch (error) {
    if (error instanceof AccountError) return undefined;
    throw error;
  }
};

/** The session-signed outside executions of an account that the calldata of a transaction shows, in its order. */
export const outsideAttempts = (account: Address, transaction: BlockTransaction): readonly Attempt[] => {
  const { calldata, senderAddress } = transaction;
  if (calldata?.includes(EXECUTE_FROM_OUTSIDE) !== true) return [];
  const calls = transaction.type === 'INVOKE' ? readable(() => decodeExecuteCalldata(calldata)) : undefined;
  if (calls === undefined) return embedded(account, transaction, calldata);
  return calls.flatMap((call) => {
    if (call.to !== account || call.selector !== EXECUTE_FROM_OUTSIDE) {
      return embedded(account, transaction, call.calldata);
    }
    const attempt = outsideAttempt(transaction, call.calldata, { topLevel: true, caller: senderAddress });
    return attempt ? [attempt] : [];
  });
};

/** A call within calldata reads `to, selector, length, ...calldata`, whatever stands around it. */
const embedded = (account: Address, transaction: BlockTransaction, felts: readonly Felt[]): Attempt[] =>
  felts.flatMap((felt, index) => {
    if (felt !== account || felts[index + 1] !== EXECUTE_FROM_OUTSIDE) return [];
    const length = felts[index + 2];
    if (length === undefined || length > BigInt(felts.length)) return [];
    const calldata = felts.slice(index + 3, index + 3 + Number(length));
    const attempt = outsideAttempt(transaction, calldata, { topLevel: false, caller: undefined });
    return attempt ? [attempt] : [];
  });

/** An outside execution as an attempt of a session key; nothing where another signs, or it cannot be read. */
export const outsideAttempt = (
  transaction: BlockTransaction,
  calldata: readonly Felt[],
  where: { readonly topLevel: boolean; readonly caller: bigint | undefined },
): Attempt | undefined => {
  const signed = readable(() => decodeOutsideExecution(calldata));
  const signature = signed && readAccountSignature(signed.signature);
  if (signature?.kind !== 'SESSION') return undefined;
  return {
    transaction,
    path: 'OUTSIDE_EXECUTION',
    sessionKey: toSessionKey(signature.sessionKey),
    signature,
    signatureValidUntilSeconds: signature.validUntilSeconds,
    calls: signed?.outsideExecution.calls,
    outside: signed?.outsideExecution,
    failedCalls: undefined,
    ...where,
  };
};

/** The use that the account's own session-signed transaction is, whatever becomes of it. */
export const invokeAttempt = (account: Address, transaction: BlockTransaction): Attempt | undefined => {
  const { type, version, senderAddress, signature = [], calldata = [] } = transaction;
  if (type !== 'INVOKE' || version === 0n || senderAddress !== account) return undefined;
  const read = readAccountSignature(signature);
  if (read.kind !== 'SESSION') return undefined;
  return {
    transaction,
    path: 'INVOKE',
    sessionKey: toSessionKey(read.sessionKey),
    signature: read,
    signatureValidUntilSeconds: read.validUntilSeconds,
    calls: readable(() => decodeExecuteCalldata(calldata)),
    topLevel: true,
    caller: 0n,
    outside: undefined,
    failedCalls: undefined,
  };
};

/** Which of the calls failed, from the calls that really ran under the account; undefined where they cannot be told. */
export const failedCallsOf = (
  calls: readonly Call[] | undefined,
  ran: readonly {
    readonly contractAddress: Address;
    readonly entryPointSelector: Felt;
    readonly isReverted: boolean;
  }[],
): readonly (boolean | undefined)[] | undefined => {
  if (calls === undefined) return undefined;
  let next = 0;
  const failed = calls.map(({ to, selector }) => {
    const traced = ran[next];
    const isIt = traced?.contractAddress === to && traced.entryPointSelector === selector;
    if (isIt) next += 1;
    // One that could not be entered leaves no trace.
    return isIt ? traced.isReverted : true;
  });
  return next === ran.length ? failed : undefined;
};
