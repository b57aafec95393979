import type { Db } from '#libs/database';
import { type RawBuilder, sql } from 'kysely';
import { headRow } from '../report/head.statement.ts';
import { type FinanceFilter, followConditions, rowConditions } from '../report/ledger-scope.ts';

/** LEDGERS: debits and movements. USES: what session keys did, with their fees. */
export type ExportContent = 'LEDGERS' | 'USES';

export interface ExportQuery {
  /** One at least. Uses know no token and no recipient: a filter by these lets none through. */
  readonly contents: readonly ExportContent[];
  readonly filter: FinanceFilter;
  /** Where the period begins and ends; empty: everything. */
  readonly boundsSeconds: readonly number[];
}

/** A row of a ledger with the head of its snapshot; with no row in it the head stands alone. */
export interface ExportRow {
  readonly head_number: number;
  readonly head_hash: string;
  readonly kind: 'DEBIT' | 'MOVEMENT' | 'USE' | null;
  readonly block_number: number;
  readonly block_hash: string;
  readonly finality: string;
  readonly timestamp_seconds: string;
  /** Null for a use that no transaction explains. */
  readonly transaction_hash: string | null;
  readonly transaction_index: number;
  readonly row_index: number;
  readonly call_index: number;
  readonly account: string;
  readonly label: string | null;
  readonly team: string | null;
  readonly cost_centre: string | null;
  /** Names of those that the account is in now, in order. */
  readonly groups: readonly string[];
  readonly session_key: string | null;
  /** Null for a use, as what belongs to it. */
  readonly token: string | null;
  readonly symbol: string | null;
  readonly decimals: number | null;
  readonly direction: 'OUT' | 'IN' | 'SELF' | null;
  readonly counterparty: string | null;
  readonly cause: string | null;
  readonly amount: string | null;
  /** Of a use, null for what is none. */
  readonly outcome: string | null;
  readonly calls_burned: number | null;
  /** Of the transaction, on the first use of the account in it. */
  readonly fee_amount: string | null;
  readonly fee_unit: string | null;
  readonly fee_payer: string | null;
  readonly state: string | null;
  readonly note: string | null;
}

/** Of the rows `l` of the account of `fo`. */
const inPeriod = (networkId: number, [from, to]: readonly number[]) => {
  const blockAt = (seconds: number) => sql`coalesce((
    select t.block_number from blocks t
    where t.network_id = ${networkId}::integer and t.canonical and t.timestamp_seconds >= ${String(seconds)}::numeric
    order by t.timestamp_seconds, t.block_number limit 1
  ), 9007199254740991)`;
  if (from === undefined || to === undefined) return sql<boolean>`true`;
  // As pairs no index by block alone knows them: read for each account, that would be all of the period again each time.
  return sql<boolean>`(l.account, l.block_number) >= (fo.account, ${blockAt(from)})
    and (l.account, l.block_number) < (fo.account, ${blockAt(to)})`;
};

const NO_USE = sql`null::text as outcome, null::bigint as calls_burned, null::text as fee_amount, null::text as fee_unit, null::text as fee_payer`;

const ofBothLedgers = (conditions: RawBuilder<boolean>) => [
  sql`select 'DEBIT' as kind, l.network_id, l.account, l.block_number, l.block_hash, l.transaction_hash, l.transaction_index,
    l.use_index as row_index, l.call_index, l.session_key, l.token, null as direction, l.counterparty, l.cause, l.amount, ${NO_USE}
  from debits l where ${conditions}`,
  sql`select 'MOVEMENT' as kind, l.network_id, l.account, l.block_number, l.block_hash, l.transaction_hash, l.transaction_index,
    l.event_index as row_index, -1 as call_index, l.session_key, l.token, l.direction, l.counterparty, l.cause, l.amount, ${NO_USE}
  from movements l where ${conditions}`,
];

