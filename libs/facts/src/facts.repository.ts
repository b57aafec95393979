import { sql } from 'kysely';
import { copyRows, copyUnlessThere, type Db, FEWEST_COPIED, type Row, type Trx } from '#libs/database';
import {
  type Address,
  commonFeltToHex,
  feltToHex,
  parseAddress,
  parseFelt,
  parseSessionKey,
  type SessionKey,
} from '#libs/felt';
import type { Fact, JsonObject, NewFact } from './fact.ts';
import { jsonParameter } from './json-parameter.ts';

/** Bounds the memory that one statement takes on both sides. */
const ROWS_A_STATEMENT = 5_000;

/**
 * Adds facts to the transaction of the caller; those already there stay as they are.
 * One JSON parameter and a constant text: the statement is prepared once, whatever the number of rows.
 * @returns how many were new.
 */
export const appendFacts = async (
  trx: Trx,
  networkId: number,
  facts: readonly NewFact[],
): Promise<number> => {
  let added = 0;
  for (let from = 0; from < facts.length; from += ROWS_A_STATEMENT) {
    added += await appendSome(trx, networkId, facts.slice(from, from + ROWS_A_STATEMENT));
  }
  return added;
};

/**
 * Adds facts of blocks that nobody has read before, as `appendFacts` does and quicker. Where one is there all the same,
 * it stays as it is.
 */
export const appendNewFacts = async (
  trx: Trx,
  networkId: number,
  facts: readonly NewFact[],
): Promise<void> => {
  if (facts.length >= FEWEST_COPIED) {
    const rows = facts.map((fact) => ({ ...toColumns(fact), payload: jsonParameter(fact.payload) }));
    const copy = () => copyRows(trx, networkId, 'facts', COLUMNS, rows);
    if (await copyUnlessThere(trx, copy)) return;
  }
  await appendFacts(trx, networkId, facts);
};

const COLUMNS = [
  ...(['block_hash', 'transaction_index', 'event_index', 'block_number', 'transaction_hash'] as const),
  ...(['account', 'kind', 'session_key', 'token', 'payload'] as const),
];

const appendSome = async (trx: Trx, networkId: number, facts: readonly NewFact[]): Promise<number> => {
  const result = await sql`
    insert into facts (network_id, block_hash, transaction_index, event_index, block_number, transaction_hash,
      account, kind, session_key, token, payload)
    select ${networkId}::integer, r.block_hash, r.transaction_index, r.event_index, r.block_number, r.transaction_hash,
      r.account, r.kind, r.session_key, r.token, r.payload
    from jsonb_to_recordset(${jsonParameter(facts.map(toColumns))}::text::jsonb)
      as r(block_hash text, transaction_index integer, event_index integer, block_number bigint, transaction_hash text,
        account text, kind text, session_key text, token text, payload jsonb)
    on conflict do nothing`.execute(trx);
  return Number(result.numAffectedRows ?? 0n);
};

const hexOrNull = (felt: bigint | undefined): string | null => (felt === undefined ? null : feltToHex(felt));
const commonOrNull = (felt: bigint | undefined): string | null =>
  felt === undefined ? null : commonFeltToHex(felt);

const toColumns = (fact: NewFact) => ({
  block_hash: commonFeltToHex(fact.blockHash),
  transaction_index: fact.transactionIndex,
  event_index: fact.eventIndex,
  block_number: fact.blockNumber,
  transaction_hash: hexOrNull(fact.transactionHash),
  account: commonFeltToHex(fact.account),
  kind: fact.kind,
  session_key: commonOrNull(fact.sessionKey),
  token: commonOrNull(fact.token),
  payload: fact.payload,
});

/** A place on the canonical chain, to go on from. */
export interface FactPosition {
  readonly blockNumber: number;
  readonly transactionIndex: number;
  readonly eventIndex: number;
}

export interface FactFilter {
  readonly account: Address;
  readonly sessionKey?: SessionKey;
  readonly kinds?: readonly string[];
  /** Inclusive. */
  readonly fromBlock?: number;
  /** Inclusive. */
  readonly toBlock?: number;
  /** Only what comes after this in the order asked for. */
  readonly after?: FactPosition;
  /** Default ASCENDING: the order of the chain. */
  readonly order?: 'ASCENDING' | 'DESCENDING';
  readonly limit: number;
  /** Also facts of blocks that a reorg left. Default false. */
  readonly withOrphaned?: boolean;
}

/**
 * Facts of an account by their place on the chain, never by when they were written. One index serves all filters: a
 * session key is looked for among the facts of its account, in the range of blocks asked for.
 */
export const listFacts = async (db: Db | Trx, networkId: number, filter: FactFilter): Promise<Fact[]> => {
  const rows = await factQuery(db, networkId, filter).execute();
  return rows.map(toFact);
};

const factQuery = (db: Db | Trx, networkId: number, filter: FactFilter) => {
  const { sessionKey, kinds, fromBlock, toBlock, after } = filter;
  const descending = filter.order === 'DESCENDING';
  const direction = descending ? 'desc' : 'asc';
  const place = sql`(fact.block_number, fact.transaction_index, fact.event_index)`;
  return db
    .selectFrom('facts as fact')
    .innerJoin('blocks as block', (join) =>
      join
        .onRef('block.network_id', '=', 'fact.network_id')
        .onRef('block.block_hash', '=', 'fact.block_hash'),
    )
    .selectAll('fact')
    .select(['block.timestamp_seconds', 'block.finality', 'block.canonical'])
    .where('fact.network_id', '=', networkId)
    .where('fact.account', '=', feltToHex(filter.account))
    .$if(filter.withOrphaned !== true, (query) => query.where(sql<boolean>`block.canonical`))
    .$if(sessionKey !== undefined, (query) =>
      query.where('fact.session_key', '=', feltToHex(sessionKey ?? 0n)),
    )
    .$if(kinds !== undefined, (query) => query.where(sql<boolean>`fact.kind = any(${kinds}::text[])`))
    .$if(fromBlock !== undefined, (query) => query.where('fact.block_number', '>=', fromBlock ?? 0))
    .$if(toBlock !== undefined, (query) => query.where('fact.block_number', '<=', toBlock ?? 0))
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`${place} ${comparison(descending)} ${tuple(after)}`),
    )
    .orderBy('fact.block_number', direction)
    .orderBy('fact.transaction_index', direction)
    .orderBy('fact.event_index', direction)
    .limit(filter.limit);
};

const comparison = (descending: boolean) => (descending ? sql`<` : sql`>`);

const tuple = (position: FactPosition | undefined) =>
  sql`(${position?.blockNumber}::bigint, ${position?.transactionIndex}::integer, ${position?.eventIndex}::integer)`;

type FactRow = Row<'facts'> & Pick<Row<'blocks'>, 'timestamp_seconds' | 'finality' | 'canonical'>;

const toFact = (row: FactRow): Fact => ({
  blockNumber: row.block_number,
  blockHash: parseFelt(row.block_hash),
  transactionIndex: row.transaction_index,
  eventIndex: row.event_index,
  transactionHash: row.transaction_hash === null ? undefined : parseFelt(row.transaction_hash),
  account: parseAddress(row.account),
  kind: row.kind,
  sessionKey: row.session_key === null ? undefined : parseSessionKey(row.session_key),
  token: row.token === null ? undefined : parseAddress(row.token),
  payload: row.payload as JsonObject,
  timestampSeconds: row.timestamp_seconds,
  finality: row.finality,
  canonical: row.canonical,
});
