import { sql } from 'kysely';
import type { Db, Trx } from '#libs/database';
import { withCorrections } from './corrections.ts';
import type { JsonObject } from './fact.ts';
import type { FactBlock, StoredFact } from './projection.ts';

/** Facts taken in one statement: bounds the memory on both sides, and what one side has to wait for the other. */
const PAGE = 2_500;

export interface FactStreamFilter {
  /** Only of these. Default: of every account of the network. */
  readonly accounts?: readonly string[];
  /** Inclusive. Default: from the first. */
  readonly fromBlock?: number;
  /** Inclusive, of canonical blocks. Default: to the last. */
  readonly toBlock?: number;
  /** Only of accounts that the asker sees in `accounts`: in the scope of an organisation, those that it follows. */
  readonly onlyVisible?: boolean;
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
  readonly timestamp_seconds: string;
}

/** Nulls where the block of the fact is not there. */
type PageRow = Omit<StreamRow, 'canonical' | 'timestamp_seconds'> & {
  readonly canonical: boolean | null;
  readonly timestamp_seconds: string | null;
};

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
  for await (const blocks of streamFactPages(db, networkId, filter)) yield* blocks;
}

/**
 * The same, all blocks at once that a page of facts completes: who folds many is not to wait for each of them. The next
 * page is read meanwhile. A page may complete none.
 */
export async function* streamFactPages(
  db: Db | Trx,
  networkId: number,
  filter: FactStreamFilter = {},
): AsyncGenerator<readonly StreamedBlock[]> {
  let open: StreamedBlock & { facts: StoredFact[] } = NOTHING;
  for await (const rows of factPages(db, networkId, filter)) {
    const complete: StreamedBlock[] = [];
    for (const row of rows) {
      // A fact whose block is gone counts for the page and for nothing else.
      if (!isInBlock(row)) continue;
      if (row.account !== open.account || row.block_hash !== open.blockHash) {
        if (open !== NOTHING) complete.push(finished(open));
        open = openBlock(row);
      }
      open.facts.push(toStored(row));
    }
    yield complete;
  }
  if (open !== NOTHING) yield [finished(open)];
}

const isInBlock = (row: PageRow): row is StreamRow => row.canonical !== null;

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
  timestampSeconds: row.timestamp_seconds,
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

async function* factPages(
  db: Db | Trx,
  networkId: number,
  filter: FactStreamFilter,
): AsyncGenerator<readonly PageRow[]> {
  let page: Promise<readonly PageRow[]> | undefined = factPage(db, networkId, filter, undefined);
  while (page !== undefined) {
    const rows: readonly PageRow[] = await page;
    const last = rows.length < PAGE ? undefined : rows.at(-1);
    // The next page is read while this one is worked on; whoever stops early does not want to know how it ended.
    page = last && factPage(db, networkId, filter, last);
    page?.catch(() => undefined);
    yield rows;
  }
}

/** The page is cut out of the facts by their index first: without statistics a plan may sort all of them for each page. */
const factPage = async (
  db: Db | Trx,
  networkId: number,
  { accounts, fromBlock, toBlock, onlyVisible = false }: FactStreamFilter,
  after: PageRow | undefined,
): Promise<readonly PageRow[]> => {
  const { rows } = await sql<PageRow>`
    select fact.account, fact.block_number, fact.block_hash, fact.transaction_index, fact.event_index,
      fact.transaction_hash, fact.kind, fact.session_key, fact.token, fact.payload,
      block.canonical, block.timestamp_seconds::text as timestamp_seconds
    from (
      select * from facts fact
      where fact.network_id = ${networkId}::integer
      ${accounts === undefined ? sql`` : sql`and fact.account = any(${accounts}::text[])`}
      ${fromBlock === undefined ? sql`` : sql`and fact.block_number >= ${fromBlock}::bigint`}
      ${toBlock === undefined ? sql`` : sql`and fact.block_number <= ${toBlock}::bigint`}
      ${onlyVisible ? isVisible : sql``}
      ${after === undefined ? sql`` : sql`and ${isAfter(after)}`}
      order by ${inOrder}
      limit ${PAGE}
    ) fact
    left join blocks block on block.network_id = fact.network_id and block.block_hash = fact.block_hash
    order by ${inOrder}`.execute(db);
  return rows;
};

const isVisible = sql`and exists (
        select from accounts known where known.network_id = fact.network_id and known.address = fact.account
      )`;

const inOrder = sql`fact.account, fact.block_number, fact.block_hash, fact.transaction_index, fact.event_index`;

const isAfter = (row: PageRow) => sql`
  (fact.account, fact.block_number, fact.block_hash, fact.transaction_index, fact.event_index)
  > (${row.account}::felt, ${row.block_number}::bigint, ${row.block_hash}::felt, ${row.transaction_index}::integer,
    ${row.event_index}::integer)`;
