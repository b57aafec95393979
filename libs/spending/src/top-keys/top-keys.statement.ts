import type { Db } from '#libs/database';
import { isUnread } from '#libs/facts';
import { feltToHex } from '#libs/felt';
import { type RawBuilder, sql } from 'kysely';
import { isUsable, usableUntil } from '../budgets/usable-key.ts';
import {
  type FinanceHeadRow,
  headRow,
  type PinnedBlock,
  type StandingRow,
  standingRow,
} from '../report/head.statement.ts';
import { type FinanceFilter, followConditions, rowConditions } from '../report/ledger-scope.ts';

export type TopKeysBy = 'SPEND' | 'EXPOSURE' | 'BURNED_CALLS';

export interface TopKeysQuery {
  readonly by: TopKeysBy;
  readonly filter: FinanceFilter;
  /** Two: where the period begins and ends. Of what is asked about a period. */
  readonly boundsSeconds: readonly number[];
  readonly pin: PinnedBlock | undefined;
  readonly after: readonly [value: string, account: string, sessionKey: string] | undefined;
  readonly limit: number;
}

export interface TopKeyJson {
  readonly account: string;
  readonly sessionKey: string;
  readonly label: string | null;
  readonly team: string | null;
  readonly costCentre: string | null;
  /** What it is ordered by: a sum, or Infinity where nothing bounds it. */
  readonly value: string;
  readonly entries: number;
  readonly reverted: number | null;
  readonly symbol: string | null;
  readonly name: string | null;
  readonly decimals: number | null;
}

export interface TopKeysRow extends FinanceHeadRow, StandingRow {
  readonly keys: readonly TopKeyJson[];
}

const blockOf = (networkId: number, seconds: number | undefined) => sql<number>`coalesce((
  select t.block_number from blocks t
  where t.network_id = ${networkId}::integer and t.canonical and t.timestamp_seconds >= ${String(seconds ?? 0)}::numeric
  order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991)`;

const inPeriod = sql<boolean>`l.block_number >= range.from_block and l.block_number < range.to_block and l.block_number <= head.block_number`;

const summed = (
  networkId: number,
  table: RawBuilder<unknown>,
  sums: RawBuilder<unknown>,
  filter: FinanceFilter,
) => sql`
  select l.account, l.session_key, ${sums}
  from head cross join range join ${table} l on ${inPeriod}
  join follows fo on fo.network_id = l.network_id and fo.account = l.account
  where ${rowConditions(networkId, filter)} and ${followConditions(networkId, filter)}
  group by l.account, l.session_key`;

/**
 * Never below what budgets let through: what is left of the window that runs is taken for all of it, and windows follow
 * each other at once up to the last usable second. Infinity where no budget limits the token, or what is folded of the key may be wrong.
 */
const exposure = (networkId: number, filter: FinanceFilter) => {
  const token = filter.token === undefined ? sql`null::text` : sql`${feltToHex(filter.token)}::text`;
  const key =
    filter.sessionKey === undefined ? sql`true` : sql`sv.session_key = ${feltToHex(filter.sessionKey)}::text`;
  const windows = sql`div(${usableUntil} - head.timestamp_seconds, pv.window_seconds) + 2`;
  return sql`
    select sv.account, sv.session_key, 1::bigint as entries, null::bigint as reverted,
      case when pv.max_per_window > 0 and pv.window_seconds > 0
        and not ${isUnread(networkId, sql`sv.account`, sql`sv.session_key`, undefined)} then pv.max_per_window * (${windows}) else 'Infinity'::numeric end as value
    from head cross join follows fo
    join session_versions sv on sv.network_id = fo.network_id and sv.account = fo.account and sv.valid_to_block is null
    left join policy_versions pv on pv.network_id = sv.network_id and pv.account = sv.account and pv.session_key = sv.session_key
      and pv.token = ${token} and pv.valid_to_block is null
    where ${followConditions(networkId, filter)} and ${key} and ${isUsable}`;
};

const rankedOf = (networkId: number, { by, filter }: TopKeysQuery): RawBuilder<unknown> => {
  switch (by) {
    case 'SPEND':
      return summed(
        networkId,
        sql`debits`,
        sql`count(*) as entries, null::bigint as reverted, sum(l.amount)::numeric as value`,
        filter,
      );
    case 'BURNED_CALLS':
      return summed(
        networkId,
        sql`uses`,
        sql`count(*) as entries, coalesce(sum(l.calls_burned) filter (where l.outcome = 'REVERTED'), 0)::bigint as reverted,
          sum(l.calls_burned)::numeric as value`,
        { ...filter, token: undefined, recipient: undefined },
      );
    case 'EXPOSURE':
      return exposure(networkId, filter);
  }
};

const isBehind = (after: TopKeysQuery['after']) =>
  after === undefined
    ? sql`true`
    : sql`(value < ${after[0]}::numeric
        or (value = ${after[0]}::numeric and (account, session_key) > (${after[1]}::text, ${after[2]}::text)))`;

/** The keys with the most of something, over all accounts that are followed, in one statement. */
export const topKeysStatement = (db: Db, networkId: number, query: TopKeysQuery) => {
  const { filter, boundsSeconds, limit } = query;
  const token = filter.token === undefined ? sql`null::text` : sql`${feltToHex(filter.token)}::text`;
  return sql<TopKeysRow>`
    with head as (${headRow(networkId, query.pin)}),
    range as (
      select ${blockOf(networkId, boundsSeconds[0])} as from_block, ${blockOf(networkId, boundsSeconds[1])} as to_block
    ),
    ranked as (${rankedOf(networkId, query)}),
    page as (
      select * from ranked where value > 0 and ${isBehind(query.after)} order by value desc, account, session_key limit ${limit}
    )
    select head.*, standing.*, (
      select coalesce(jsonb_agg(jsonb_build_object('account', k.account, 'sessionKey', k.session_key, 'label', fo.label,
        'team', fo.team, 'costCentre', fo.cost_centre, 'value', k.value::text, 'entries', k.entries, 'reverted', k.reverted,
        'symbol', t.symbol, 'name', t.name, 'decimals', t.decimals) order by k.value desc, k.account, k.session_key), '[]'::jsonb)
      from page k
      join follows fo on fo.network_id = ${networkId}::integer and fo.account = k.account
      left join tokens t on t.network_id = ${networkId}::integer and t.address = ${token}
    ) as keys
    from head cross join range cross join lateral (${standingRow(networkId, filter, sql<number>`range.from_block`)}) standing`;
};