const usesWithFees = (conditions: RawBuilder<boolean>) =>
  sql`select 'USE' as kind, l.network_id, l.account, l.block_number, l.block_hash, l.transaction_hash, l.transaction_index,
    l.event_index as row_index, -1 as call_index, l.session_key, null as token, null as direction, null as counterparty, null as cause,
    null::numeric as amount, l.outcome, l.calls_burned,
    case when l.fee_shared then null else l.fee_amount::text end as fee_amount,
    case when l.fee_shared then null else l.fee_unit end as fee_unit,
    case when l.fee_shared then null else l.fee_payer end as fee_payer
  from uses l where ${conditions}`;

/** Names of the groups of the account of `fo`; row-level security leaves those of the organisation. */
const groupNames = sql`
  select array_agg(g.name order by g.name) as names
  from group_members gm join groups g on g.organisation_id = gm.organisation_id and g.group_id = gm.group_id
  where gm.network_id = fo.network_id and gm.account = fo.account`;

/** Whether it is canonical is asked behind it: asked in it, an index of the canonical ones looks as good as the key. */
const blockOfRow = sql`
  select b.block_hash, b.finality, b.timestamp_seconds, b.canonical from blocks b
  where b.network_id = l.network_id and b.block_hash = l.block_hash`;

const tokenOfRow = sql`
  select t.symbol, t.decimals from tokens t where t.network_id = l.network_id and t.address = l.token`;

/** What the organisation said of the row `l`: one at most. */
const reviewOfRow = sql`
  select rv.state, rv.note from row_reviews rv
  where rv.network_id = l.network_id and rv.account = l.account and rv.row_kind = l.kind
    and rv.transaction_hash = l.transaction_hash and rv.row_index = l.row_index and rv.call_index = l.call_index`;

/**
 * What is taken out, in the order of the chain. Read in chunks: nobody holds it whole but a temporary file of the server.
 *
 * It is put together account by account, and each look-up is one of an index (`offset 0` keeps it so). Joined freely, the planner takes
 * each condition on a network to leave a 200th of a table of which it has no statistics yet, one followed account of thousands, and reads
 * whole ledgers again for each of them.
 */
export const exportRowsStatement = (
  db: Db,
  networkId: number,
  { contents, filter, boundsSeconds }: ExportQuery,
) => {
  const period = sql<boolean>`l.account = fo.account and ${inPeriod(networkId, boundsSeconds)}`;
  const ofLedgers = sql<boolean>`${rowConditions(networkId, filter)} and ${period}`;
  const asksForToken = filter.token !== undefined || filter.recipient !== undefined;
  const ofUses = asksForToken
    ? sql<boolean>`false`
    : sql<boolean>`${rowConditions(networkId, { ...filter, token: undefined, recipient: undefined })} and ${period}`;
  const parts = [
    ...(contents.includes('LEDGERS') ? ofBothLedgers(ofLedgers) : []),
    ...(contents.includes('USES') ? [usesWithFees(ofUses)] : []),
  ];
  return sql<ExportRow>`
    with head as (${headRow(networkId, undefined)})
    select head.block_number as head_number, head.block_hash as head_hash, r.*
    from head left join (
      select l.kind, l.block_number, b.block_hash, b.finality, b.timestamp_seconds::text as timestamp_seconds, l.transaction_hash,
        l.transaction_index, l.row_index, l.call_index, l.account, fo.label, fo.team, fo.cost_centre,
        coalesce(gr.names, '{}') as groups, l.session_key, l.token, t.symbol,
        t.decimals, l.direction, l.counterparty, l.cause, l.amount::text as amount, l.outcome, l.calls_burned, l.fee_amount, l.fee_unit,
        l.fee_payer, rv.state, rv.note
      from follows fo
      cross join lateral (${groupNames}) gr
      cross join lateral (
        select * from (${sql.join(parts, sql` union all `)}) rows_of_account offset 0
      ) l
      cross join lateral (${blockOfRow} offset 0) b
      left join lateral (${tokenOfRow} offset 0) t on true
      left join lateral (${reviewOfRow} offset 0) rv on true
      where ${followConditions(networkId, filter)} and b.canonical
    ) r on true
    order by r.block_number, r.transaction_index, r.account, r.kind, r.row_index, r.call_index`;
};
