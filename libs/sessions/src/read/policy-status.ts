import { remainingBudget, type SpendingPolicy, type WindowRule } from '#libs/account';

export type BudgetState = 'LIMITED' | 'UNLIMITED' | 'UNKNOWN';
export type BudgetReset = 'AT_TIME' | 'AT_NEXT_SPEND' | 'NEVER';

/** What a spending policy leaves at a time. Undefined members are not known or do not apply; none of them is 0 for that. */
export interface BudgetStanding {
  readonly state: BudgetState;
  readonly reason: { readonly code: 'WINDOW_RULE_UNVERIFIED'; readonly message: string } | undefined;
  readonly effectiveSpent: bigint | undefined;
  readonly remaining: bigint | undefined;
  readonly largestCall: bigint | undefined;
  readonly reset: BudgetReset | undefined;
  readonly resetsAtSeconds: bigint | undefined;
  /** Undefined: whether the end of a window counts in this class is not known. */
  readonly blockedByOverflow: boolean | undefined;
}

const NOTHING_TOLD = {
  reason: undefined,
  effectiveSpent: undefined,
  remaining: undefined,
  largestCall: undefined,
  reset: undefined,
  resetsAtSeconds: undefined,
  blockedByOverflow: false,
} as const;

const UNVERIFIED_MESSAGE =
  'It is not known how this class of account counts its spending window, so what remains is not claimed.';

/** @param rule of the class at the block, or nothing where no evidence settles it. */
export const budgetStanding = (
  policy: SpendingPolicy,
  rule: WindowRule | undefined,
  nowSeconds: bigint,
): BudgetStanding => {
  const budget = remainingBudget(policy, rule, nowSeconds);
  switch (budget.kind) {
    case 'UNLIMITED':
      return { ...NOTHING_TOLD, state: 'UNLIMITED' };
    case 'UNKNOWN':
      return {
        ...NOTHING_TOLD,
        blockedByOverflow: undefined,
        state: 'UNKNOWN',
        reason: { code: budget.reason, message: UNVERIFIED_MESSAGE },
      };
    case 'LIMITED': {
      const { resetsAtSeconds, effectiveSpent, remaining, largestCall, blockedByOverflow } = budget;
      const atTime = typeof resetsAtSeconds === 'bigint';
      return {
        state: 'LIMITED',
        reason: undefined,
        effectiveSpent,
        remaining,
        largestCall,
        blockedByOverflow,
        reset: atTime ? 'AT_TIME' : resetsAtSeconds,
        resetsAtSeconds: atTime ? resetsAtSeconds : undefined,
      };
    }
  }
};
