import type { MaximumAtRisk } from './maximum-at-risk.ts';

/**
 * What all keys of an account put at risk of one token together: one that may take the account over decides, then one
 * that is not known; else the sum, and never more than the account holds.
 */
export const accountAtRisk = (
  keys: readonly Pick<MaximumAtRisk, 'kind' | 'amount'>[],
  balance: bigint | undefined,
): Pick<MaximumAtRisk, 'kind' | 'amount'> => {
  for (const kind of ['UNBOUNDED', 'UNKNOWN'] as const) {
    if (keys.some((key) => key.kind === kind)) return { kind, amount: undefined };
  }
  const sum = keys.reduce((total, { amount }) => total + (amount ?? 0n), 0n);
  return { kind: 'BOUNDED', amount: balance !== undefined && balance < sum ? balance : sum };
};
