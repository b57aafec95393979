import { type Db, isFollowed, NUMBER_SLOT, templateOf, TEXT_SLOT } from '#libs/database';
import { type Address, type Felt, feltToHex, type SessionKey } from '#libs/felt';
import { sql } from 'kysely';
import { headOf } from '../../read/index-store/point.statement.ts';
import { ADDRESS_SLOT, SESSION_KEY_SLOT } from '../../read/index-store/slots.ts';
import { accountStatusOf, coveredFrom, throughGate } from '../../read/index-store/statement-parts.ts';
import {
  ALL_USE_COLUMNS,
  type ListedUse,
  selectionsOf,
  type StoredOutcome,
  type StoredPath,
  type UseColumn,
} from './use-columns.ts';

export interface UseListQuery {
  readonly account: Address;
  readonly sessionKey: SessionKey | undefined;
  readonly outcomes: readonly StoredOutcome[] | undefined;
  readonly path: StoredPath | undefined;
  /** Inclusive. */
  readonly fromBlock: number | undefined;
  /** Inclusive. */
  readonly toBlock: number | undefined;
  /** The place of the last row of the page before. */
  readonly after: readonly [block: string, transactionIndex: string, eventIndex: string] | undefined;
  readonly limit: number;
  /** What rows have, in the order of `ALL_USE_COLUMNS`. */
  readonly columns: readonly UseColumn[];
}

/** The uses of a network, each a `StoredUse` or a part of one. */
export const usesWithBlock = (db: Db, networkId: number, columns = ALL_USE_COLUMNS) =>
  db
    .selectFrom('uses as u')
    .innerJoin('blocks as ub', (join) =>
      join.onRef('ub.network_id', '=', 'u.network_id').onRef('ub.block_hash', '=', 'u.block_hash'),
    )
    .where('u.network_id', '=', networkId)
    .select(selectionsOf(columns));

const pageOfUses = (db: Db, networkId: number, query: UseListQuery) => {
  const { account, sessionKey, outcomes, path, fromBlock, toBlock, after, limit, columns } = query;
  return usesWithBlock(db, networkId, columns)
    .where('u.account', '=', feltToHex(account))
    .where(throughGate(networkId, account))
    .$if(sessionKey !== undefined, (qb) => qb.where('u.session_key', '=', feltToHex(sessionKey ?? 0n)))
    .$if(outcomes !== undefined, (qb) => qb.where('u.outcome', 'in', [...(outcomes ?? [])]))
    .$if(path !== undefined, (qb) => qb.where('u.path', '=', path ?? 'INVOKE'))
    .$if(fromBlock !== undefined, (qb) => qb.where('u.block_number', '>=', fromBlock ?? 0))
    .$if(toBlock !== undefined, (qb) => qb.where('u.block_number', '<=', toBlock ?? 0))
    .$if(after !== undefined, (qb) => qb.where(isBefore(after)))
    .orderBy('u.block_number', 'desc')
    .orderBy('u.transaction_index', 'desc')
    .orderBy('u.event_index', 'desc')
    .limit(limit);
};

/** Whether a use comes behind a place in a list that begins with the newest. */
export const isBefore = (place: UseListQuery['after']) => {
  const [block, transaction, event] = place ?? ['0', '0', '0'];
  return sql<boolean>`(u.block_number, u.transaction_index, u.event_index)
    < (${block}::bigint, ${transaction}::integer, ${event}::integer)`;
};

/** The head and one page of uses, the newest first, in one row: sent as rows the head would stand in each of them. */
export const useListStatement = (db: Db, networkId: number, query: UseListQuery) =>
  db
    .with('head', () => headOf(db, networkId))
    .selectFrom('head')
    .selectAll('head')
    .select([
      accountStatusOf(networkId, query.account).as('account_status'),
      coveredFrom('STATE', networkId, query.account, undefined).as('state_from'),
      coveredFrom('EVENTS', networkId, query.account, undefined).as('events_from'),
      sql<ListedUse[] | null>`(select json_agg(page) from ${pageOfUses(db, networkId, query)} page)`.as(
        'uses',
      ),
    ]);

interface PlainList extends Omit<UseListQuery, 'outcomes' | 'path' | 'after' | 'columns'> {
  readonly networkId: number;
  readonly block: string | undefined;
  readonly transaction: string | undefined;
  readonly event: string | undefined;
}

