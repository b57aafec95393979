import type { Db } from '#libs/database';
import { sql } from 'kysely';
import { headRow } from '../report/head.statement.ts';
import { type FinanceFilter, followConditions, rowConditions } from '../report/ledger-scope.ts';

export interface ExportQuery {
  readonly filter: FinanceFilter;
  /** Where the period begins and ends; empty: everything. */
  readonly boundsSeconds: readonly number[];
}

/** A row of a ledger with the head of its snapshot; with no row in it the head stands alone. */
export interface ExportRow {
  readonly head_number: number;
  readonly head_hash: string;
  readonly kind: 'DEBIT' | 'MOVEMENT' | null;
  readonly block_number: number;
  readonly block_hash: string;
  readonly finality: string;
  readonly timestamp_seconds: string;
  readonly transaction_hash: string;
  readonly transaction_index: number;
  readonly row_index: number;
  readonly call_index: number;
  readonly account: string;
  readonly label: string | null;
  readonly team: string | null;
  readonly cost_centre: string | null;
  readonly session_key: string | null;
  readonly token: string;
  readonly symbol: string | null;
  readonly decimals: number | null;
  readonly direction: 'OUT' | 'IN' | 'SELF' | null;
  readonly counterparty: string;
  readonly cause: string;
  readonly amount: string;
  readonly state: string | null;
  readonly note: string | null;
}

const inPeriod = (networkId: number, [from, to]: readonly number[]) => {
  const blockAt = (seconds: number) => sql`coalesce((
    select t.block_number from blocks t
    where t.network_id = ${networkId}::integer and t.canonical and t.timestamp_seconds >= ${String(seconds)}::numeric
    order by t.timestamp_seconds, t.block_number limit 1
  ), 9007199254740991)`;
  if (from === undefined || to === undefined) return sql<boolean>`true`;
  return sql<boolean>`l.block_number >= ${blockAt(from)} and l.block_number < ${blockAt(to)}`;
};

/** Both ledgers in the order of the chain. Read in chunks: nobody holds it whole but a temporary file of the server. */
export const exportRowsStatement = (db: Db, networkId: number, { filter, boundsSeconds }: ExportQuery) => {
  const conditions = sql`${rowConditions(networkId, filter)} and ${inPeriod(networkId, boundsSeconds)}`;
  return sql<ExportRow>`
    with head as (${headRow(networkId, undefined)})
    select head.block_number as head_number, head.block_hash as head_hash, r.*
    from head left join (
      select l.kind, l.block_number, b.block_hash, b.finality, b.timestamp_seconds::text as timestamp_seconds, l.transaction_hash,
        l.transaction_index, l.row_index, l.call_index, l.account, fo.label, fo.team, fo.cost_centre, l.session_key, l.token, t.symbol,
        t.decimals, l.direction, l.counterparty, l.cause, l.amount::text as amount, rv.state, rv.note
      from (
        select 'DEBIT' as kind, l.network_id, l.account, l.block_number, l.block_hash, l.transaction_hash, l.transaction_index,
          l.use_index as row_index, l.call_index, l.session_key, l.token, null as direction, l.counterparty, l.cause, l.amount
        from debits l where ${conditions}
        union all
        select 'MOVEMENT', l.network_id, l.account, l.block_number, l.block_hash, l.transaction_hash, l.transaction_index,
          l.event_index, -1, l.session_key, l.token, l.direction, l.counterparty, l.cause, l.amount
        from movements l where ${conditions}
      ) l
      join follows fo on fo.network_id = l.network_id and fo.account = l.account
      join blocks b on b.network_id = l.network_id and b.block_hash = l.block_hash and b.canonical
      left join tokens t on t.network_id = l.network_id and t.address = l.token
      left join row_reviews rv on rv.network_id = l.network_id and rv.account = l.account and rv.row_kind = l.kind
        and rv.transaction_hash = l.transaction_hash and rv.row_index = l.row_index and rv.call_index = l.call_index
      where ${followConditions(networkId, filter)}
    ) r on true
    order by r.block_number, r.transaction_index, r.account, r.kind, r.row_index, r.call_index`;
};
