import type { Db } from '#libs/database';
import { type RawBuilder, sql } from 'kysely';
import type { MonthPlan } from '../period/month-plan.ts';
import { accountsInSeveral, groupsBelow, memberships, sumsByGroup } from './by-group.ts';
import { ADDED, type GroupKey, keysOf, namesOf, type RowGroup, type SpendingGroup } from './group-keys.ts';
import {
  blockFrom,
  type FinanceHeadRow,
  headRow,
  type PinnedBlock,
  type StandingRow,
  standingRow,
} from './head.statement.ts';
import { ledgerSums } from './ledger-sums.ts';
import type { FinanceFilter } from './ledger-scope.ts';
import { monthSums } from './month-sums.ts';

export interface SpendingReportQuery {
  /** In the order of the columns, each once; the token is always among them. */
  readonly groups: readonly SpendingGroup[];
  readonly boundsSeconds: readonly number[];
  /** Out of which months and edges the sums come; undefined: out of the ledgers alone. Only for what `isKeptByMonth`. */
  readonly months: MonthPlan | undefined;
  readonly filter: FinanceFilter;
  readonly pin: PinnedBlock | undefined;
  /** What the last row of the page before was grouped by, as it is printed. */
  readonly after: readonly string[] | undefined;
  readonly limit: number;
  /** Of the totals: one for each token. */
  readonly tokenLimit: number;
}

/** Sums as text: JSON numbers would lose digits. */
export interface SpentJson {
  readonly token: string;
  readonly symbol: string | null;
  readonly name: string | null;
  readonly decimals: number | null;
  readonly debited: string;
  readonly moved: string;
  readonly received: string;
  readonly debits: number;
  readonly movements: number;
}

/** A row of the report: '' where a column by which it is grouped holds nothing. */
export type GroupJson = SpentJson &
  Readonly<Partial<Record<Exclude<GroupKey, 'token'> | 'group_id', string>>>;

export interface SpendingReportRow extends FinanceHeadRow, StandingRow {
  readonly rows: readonly GroupJson[];
  readonly totals: readonly SpentJson[];
  /** Of those with a row; null where nothing is told by group. */
  readonly in_several_groups: number | null;
}

const TYPES: Partial<Record<GroupKey, RawBuilder<unknown>>> = { part: sql`::integer` };

/** Where each bound of the period begins on the chain. */
const boundsOf = (networkId: number, boundsSeconds: readonly number[]) => sql`
  select array_agg(${blockFrom(networkId, sql`asked.seconds`)} order by asked.place) as blocks
  from unnest(${boundsSeconds.map(String)}::numeric[]) with ordinality as asked (seconds, place)`;

const isBehind = (keys: readonly GroupKey[], after: readonly string[] | undefined) =>
  after === undefined
    ? sql`true`
    : sql`(${namesOf(keys)}) > (${sql.join(keys.map((key, at) => sql`${after[at] ?? ''}${TYPES[key] ?? sql`::text`}`))})`;

const SPENT_JSON = sql`
  'token', r.token, 'symbol', t.symbol, 'name', t.name, 'decimals', t.decimals, 'debited', r.debited::text, 'moved', r.moved::text,
  'received', r.received::text, 'debits', r.debits, 'movements', r.movements`;

/** Sums by row, out of months and edges or out of the ledgers. */
const sumsOf = (
  networkId: number,
  groups: readonly RowGroup[],
  { filter, months, pin }: SpendingReportQuery,
): RawBuilder<unknown> =>
  months === undefined
    ? ledgerSums(networkId, { groups, filter })
    : monthSums(networkId, { groups, filter }, months, pin !== undefined);

/** `once`: what the totals are of. `summed`: the rows, in which an account of several groups counts several times. */
const summedTables = (networkId: number, query: SpendingReportQuery): RawBuilder<unknown> => {
  const { groups } = query;
  if (!groups.includes('GROUP'))
    return sql`summed as materialized (${sumsOf(networkId, groups as readonly RowGroup[], query)})`;
  return sql`
    once as materialized (${sumsOf(networkId, groupsBelow(groups), query)}),
    memberships as materialized (${memberships(networkId)}),
    summed as materialized (${sumsByGroup(keysOf(groups))})`;
};

const GROUP_ID_JSON = sql`, 'group_id', (select g.group_id from groups g where g.name = r.group_name)`;

/**
 * What budgets counted beside what moved, by what is asked for, with the sums of the whole by token, in one statement.
 * Ledgers hold what canonical blocks did and nothing else: a roll-back takes its rows away with its blocks, and what they
 * came to away from the sums of months. Both ways give the same rows, of the newest block and of the one that pages speak of.
 */
export const spendingReportStatement = (db: Db, networkId: number, query: SpendingReportQuery) => {
  const keys = keysOf(query.groups);
  const byGroup = keys.includes('group_name');
  const others = keys.filter((key) => key !== 'token');
  const keyJson = others.map((key) => sql`${sql.lit(key)}, r.${sql.ref(key)}::text`);
  const order = sql.join(keys.map((key) => sql`r.${sql.ref(key)}`));
  const ofToken = sql`left join tokens t on t.network_id = ${networkId}::integer and t.address = r.token`;
  return sql<SpendingReportRow>`
    with head as (${headRow(networkId, query.pin)}),
    bounds as (${boundsOf(networkId, query.boundsSeconds)}),
    ${summedTables(networkId, query)},
    page as (
      select * from summed where ${isBehind(keys, query.after)} order by ${namesOf(keys)} limit ${query.limit}
    ),
    by_token as (select token, ${ADDED} from ${byGroup ? sql`once` : sql`summed`} group by token order by token limit ${query.tokenLimit})
    select head.*, standing.*,
      (select coalesce(jsonb_agg(jsonb_build_object(${sql.join([...keyJson, SPENT_JSON])}${byGroup ? GROUP_ID_JSON : sql``}) order by ${order}), '[]'::jsonb)
        from page r ${ofToken}) as rows,
      (select coalesce(jsonb_agg(jsonb_build_object(${SPENT_JSON}) order by r.token), '[]'::jsonb)
        from by_token r ${ofToken}) as totals,
      ${byGroup ? accountsInSeveral : sql`null::bigint`} as in_several_groups
    from head cross join bounds cross join lateral (
      ${standingRow(networkId, query.filter, sql<number>`bounds.blocks[1]`)}
    ) standing`;
};
