import { type ProfileRegistry, rulesOf } from '#libs/account';
import { parseFelt, toClassHash } from '#libs/felt';
import { budgetStanding } from '#libs/sessions';
import type { BudgetJson } from './budgets.statement.ts';

export type BudgetGroup = 'TOKEN' | 'ACCOUNT' | 'SESSION' | 'LABEL' | 'TEAM' | 'COST_CENTRE';

/** What budgets of one token leave, for one value of each thing it is grouped by. */
export interface BudgetSum {
  /** One of the policies that it is the sum of: what all have in common can be read off it. */
  readonly of: BudgetJson;
  /** Of those that limit. The others have no number, and none is made up for them. */
  readonly remaining: bigint;
  readonly limited: number;
  readonly unlimited: number;
  readonly unknown: number;
}

const VALUES: Record<BudgetGroup, (policy: BudgetJson) => string> = {
  TOKEN: ({ token }) => token,
  ACCOUNT: ({ account }) => account,
  SESSION: ({ sessionKey }) => sessionKey,
  LABEL: ({ label }) => label ?? '',
  TEAM: ({ team }) => team ?? '',
  COST_CENTRE: ({ costCentre }) => costCentre ?? '',
};

/** Adds up by groups, of which the token is always one. In the order of their values. */
export const sumBudgets = (
  policies: readonly BudgetJson[],
  groups: readonly BudgetGroup[],
  profiles: Pick<ProfileRegistry, 'find'>,
  nowSeconds: bigint,
): readonly BudgetSum[] => {
  const keyOf = (policy: BudgetJson) => JSON.stringify(groups.map((group) => VALUES[group](policy)));
  return [...Map.groupBy(policies, keyOf)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, members]) => {
      const [of] = members;
      if (of === undefined) return [];
      const left = members.map((policy) => leftOf(policy, profiles, nowSeconds));
      const amounts = left.filter((value) => typeof value === 'bigint');
      return [
        {
          of,
          remaining: amounts.reduce((sum, amount) => sum + amount, 0n),
          limited: amounts.length,
          unlimited: left.filter((value) => value === 'UNLIMITED').length,
          unknown: left.filter((value) => value === 'UNKNOWN').length,
        },
      ];
    });
};

const leftOf = (
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
