import type { Address, Felt } from '#libs/felt';
import { encodeShortString, toFelt } from '#libs/felt';
import type { Call } from '../account.types.ts';
import { FeltReader } from '../felt-reader.ts';
import { encodeCalls, readCalls } from './calls.ts';
import { SELECTORS } from './known-selectors.ts';

/** `OutsideExecution.caller` for anyone. 0 says the same. */
export const ANY_CALLER = encodeShortString('ANY_CALLER');

/** The OutsideExecution of SNIP-9 version 2. Both bounds are exclusive: after < now < before, unix seconds. */
export interface OutsideExecution {
  readonly caller: Felt;
  /** Single use, apart from the nonce of the account. */
  readonly nonce: Felt;
  readonly executeAfterSeconds: bigint;
  readonly executeBeforeSeconds: bigint;
  readonly calls: readonly Call[];
}

/** What `execute_from_outside_v2` takes. */
export interface SignedOutsideExecution {
  readonly outsideExecution: OutsideExecution;
  /** 2 felts of the owner, or 4 of a session key. */
  readonly signature: readonly Felt[];
}

/** True for a call that asks an account to execute from outside, SNIP-9 version 2. */
export const isOutsideExecutionCall = (call: Call): boolean =>
  call.selector === SELECTORS.execute_from_outside_v2;

/**
 * Reads the calldata of `execute_from_outside_v2`.
 * @throws AccountError CALLDATA_MALFORMED when felts are missing or left over, or a value is out of range.
 */
export const decodeOutsideExecution = (calldata: readonly Felt[]): SignedOutsideExecution => {
  const reader = new FeltReader(calldata, 'CALLDATA_MALFORMED');
  const outsideExecution = {
    caller: reader.addressOrZero('caller'),
    nonce: reader.felt('nonce'),
    executeAfterSeconds: reader.u64('execute_after'),
    executeBeforeSeconds: reader.u64('execute_before'),
    calls: readCalls(reader, 'calls'),
  };
  const signature = reader.felts('signature');
  reader.end();
  return { outsideExecution, signature };
};

/** The call that a relayer sends to `account`. */
export const encodeOutsideExecutionCall = (
  account: Address,
  { outsideExecution, signature }: SignedOutsideExecution,
): Call => ({
  to: account,
  selector: SELECTORS.execute_from_outside_v2,
  calldata: [
    outsideExecution.caller,
    outsideExecution.nonce,
    toFelt(outsideExecution.executeAfterSeconds),
    toFelt(outsideExecution.executeBeforeSeconds),
    ...encodeCalls(outsideExecution.calls),
    toFelt(signature.length),
    ...signature,
  ],
});
