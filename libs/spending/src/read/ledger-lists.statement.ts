import { type Db, isFollowed, type ReviewState } from '#libs/database';
import { feltToHex } from '#libs/felt';
import { sql } from 'kysely';
import type { LedgerRowKey } from '../reviews/row-id.ts';
import { headWithAccount, ledgerConditions, type LedgerFilter } from './statement-parts.ts';

export interface LedgerListQuery extends LedgerFilter {
  /** What somebody said of the rows; null: nobody said anything. Undefined: all. */
  readonly review: ReviewState | null | undefined;
  readonly causes: readonly string[] | undefined;
  /** The place of the last row of the page before: block, transaction, then what is unique there. */
  readonly after: readonly string[] | undefined;
  readonly limit: number;
}

const isOfCause = ({ causes }: LedgerListQuery) =>
  causes === undefined ? sql<boolean>`true` : sql<boolean>`l.cause = any(${[...causes]}::text[])`;

const isReviewed = ({ review }: LedgerListQuery) => {
  if (review === undefined) return sql<boolean>`true`;
  return review === null ? sql<boolean>`rv.state is null` : sql<boolean>`rv.state = ${review}::text`;
};

/** Of the organisation that asks: row-level security leaves no other row. */
const REVIEW_COLUMNS = [
  'rv.state',
  'rv.note',
  'rv.reviewed_by',
  'rv.reviewer_name',
  'rv.reviewed_at',
] as const;

const debitRows = (db: Db) =>
  db
    .selectFrom('debits as l')
    .innerJoin('blocks as lb', (join) =>
      join.onRef('lb.network_id', '=', 'l.network_id').onRef('lb.block_hash', '=', 'l.block_hash'),
    )
    .leftJoin('row_reviews as rv', (join) =>
      join
        .onRef('rv.network_id', '=', 'l.network_id')
        .onRef('rv.account', '=', 'l.account')
        .on('rv.row_kind', '=', sql.lit('DEBIT'))
        .onRef('rv.transaction_hash', '=', 'l.transaction_hash')
        .onRef('rv.row_index', '=', 'l.use_index')
        .onRef('rv.call_index', '=', 'l.call_index'),
    )
    .select(REVIEW_COLUMNS)
    .select(['l.block_number as row_block', 'lb.timestamp_seconds as row_time', 'l.transaction_index'])
    .select(['l.transaction_hash', 'l.use_index', 'l.call_index', 'l.session_key', 'l.token', 'l.selector'])
    .select(['l.counterparty', 'l.amount', 'l.spent_before', 'l.spent_after', 'l.window_start_seconds'])
    .select(['l.window_started', 'l.cause', 'l.moved_amount']);

const debitPage = (db: Db, networkId: number, query: LedgerListQuery) =>
  debitRows(db)
    .where(ledgerConditions(networkId, query))
    .where(isOfCause(query))
    .where(isReviewed(query))
    .$if(query.after !== undefined, (qb) => {
      const [block = '', transaction = '', use = '', call = ''] = query.after ?? [];
      return qb.where(
        sql<boolean>`(l.block_number, l.transaction_index, l.use_index, l.call_index)
          < (${block}::bigint, ${transaction}::integer, ${use}::integer, ${call}::integer)`,
      );
    })
    .orderBy('l.block_number', 'desc')
    .orderBy('l.transaction_index', 'desc')
    .orderBy('l.use_index', 'desc')
    .orderBy('l.call_index', 'desc')
    .limit(query.limit);

/** The head and one page of debits, the newest first, in one statement. */
export const debitListStatement = (db: Db, networkId: number, query: LedgerListQuery) =>
  db
    .with('head', () => headWithAccount(db, networkId, query.account))
    .selectFrom('head')
    .leftJoinLateral(debitPage(db, networkId, query).as('page'), (join) => join.onTrue())
    .selectAll(['head', 'page'])
    .orderBy('page.row_block', 'desc')
    .orderBy('page.transaction_index', 'desc')
    .orderBy('page.use_index', 'desc')
    .orderBy('page.call_index', 'desc');

