import {
  effectiveSpent,
  type SpendingPolicy,
  windowEndOverflows,
  windowIsOver,
  type WindowRule,
} from '#libs/account';

/** How often a budget still starts anew, and what is left of it before it does. */
export interface WindowsLeft {
  /** In the window that runs; 0 where none does. */
  readonly leftNow: bigint;
  /** Windows that can still be started, each at the first second that the rule allows. */
  readonly fresh: bigint;
}

/**
 * Counts windows back to back from `nowSeconds` to `untilSeconds`, both inclusive. A window starts at the first spend
 * after the end of the one before, so the most are had by spending at once each time.
 * BLOCKED: every counted call panics. EVERY_CALL: a window of no length starts anew at each call, so it limits nothing.
 */
export const windowsToExpiry = (
  policy: SpendingPolicy,
  rule: WindowRule,
  nowSeconds: bigint,
  untilSeconds: bigint,
): WindowsLeft | 'BLOCKED' | 'EVERY_CALL' => {
  if (windowEndOverflows(policy)) return 'BLOCKED';
  const pause = rule.resets === 'AT_END' ? 0n : 1n;
  const step = policy.windowSeconds + pause;
  if (step === 0n) return 'EVERY_CALL';
  const isOver = windowIsOver(policy, rule, nowSeconds);
  const first = isOver ? nowSeconds : policy.windowStartSeconds + step;
  const fresh = first > untilSeconds ? 0n : (untilSeconds - first) / step + 1n;
  const left = policy.maxPerWindow - effectiveSpent(policy, rule, nowSeconds);
  return { leftNow: isOver || left < 0n ? 0n : left, fresh };
};
