import { ANY_CALLER } from '../calldata/outside-execution.ts';
import type { OutsideExecution } from '../calldata/outside-execution.ts';
import { PANIC_TEXTS } from './refusal.ts';
import type { Refusal } from './refusal.ts';

/** Everything the account looks at before any signature. */
export interface OutsideExecutionCheck {
  readonly outsideExecution: OutsideExecution;
  /** The contract that calls the account, 0 for none. */
  readonly caller: bigint;
  /** Time of the block. */
  readonly nowSeconds: bigint;
  readonly nonceUsed: boolean;
}

/**
 * The checks of `execute_from_outside_v2` that come before any signature (SNIP-9 version 2), in contract order:
 * caller, both time bounds (exclusive), nonce. After them the account marks the nonce as used. Gives the first
 * refusal, or nothing.
 */
export const checkOutsideExecution = (check: OutsideExecutionCheck): Refusal | undefined => {
  const { outsideExecution, caller, nowSeconds, nonceUsed } = check;
  const { executeAfterSeconds, executeBeforeSeconds } = outsideExecution;
  if (!isCallerAllowed(outsideExecution, caller)) return invalidCaller(check);
  if (nowSeconds <= executeAfterSeconds) return tooEarly(check);
  if (nowSeconds >= executeBeforeSeconds) return tooLate(check);
  return nonceUsed ? nonceAlreadyUsed(check) : undefined;
};

/** True for the caller named, and for everyone where 0 or ANY_CALLER is named. */
export const isCallerAllowed = ({ caller: allowed }: OutsideExecution, caller: bigint): boolean =>
  allowed === 0n || allowed === ANY_CALLER || allowed === caller;

const invalidCaller = ({ outsideExecution, caller }: OutsideExecutionCheck): Refusal => ({
  code: 'OUTSIDE_EXECUTION_INVALID_CALLER',
  rule: 'CALLER',
  panicText: PANIC_TEXTS.invalidCaller,
  details: { allowedCaller: outsideExecution.caller, caller },
});

const tooEarly = ({ outsideExecution, nowSeconds }: OutsideExecutionCheck): Refusal => ({
  code: 'OUTSIDE_EXECUTION_TOO_EARLY',
  rule: 'EXECUTE_AFTER',
  panicText: PANIC_TEXTS.tooEarly,
  details: { executeAfterSeconds: outsideExecution.executeAfterSeconds, nowSeconds },
});

const tooLate = ({ outsideExecution, nowSeconds }: OutsideExecutionCheck): Refusal => ({
  code: 'OUTSIDE_EXECUTION_TOO_LATE',
  rule: 'EXECUTE_BEFORE',
  panicText: PANIC_TEXTS.tooLate,
  details: { executeBeforeSeconds: outsideExecution.executeBeforeSeconds, nowSeconds },
});

const nonceAlreadyUsed = ({ outsideExecution }: OutsideExecutionCheck): Refusal => ({
  code: 'OUTSIDE_EXECUTION_NONCE_USED',
  rule: 'NONCE',
  panicText: PANIC_TEXTS.duplicatedNonce,
  details: { nonce: outsideExecution.nonce },
});