const movementRows = (db: Db) =>
  db
    .selectFrom('movements as l')
    .innerJoin('blocks as lb', (join) =>
      join.onRef('lb.network_id', '=', 'l.network_id').onRef('lb.block_hash', '=', 'l.block_hash'),
    )
    .leftJoin('row_reviews as rv', (join) =>
      join
        .onRef('rv.network_id', '=', 'l.network_id')
        .onRef('rv.account', '=', 'l.account')
        .on('rv.row_kind', '=', sql.lit('MOVEMENT'))
        .onRef('rv.transaction_hash', '=', 'l.transaction_hash')
        .onRef('rv.row_index', '=', 'l.event_index')
        .on('rv.call_index', '=', sql.lit(-1)),
    )
    .select(REVIEW_COLUMNS)
    .select(['l.block_number as row_block', 'lb.timestamp_seconds as row_time', 'l.transaction_index'])
    .select(['l.transaction_hash', 'l.event_index', 'l.session_key', 'l.token', 'l.direction'])
    .select(['l.counterparty', 'l.amount', 'l.sender', 'l.cause', 'l.call_index']);

const movementPage = (db: Db, networkId: number, query: LedgerListQuery) =>
  movementRows(db)
    .where(ledgerConditions(networkId, query))
    .where(isOfCause(query))
    .where(isReviewed(query))
    .$if(query.after !== undefined, (qb) => {
      const [block = '', transaction = '', event = ''] = query.after ?? [];
      return qb.where(
        sql<boolean>`(l.block_number, l.transaction_index, l.event_index)
          < (${block}::bigint, ${transaction}::integer, ${event}::integer)`,
      );
    })
    .orderBy('l.block_number', 'desc')
    .orderBy('l.transaction_index', 'desc')
    .orderBy('l.event_index', 'desc')
    .limit(query.limit);

/** The head and one page of movements, the newest first, in one statement. */
export const movementListStatement = (db: Db, networkId: number, query: LedgerListQuery) =>
  db
    .with('head', () => headWithAccount(db, networkId, query.account))
    .selectFrom('head')
    .leftJoinLateral(movementPage(db, networkId, query).as('page'), (join) => join.onTrue())
    .selectAll(['head', 'page'])
    .orderBy('page.row_block', 'desc')
    .orderBy('page.transaction_index', 'desc')
    .orderBy('page.event_index', 'desc');

type RowName = Omit<LedgerRowKey, 'kind'>;

const namesAsked = (names: readonly RowName[]) => sql<{ asked_place: number }>`(
    select * from unnest(${names.map(({ account }) => feltToHex(account))}::text[],
      ${names.map(({ transactionHash }) => feltToHex(transactionHash))}::text[],
      ${names.map(({ rowIndex }) => String(rowIndex))}::integer[], ${names.map(({ callIndex }) => String(callIndex))}::integer[])
      with ordinality as asked (account, transaction_hash, row_index, call_index, asked_place)
  )`;

/** Debits by their names, each with its place among these, from 1; what there is none of is left out. */
export const debitsByNameStatement = (db: Db, networkId: number, names: readonly RowName[]) =>
  db
    .selectFrom(namesAsked(names).as('asked'))
    .innerJoinLateral(
      debitRows(db)
        .where(sql<boolean>`l.network_id = ${networkId}::integer and l.account = asked.account
          and l.transaction_hash = asked.transaction_hash and l.use_index = asked.row_index and l.call_index = asked.call_index`)
        .where(isFollowed(networkId, sql.ref('l.account')))
        .as('page'),
      (join) => join.onTrue(),
    )
    .selectAll('page')
    .select('asked.asked_place');

/** The same of movements. */
export const movementsByNameStatement = (db: Db, networkId: number, names: readonly RowName[]) =>
  db
    .selectFrom(namesAsked(names).as('asked'))
    .innerJoinLateral(
      movementRows(db)
        .where(sql<boolean>`l.network_id = ${networkId}::integer and l.account = asked.account
          and l.transaction_hash = asked.transaction_hash and l.event_index = asked.row_index`)
        .where(isFollowed(networkId, sql.ref('l.account')))
        .as('page'),
      (join) => join.onTrue(),
    )
    .selectAll('page')
    .select('asked.asked_place');
