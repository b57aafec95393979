import type { Felt } from '#libs/felt';
import { splitU256, toFelt, U256_MAX, U64_MAX } from '#libs/felt';
import { AccountError } from '../account.error.ts';
import { FeltReader } from '../felt-reader.ts';

/** The three numbers an owner sets. Amounts in the token's base units, u256; the window in seconds, u64. */
export interface SpendingTerms {
  /** 0 with a window blocks every counted call above 0. */
  readonly maxPerCall: bigint;
  /** 0 means no policy: UNLIMITED for that token. */
  readonly maxPerWindow: bigint;
  readonly windowSeconds: bigint;
}

/** What the account stores for a session key and a token. */
export interface SpendingPolicy extends SpendingTerms {
  /** As stored: after the end of the window it still holds the old figure. Ask `effectiveSpent`. */
  readonly spentInWindow: bigint;
  readonly windowStartSeconds: bigint;
}

/** What the account answers for a token without a policy, and stores after a removal. */
export const NO_POLICY: SpendingPolicy = {
  maxPerCall: 0n,
  maxPerWindow: 0n,
  windowSeconds: 0n,
  spentInWindow: 0n,
  windowStartSeconds: 0n,
};

/**
 * Reads the answer of `get_spending_policy`, or the eight storage slots in order.
 * @throws AccountError INVALID_SPENDING_POLICY unless exactly 8 felts, each in its range.
 */
export const spendingPolicyFromFelts = (felts: readonly Felt[]): SpendingPolicy => {
  const reader = new FeltReader(felts, 'INVALID_SPENDING_POLICY');
  const policy = {
    maxPerCall: reader.u256('max_per_call'),
    maxPerWindow: reader.u256('max_per_window'),
    windowSeconds: reader.u64('window_seconds'),
    spentInWindow: reader.u256('spent_in_window'),
    windowStartSeconds: reader.u64('window_start'),
  };
  reader.end();
  return policy;
};

/** The eight felts in storage order. @throws AccountError INVALID_SPENDING_POLICY for a value out of range. */
export const spendingPolicyToFelts = (policy: SpendingPolicy): Felt[] => [
  ...spendingTermsToFelts(policy),
  ...halves('spent_in_window', policy.spentInWindow),
  seconds('window_start', policy.windowStartSeconds),
];

/** The five felts that `set_spending_policy` takes after key and token, and the first five slots. */
export const spendingTermsToFelts = (terms: SpendingTerms): Felt[] => [
  ...halves('max_per_call', terms.maxPerCall),
  ...halves('max_per_window', terms.maxPerWindow),
  seconds('window_seconds', terms.windowSeconds),
];

const halves = (name: string, amount: bigint): readonly [Felt, Felt] => {
  if (amount < 0n || amount > U256_MAX) throw beyond(name, 'u256');
  return splitU256(amount);
};

const seconds = (name: string, value: bigint): Felt => {
  if (value < 0n || value > U64_MAX) throw beyond(name, 'u64');
  return toFelt(value);
};

const beyond = (name: string, type: string): AccountError =>
  new AccountError('INVALID_SPENDING_POLICY', `${name} is beyond ${type}`);
