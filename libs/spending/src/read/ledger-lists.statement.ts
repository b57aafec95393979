import type { Db, ReviewState } from '#libs/database';
import { sql } from 'kysely';
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

const debitPage = (db: Db, networkId: number, query: LedgerListQuery) =>
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
    .where(ledgerConditions(networkId, query))
    .where(isOfCause(query))
    .where(isReviewed(query))
    .select(REVIEW_COLUMNS)
    .$if(query.after !== undefined, (qb) => {
      const [block = '', transaction = '', use = '', call = ''] = query.after ?? [];
      return qb.where(
        sql<boolean>`(l.block_number, l.transaction_index, l.use_index, l.call_index)
          < (${block}::bigint, ${transaction}::integer, ${use}::integer, ${call}::integer)`,
      );
    })
    .select(['l.block_number as row_block', 'lb.timestamp_seconds as row_time', 'l.transaction_index'])
    .select(['l.transaction_hash', 'l.use_index', 'l.call_index', 'l.session_key', 'l.token', 'l.selector'])
    .select(['l.counterparty', 'l.amount', 'l.spent_before', 'l.spent_after', 'l.window_start_seconds'])
    .select(['l.window_started', 'l.cause', 'l.moved_amount'])
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

const movementPage = (db: Db, networkId: number, query: LedgerListQuery) =>
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
    .where(ledgerConditions(networkId, query))
    .where(isOfCause(query))
    .where(isReviewed(query))
    .select(REVIEW_COLUMNS)
    .$if(query.after !== undefined, (qb) => {
      const [block = '', transaction = '', event = ''] = query.after ?? [];
      return qb.where(
        sql<boolean>`(l.block_number, l.transaction_index, l.event_index)
          < (${block}::bigint, ${transaction}::integer, ${event}::integer)`,
      );
    })
    .select(['l.block_number as row_block', 'lb.timestamp_seconds as row_time', 'l.transaction_index'])
    .select(['l.transaction_hash', 'l.event_index', 'l.session_key', 'l.token', 'l.direction'])
    .select(['l.counterparty', 'l.amount', 'l.sender', 'l.cause', 'l.call_index'])
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
