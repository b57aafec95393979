import { type ProfileRegistry, rulesOf } from '#libs/account';
import { parseFelt, toClassHash } from '#libs/felt';
import { budgetStanding } from '#libs/sessions';
import type { BudgetJson } from './budgets.statement.ts';

/** What a budget still lets through in its window. */
export const leftOf = (
  policy: BudgetJson,
  profiles: Pick<ProfileRegistry, 'find'>,
  nowSeconds: bigint,
): bigint | 'UNLIMITED' | 'UNKNOWN' => {
  if (policy.isUnread) return 'UNKNOWN';
  const profile =
    policy.classHash === null ? undefined : profiles.find(toClassHash(parseFelt(policy.classHash)));
  const standing = budgetStanding(
    {
      maxPerCall: BigInt(policy.maxPerCall),
      maxPerWindow: BigInt(policy.maxPerWindow),
      windowSeconds: BigInt(policy.windowSeconds),
      spentInWindow: BigInt(policy.spentInWindow),
      windowStartSeconds: BigInt(policy.windowStartSeconds),
    },
    rulesOf(profile).windowRule,
    nowSeconds,
  );
  if (standing.state !== 'LIMITED') return standing.state;
  // Every counted call of such a key reverts, for good: nothing of its window can be spent.
  return standing.blockedByOverflow === true ? 0n : (standing.remaining ?? 'UNKNOWN');
};