/** A page by account, key and blocks, which is what is asked most: compiled once. */
const plainUseList = (columns: readonly UseColumn[]) =>
  templateOf(
    {
      ...{ networkId: NUMBER_SLOT, account: ADDRESS_SLOT, sessionKey: SESSION_KEY_SLOT, limit: NUMBER_SLOT },
      ...{ fromBlock: NUMBER_SLOT, toBlock: NUMBER_SLOT },
      ...{ block: TEXT_SLOT, transaction: TEXT_SLOT, event: TEXT_SLOT },
    },
    (db, { networkId, block, transaction, event, ...list }: PlainList) => {
      const isNext = block !== undefined && transaction !== undefined && event !== undefined;
      const after = isNext ? ([block, transaction, event] as const) : undefined;
      return useListStatement(db, networkId, {
        ...list,
        outcomes: undefined,
        path: undefined,
        after,
        columns,
      });
    },
  );
/** Programs ask for the same fields again and again; but each set of columns is a statement that all connections keep. */
const MOST_COLUMN_SETS = 16;
const withAllColumns = { columns: new Set(ALL_USE_COLUMNS), list: plainUseList(ALL_USE_COLUMNS) };
const ofColumns = new Map([[ALL_USE_COLUMNS.join(), withAllColumns]]);

/** That of just these columns; where there are enough statements, the one among them that reads the fewest more. */
const plainUseListWith = (columns: readonly UseColumn[]) => {
  const name = columns.join();
  const known = ofColumns.get(name);
  if (known !== undefined) return known.list;
  if (ofColumns.size >= MOST_COLUMN_SETS) return leastWith(columns).list;
  const made = { columns: new Set(columns), list: plainUseList(columns) };
  ofColumns.set(name, made);
  return made.list;
};

const leastWith = (columns: readonly UseColumn[]) => {
  let least = withAllColumns;
  for (const one of ofColumns.values())
    if (one.columns.size < least.columns.size && columns.every((column) => one.columns.has(column)))
      least = one;
  return least;
};

/** The compiled one, where it is what is asked. */
export const plainUseListOf = (networkId: number, query: UseListQuery) => {
  const { outcomes, path, after, columns, ...list } = query;
  if (outcomes !== undefined || path !== undefined) return undefined;
  const [block, transaction, event] = after ?? [];
  return plainUseListWith(columns)({ networkId, ...list, block, transaction, event });
};

/** The head and all uses in one transaction, of any account that is followed, in one statement. */
export const transactionUsesStatement = (db: Db, networkId: number, transactionHash: Felt) =>
  db
    .with('head', () => headOf(db, networkId))
    .selectFrom('head')
    .leftJoinLateral(
      usesWithBlock(db, networkId)
        .where('u.transaction_hash', '=', feltToHex(transactionHash))
        .where(isFollowed(networkId, sql.ref('u.account')))
        .as('page'),
      (join) => join.onTrue(),
    )
    .selectAll(['head', 'page'])
    .orderBy('page.account')
    .orderBy('page.event_index');

/** How an id names a use: within a transaction, or within a block where no transaction explains it. */
export interface UseName {
  readonly account: Address;
  readonly within:
    | { readonly transactionHash: Felt }
    | { readonly blockNumber: number; readonly blockHash: Felt };
  readonly eventIndex: number;
}

const namesAsked = (names: readonly UseName[]) => {
  const within = names.map((name) => name.within);
  const hashes = within.map((place) =>
    'transactionHash' in place ? feltToHex(place.transactionHash) : null,
  );
  const blocks = within.map((place) => ('blockNumber' in place ? String(place.blockNumber) : null));
  const blockHashes = within.map((place) => ('blockHash' in place ? feltToHex(place.blockHash) : null));
  return sql<{ asked_place: number }>`(
    select * from unnest(${names.map(({ account }) => feltToHex(account))}::text[], ${hashes}::text[], ${blocks}::bigint[],
      ${blockHashes}::text[], ${names.map(({ eventIndex }) => String(eventIndex))}::integer[])
      with ordinality as asked (account, transaction_hash, block_number, block_hash, event_index, asked_place)
  )`;
};

/** Uses by their names, each with its place among these, from 1; what there is none of is left out. */
export const usesByNameStatement = (db: Db, networkId: number, names: readonly UseName[]) =>
  db
    .selectFrom(namesAsked(names).as('asked'))
    .innerJoinLateral(
      usesWithBlock(db, networkId)
        .where(sql<boolean>`u.account = asked.account and u.event_index = asked.event_index and (
          u.transaction_hash = asked.transaction_hash or (
            asked.transaction_hash is null and u.transaction_hash is null and u.block_number = asked.block_number
            and u.block_hash = asked.block_hash))`)
        .where(isFollowed(networkId, sql.ref('u.account')))
        .as('page'),
      (join) => join.onTrue(),
    )
    .selectAll('page')
    .select('asked.asked_place');
