import type { Db } from '#libs/database';
import { type RawBuilder, sql } from 'kysely';
import type { PeriodPart } from '../period/period.ts';
import {
  type FinanceHeadRow,
  headRow,
  type PinnedBlock,
  type StandingRow,
  standingRow,
} from './head.statement.ts';
import { type FinanceFilter, followConditions, rowConditions } from './ledger-scope.ts';

export type SpendingGroup =
  | PeriodPart
  | 'TOKEN'
  | 'ACCOUNT'
  | 'SESSION'
  | 'RECIPIENT'
  | 'LABEL'
  | 'TEAM'
  | 'COST_CENTRE';
/** A column that rows are grouped by. The part of the period is its number. */
type GroupKey = 'part' | 'token' | 'account' | 'session_key' | 'recipient' | 'label' | 'team' | 'cost_centre';

export interface SpendingReportQuery {
  /** In the order of the columns, each once; the token is always among them. */
  readonly groups: readonly SpendingGroup[];
  readonly boundsSeconds: readonly number[];
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
export type GroupJson = SpentJson & Readonly<Partial<Record<Exclude<GroupKey, 'token'>, string>>>;

export interface SpendingReportRow extends FinanceHeadRow, StandingRow {
  readonly rows: readonly GroupJson[];
  readonly totals: readonly SpentJson[];
}

const KEYS: Record<SpendingGroup, GroupKey> = {
  DAY: 'part',
  WEEK: 'part',
  MONTH: 'part',
  TOKEN: 'token',
  ACCOUNT: 'account',
  SESSION: 'session_key',
  RECIPIENT: 'recipient',
  LABEL: 'label',
  TEAM: 'team',
  COST_CENTRE: 'cost_centre',
};

/** What each key is, of a row `l` of a ledger and the follow `fo` of its account. Never null, so that rows compare. */
const COLUMNS: Record<GroupKey, RawBuilder<unknown>> = {
  // The blocks of a day lie together and the numbers are in order: no row is looked up for its time.
  part: sql`width_bucket(l.block_number::bigint, bounds.blocks)`,
  token: sql`l.token::text`,
  account: sql`l.account::text`,
  session_key: sql`coalesce(l.session_key::text, '')`,
  recipient: sql`l.counterparty::text`,
  label: sql`coalesce(fo.label, '')`,
  team: sql`coalesce(fo.team, '')`,
  cost_centre: sql`coalesce(fo.cost_centre, '')`,
};

const TYPES: Partial<Record<GroupKey, RawBuilder<unknown>>> = { part: sql`::integer` };

/** Where each bound of the period begins on the chain; behind the head where nothing is as late. */
const boundsOf = (networkId: number, boundsSeconds: readonly number[]) => sql`
  select array_agg(coalesce(first.block_number, 9007199254740991)::bigint order by asked.place) as blocks
  from unnest(${boundsSeconds.map(String)}::numeric[]) with ordinality as asked (seconds, place)
  left join lateral (
    select t.block_number from blocks t
    where t.network_id = ${networkId}::integer and t.canonical and t.timestamp_seconds >= asked.seconds
    order by t.timestamp_seconds, t.block_number limit 1
  ) first on true`;

const keysOf = (groups: readonly SpendingGroup[]): readonly GroupKey[] => groups.map((group) => KEYS[group]);
const names = (keys: readonly GroupKey[]) => sql.join(keys.map((key) => sql.ref(key)));

/** Sums of one ledger by the keys. `follows` is what lets an account through: row-level security leaves those of the organisation. */
const summed = (
  networkId: number,
  { groups, filter }: SpendingReportQuery,
  ledger: RawBuilder<unknown>,
  sums: RawBuilder<unknown>,
) => {
  const keys = keysOf(groups);
  return sql`
    select ${sql.join(keys.map((key) => sql`${COLUMNS[key]} as ${sql.ref(key)}`))}, ${sums}
    from bounds cross join head
    join ${ledger} l on l.block_number >= bounds.blocks[1] and l.block_number < bounds.blocks[cardinality(bounds.blocks)]
      and l.block_number <= head.block_number
    join follows fo on fo.network_id = l.network_id and fo.account = l.account
    where ${rowConditions(networkId, filter)} and ${followConditions(networkId, filter)}
    group by ${sql.join(keys.map((_, at) => sql.lit(at + 1)))}`;
};

const debited = sql`sum(l.amount) as debited, count(*) as debits, 0::numeric as moved, 0::numeric as received, 0::bigint as movements`;
const moved = sql`0::numeric as debited, 0::bigint as debits,
  coalesce(sum(l.amount) filter (where l.direction <> 'IN'), 0) as moved,
  coalesce(sum(l.amount) filter (where l.direction = 'IN'), 0) as received, count(*) filter (where l.direction <> 'IN') as movements`;

const ADDED = sql`sum(debited) as debited, sum(debits) as debits, sum(moved) as moved, sum(received) as received, sum(movements) as movements`;

const isBehind = (keys: readonly GroupKey[], after: readonly string[] | undefined) =>
  after === undefined
    ? sql`true`
    : sql`(${names(keys)}) > (${sql.join(keys.map((key, at) => sql`${after[at] ?? ''}${TYPES[key] ?? sql`::text`}`))})`;

const SPENT_JSON = sql`
  'token', r.token, 'symbol', t.symbol, 'name', t.name, 'decimals', t.decimals, 'debited', r.debited::text, 'moved', r.moved::text,
  'received', r.received::text, 'debits', r.debits, 'movements', r.movements`;

/**
 * What budgets counted beside what moved, by what is asked for, with the sums of the whole by token, in one statement.
 * Ledgers hold what canonical blocks did and nothing else: a roll-back takes its rows away with its blocks.
 */
export const spendingReportStatement = (db: Db, networkId: number, query: SpendingReportQuery) => {
  const keys = keysOf(query.groups);
  const others = keys.filter((key) => key !== 'token');
  const keyJson = others.map((key) => sql`${sql.lit(key)}, r.${sql.ref(key)}::text`);
  const order = sql.join(keys.map((key) => sql`r.${sql.ref(key)}`));
  const ofToken = sql`left join tokens t on t.network_id = ${networkId}::integer and t.address = r.token`;
  return sql<SpendingReportRow>`
    with head as (${headRow(networkId, query.pin)}),
    bounds as (${boundsOf(networkId, query.boundsSeconds)}),
    summed as materialized (
      select ${names(keys)}, ${ADDED} from (
        ${summed(networkId, query, sql`debits`, debited)}
        union all
        ${summed(networkId, query, sql`movements`, moved)}
      ) both_ledgers group by ${names(keys)}
    ),
    page as (
      select * from summed where ${isBehind(keys, query.after)} order by ${names(keys)} limit ${query.limit}
    ),
    by_token as (select token, ${ADDED} from summed group by token order by token limit ${query.tokenLimit})
    select head.*, standing.*,
      (select coalesce(jsonb_agg(jsonb_build_object(${sql.join([...keyJson, SPENT_JSON])}) order by ${order}), '[]'::jsonb)
        from page r ${ofToken}) as rows,
      (select coalesce(jsonb_agg(jsonb_build_object(${SPENT_JSON}) order by r.token), '[]'::jsonb)
        from by_token r ${ofToken}) as totals
    from head cross join bounds cross join lateral (
      ${standingRow(networkId, query.filter, sql<number>`bounds.blocks[1]`)}
    ) standing`;
};
