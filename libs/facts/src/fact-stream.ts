import { sql } from 'kysely';
import type { Db, Trx } from '#libs/database';
import { withCorrections } from './corrections.ts';
import type { JsonObject } from './fact.ts';
import type { FactBlock, StoredFact } from './projection.ts';

/** Facts taken in one statement: bounds the memory on both sides. */
const PAGE = 5_000;

export interface FactStreamFilter {
  /** Only of these. Default: of every account of the network. */
  readonly accounts?: readonly string[];
  /** Inclusive. Default: from the first. */
  readonly fromBlock?: number;
  /** Inclusive, of canonical blocks. Default: to the last. */
  readonly toBlock?: number;
}

/** A block of one account, and whether it counts. */
export interface StreamedBlock extends FactBlock {
  readonly account: string;
  readonly canonical: boolean;
}

interface StreamRow {
  readonly account: string;
  readonly block_number: number;
  readonly block_hash: string;
  readonly transaction_index: number;
  readonly event_index: number;
  readonly transaction_hash: string | null;
  readonly kind: string;
  readonly session_key: string | null;
  readonly token: string | null;
  readonly payload: JsonObject;
  readonly canonical: boolean;
  readonly timestamp_seconds: bigint;
}

/**
 * Facts account by account, each in the order of the chain, block by block; those of blocks that a reorg left stand
 * among them, and corrections in place of what they correct. Read inside one repeatable transaction where they have to
 * be of one moment.
 */
export async function* streamFacts(
  db: Db | Trx,
  networkId: number,
  filter: FactStreamFilter = {},
): AsyncGenerator<StreamedBlock> {
  let open: StreamedBlock & { facts: StoredFact[] } = NOTHING;
  for await (const row of factRows(db, networkId, filter)) {
    if (row.account !== open.account || row.block_hash !== open.blockHash) {
      if (open !== NOTHING) yield finished(open);
      open = openBlock(row);
    }
    open.facts.push(toStored(row));
  }
  if (open !== NOTHING) yield finished(open);
}

const finished = (block: StreamedBlock): StreamedBlock => ({ ...block, facts: withCorrections(block.facts) });

const NOTHING: StreamedBlock & { facts: StoredFact[] } = {
  account: '',
  canonical: false,
  blockNumber: -1,
  blockHash: '',
  timestampSeconds: '0',
  facts: [],
};

const openBlock = (row: StreamRow): StreamedBlock & { facts: StoredFact[] } => ({
  account: row.account,
  canonical: row.canonical,
  blockNumber: row.block_number,
  blockHash: row.block_hash,
  timestampSeconds: row.timestamp_seconds.toString(),
  facts: [],
});

const toStored = (row: StreamRow): StoredFact => ({
  account: row.account,
  blockNumber: row.block_number,
  blockHash: row.block_hash,
  transactionIndex: row.transaction_index,
  eventIndex: row.event_index,
  transactionHash: row.transaction_hash,
  kind: row.kind,
  sessionKey: row.session_key,
  token: row.token,
  payload: row.payload,
});

async function* factRows(
  db: Db | Trx,
  networkId: number,
  filter: FactStreamFilter,
): AsyncGenerator<StreamRow> {
  let after: StreamRow | undefined;
  do {
    const rows: readonly StreamRow[] = await factPage(db, networkId, filter, after);
    yield* rows;
    after = rows.length < PAGE ? undefined : rows.at(-1);
  } while (after !== undefined);
}

const factPage = async (
  db: Db | Trx,
  networkId: number,
  { accounts, fromBlock, toBlock }: FactStreamFilter,
  after: StreamRow | undefined,
): Promise<readonly StreamRow[]> => {
  const { rows } = await sql<StreamRow>`
    select fact.account, fact.block_number, fact.block_hash, fact.transaction_index, fact.event_index,
      fact.transaction_hash, fact.kind, fact.session_key, fact.token, fact.payload,
      block.canonical, block.timestamp_seconds
    from facts fact
    join blocks block on block.network_id = fact.network_id and block.block_hash = fact.block_hash
    where fact.network_id = ${networkId}::integer
      ${accounts === undefined ? sql`` : sql`and fact.account = any(${accounts}::text[])`}
      ${fromBlock === undefined ? sql`` : sql`and fact.block_number >= ${fromBlock}::bigint`}
      ${toBlock === undefined ? sql`` : sql`and fact.block_number <= ${toBlock}::bigint`}
      ${after === undefined ? sql`` : sql`and ${isAfter(after)}`}
    order by fact.account, fact.block_number, fact.block_hash, fact.transaction_index, fact.event_index
    limit ${PAGE}`.execute(db);
  return rows;
};

const isAfter = (row: StreamRow) => sql`
  (fact.account, fact.block_number, fact.block_hash, fact.transaction_index, fact.event_index)
  > (${row.account}::felt, ${row.block_number}::bigint, ${row.block_hash}::felt, ${row.transaction_index}::integer,
    ${row.event_index}::integer)`;
