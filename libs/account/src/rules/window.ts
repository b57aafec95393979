import { U64_MAX } from '#libs/felt';
import type { SpendingPolicy, SpendingTerms } from '../slots/spending-policy.ts';

/**
 * How a class counts its window. Both are fixed windows that start again at the first spend after the end.
 * `anchor` SETTING: window_start is the block time of setting. FIRST_SPEND: 0 until the first spend.
 * `resets` AT_END: a spend at now >= start + window starts a new one. AFTER_END: only now > start + window does.
 */
export interface WindowRule {
  readonly anchor: 'SETTING' | 'FIRST_SPEND';
  readonly resets: 'AT_END' | 'AFTER_END';
}

type Window = Pick<SpendingPolicy, 'windowStartSeconds' | 'windowSeconds'>;

/** The last second of arithmetic: a sum beyond u64 makes every counted spend panic. */
export const windowEndOverflows = (policy: Window): boolean => windowEnd(policy) > U64_MAX;

/**
 * Whether a counted spend at `nowSeconds` starts a new window.
 * Meaningless where `windowEndOverflows`: the account panics before it knows.
 */
export const windowIsOver = (policy: Window, rule: WindowRule, nowSeconds: bigint): boolean => {
  if (rule.anchor === 'FIRST_SPEND' && policy.windowStartSeconds === 0n) return true;
  const end = windowEnd(policy);
  return rule.resets === 'AT_END' ? nowSeconds >= end : nowSeconds > end;
};

/** What counts as spent for a spend at `nowSeconds`: 0 once the window is over, whatever storage still holds. */
export const effectiveSpent = (policy: SpendingPolicy, rule: WindowRule, nowSeconds: bigint): bigint =>
  windowIsOver(policy, rule, nowSeconds) ? 0n : policy.spentInWindow;

/**
 * The first second at which a spend starts a new window. AT_NEXT_SPEND: the window is over or not begun, so the
 * next spend anchors it. NEVER: that second is beyond u64.
 */
export const windowResetsAtSeconds = (
  policy: SpendingPolicy,
  rule: WindowRule,
  nowSeconds: bigint,
): bigint | 'AT_NEXT_SPEND' | 'NEVER' => {
  if (!windowEndOverflows(policy) && windowIsOver(policy, rule, nowSeconds)) return 'AT_NEXT_SPEND';
  const resetsAt = windowEnd(policy) + (rule.resets === 'AT_END' ? 0n : 1n);
  return resetsAt > U64_MAX ? 'NEVER' : resetsAt;
};

/** The policy as stored after `set_spending_policy`: spent back to 0, also in mid-window. */
export const policyAsSet = (terms: SpendingTerms, rule: WindowRule, nowSeconds: bigint): SpendingPolicy => ({
  maxPerCall: terms.maxPerCall,
  maxPerWindow: terms.maxPerWindow,
  windowSeconds: terms.windowSeconds,
  spentInWindow: 0n,
  windowStartSeconds: rule.anchor === 'SETTING' ? nowSeconds : 0n,
});

const windowEnd = (policy: Window): bigint => policy.windowStartSeconds + policy.windowSeconds;
