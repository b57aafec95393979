import { effectiveSpent, type SpendingPolicy, windowEndOverflows, type WindowRule } from '#libs/account';

/** A policy that is set where one was in force, and what is known of the moment before. */
export interface SettingAgain {
  /** The policy as stored at the end of the block before; nothing where that is not known. */
  readonly before: SpendingPolicy | undefined;
  /** Of the class before the block; nothing where it is unverified. */
  readonly rule: WindowRule | undefined;
  readonly nowSeconds: bigint;
  /** The policy was set earlier in the same block, so what was stored before the block says nothing. */
  readonly setInBlock: boolean;
  /** The key may have spent earlier in the same block. */
  readonly usedInBlock: boolean;
}

/**
 * Whether setting a policy again zeroed a budget that was partly spent, in mid-window. Undefined where nobody can tell
 * from the states before and after the block: that is not "no".
 */
export const isRefill = (setting: SettingAgain): boolean | undefined => {
  const { before, rule, nowSeconds, setInBlock, usedInBlock } = setting;
  const unlessUsed = usedInBlock ? undefined : false;
  if (setInBlock) return unlessUsed;
  if (before === undefined) return undefined;
  if (before.spentInWindow === 0n) return unlessUsed;
  if (rule === undefined) return undefined;
  const spent = windowEndOverflows(before) ? before.spentInWindow : effectiveSpent(before, rule, nowSeconds);
  return spent > 0n ? true : unlessUsed;
};
