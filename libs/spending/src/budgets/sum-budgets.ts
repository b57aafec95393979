import type { ProfileRegistry } from '#libs/account';
import type { BudgetJson, MembershipJson } from './budgets.statement.ts';
import { leftOf } from './left-of-budget.ts';

export type BudgetGroup = 'TOKEN' | 'ACCOUNT' | 'SESSION' | 'LABEL' | 'TEAM' | 'COST_CENTRE' | 'GROUP';

/** What budgets of one token leave, for one value of each thing it is grouped by. */
export interface BudgetSum {
  /** One of the policies that it is the sum of: what all have in common can be read off it. */
  readonly of: BudgetJson;
  /** The group that it is told for; undefined where it is not told by group, and of accounts without one. */
  readonly group: MembershipJson | undefined;
  /** Of those that limit. The others have no number, and none is made up for them. */
  readonly remaining: bigint;
  readonly limited: number;
  readonly unlimited: number;
  readonly unknown: number;
}

export interface BudgetSums {
  /** By groups, in the order of their values. An account of several groups counts in each of them. */
  readonly sums: readonly BudgetSum[];
  /** By token alone, each budget once. */
  readonly totals: readonly BudgetSum[];
  /** How many accounts with a budget count more than once; undefined where nothing is told by group. */
  readonly inSeveralGroups: number | undefined;
}

export interface ReadBudgets {
  readonly policies: readonly BudgetJson[];
  /** Which of their accounts are in which groups; undefined where nothing is told by group. */
  readonly memberships: readonly MembershipJson[] | undefined;
}

/** A budget as it counts in one row. */
interface Counted {
  readonly policy: BudgetJson;
  readonly group: MembershipJson | undefined;
  readonly left: ReturnType<typeof leftOf>;
}

// Two groups of an organisation never share a name.
const VALUES: Record<BudgetGroup, (counted: Counted) => string> = {
  TOKEN: ({ policy }) => policy.token,
  ACCOUNT: ({ policy }) => policy.account,
  SESSION: ({ policy }) => policy.sessionKey,
  LABEL: ({ policy }) => policy.label ?? '',
  TEAM: ({ policy }) => policy.team ?? '',
  COST_CENTRE: ({ policy }) => policy.costCentre ?? '',
  GROUP: ({ group }) => group?.name ?? '',
};

/** Adds up by groups, of which the token is always one. */
export const sumBudgets = (
  { policies, memberships }: ReadBudgets,
  groups: readonly BudgetGroup[],
  profiles: Pick<ProfileRegistry, 'find'>,
  nowSeconds: bigint,
): BudgetSums => {
  const once = policies.map(
    (policy): Counted => ({ policy, group: undefined, left: leftOf(policy, profiles, nowSeconds) }),
  );
  const byAccount = memberships && Map.groupBy(memberships, ({ account }) => account);
  return {
    sums: summed(byAccount === undefined ? once : once.flatMap(inEachGroup(byAccount)), groups),
    totals: summed(once, ['TOKEN']),
    inSeveralGroups: byAccount && [...byAccount.values()].filter(({ length }) => length > 1).length,
  };
};

const inEachGroup =
  (byAccount: ReadonlyMap<string, readonly MembershipJson[]>) =>
  (counted: Counted): Counted[] =>
    byAccount.get(counted.policy.account)?.map((group) => ({ ...counted, group })) ?? [counted];

const summed = (rows: readonly Counted[], groups: readonly BudgetGroup[]): readonly BudgetSum[] => {
  const keyOf = (row: Counted) => JSON.stringify(groups.map((group) => VALUES[group](row)));
  return [...Map.groupBy(rows, keyOf)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, members]) => {
      const [first] = members;
      return first === undefined ? [] : [sumOf(first, members)];
    });
};

const sumOf = ({ policy, group }: Counted, members: readonly Counted[]): BudgetSum => {
  const left = members.map((member) => member.left);
  const amounts = left.filter((value) => typeof value === 'bigint');
  return {
    of: policy,
    group,
    remaining: amounts.reduce((sum, amount) => sum + amount, 0n),
    limited: amounts.length,
    unlimited: left.filter((value) => value === 'UNLIMITED').length,
    unknown: left.filter((value) => value === 'UNKNOWN').length,
  };
};
