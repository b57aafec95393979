import type { SpendingPolicy } from '../slots/spending-policy.ts';
import { limitsSpending } from './spending-rules.ts';
import { effectiveSpent, windowEndOverflows, windowResetsAtSeconds } from './window.ts';
import type { WindowRule } from './window.ts';

/** Why a budget cannot be told. */
export type UnknownBudgetReason = 'WINDOW_RULE_UNVERIFIED';

/** What is left of a budget, in base units. UNKNOWN is an answer of its own, never 0 and never unlimited. */
export type RemainingBudget =
  /** No policy, or max_per_window 0. */
  | { readonly kind: 'UNLIMITED' }
  /** The rule of the class is not known: nothing is computed, and nothing is 0. */
  | { readonly kind: 'UNKNOWN'; readonly reason: UnknownBudgetReason }
  | {
      readonly kind: 'LIMITED';
      /** max_per_window - effective spent, never below 0; 0 where every counted call panics. Base units. */
      readonly remaining: bigint;
      readonly effectiveSpent: bigint;
      /** The most one call may take now: the lower of `remaining` and max_per_call. */
      readonly largestCall: bigint;
      readonly resetsAtSeconds: bigint | 'AT_NEXT_SPEND' | 'NEVER';
      /** True where window_start + window_seconds is beyond u64: every counted call panics, for good. */
      readonly blockedByOverflow: boolean;
    };

/**
 * What a session key may still spend of one token in the window at `nowSeconds`.
 * @param policy as stored, or nothing where the token has none.
 * @param rule of the class at that block, or nothing where no evidence settles it: then UNKNOWN.
 */
export const remainingBudget = (
  policy: SpendingPolicy | undefined,
  rule: WindowRule | undefined,
  nowSeconds: bigint,
): RemainingBudget => {
  if (!limitsSpending(policy)) return { kind: 'UNLIMITED' };
  if (rule === undefined) return { kind: 'UNKNOWN', reason: 'WINDOW_RULE_UNVERIFIED' };
  const blockedByOverflow = windowEndOverflows(policy);
  const spent = blockedByOverflow ? policy.spentInWindow : effectiveSpent(policy, rule, nowSeconds);
  const remaining = blockedByOverflow || spent > policy.maxPerWindow ? 0n : policy.maxPerWindow - spent;
  return {
    kind: 'LIMITED',
    remaining,
    effectiveSpent: spent,
    largestCall: remaining < policy.maxPerCall ? remaining : policy.maxPerCall,
    resetsAtSeconds: windowResetsAtSeconds(policy, rule, nowSeconds),
    blockedByOverflow,
  };
};
