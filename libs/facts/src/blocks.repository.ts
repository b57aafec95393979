import { sql } from 'kysely';
import type { Db, Finality, Row, Trx } from '#libs/database';
import { type Felt, feltToHex, parseFelt } from '#libs/felt';

export interface NewBlock {
  readonly blockNumber: number;
  readonly blockHash: Felt;
  readonly parentHash: Felt;
  readonly timestampSeconds: bigint;
  readonly finality: Finality;
}

export interface StoredBlock extends NewBlock {
  /** False: a reorg left it. */
  readonly canonical: boolean;
}

// The literal, not a parameter: a generic plan can then use the partial indexes.
const CANONICAL = sql<boolean>`canonical`;

/**
 * Makes the headers the canonical ones of their heights. A block that a reorg had left comes back as it was;
 * finality only ever rises.
 * @throws UNIQUE_VIOLATION while another canonical block stands at the height: orphan that one first.
 */
export const insertBlocks = async (
  trx: Trx,
  networkId: number,
  headers: readonly NewBlock[],
): Promise<void> => {
  if (headers.length === 0) return;
  await sql`
    insert into blocks (network_id, block_hash, block_number, parent_hash, timestamp_seconds, finality, canonical)
    select ${networkId}::integer, r.block_hash, r.block_number, r.parent_hash, r.timestamp_seconds, r.finality, true
    from jsonb_to_recordset(${JSON.stringify(headers.map(toColumns))}::text::jsonb)
      as r(block_hash text, block_number bigint, parent_hash text, timestamp_seconds numeric, finality text)
    on conflict (network_id, block_hash) do update
      set canonical = true,
        finality = case when blocks.finality = 'ACCEPTED_ON_L1' then blocks.finality else excluded.finality end
      where not blocks.canonical or blocks.finality <> excluded.finality`.execute(trx);
};

const toColumns = (header: NewBlock) => ({
  block_hash: feltToHex(header.blockHash),
  block_number: header.blockNumber,
  parent_hash: feltToHex(header.parentHash),
  timestamp_seconds: header.timestampSeconds.toString(),
  finality: header.finality,
});

/** A reorg: everything above the ancestor stops being canonical, and stays. @returns how many blocks that were. */
export const orphanBlocksAbove = async (
  trx: Trx,
  networkId: number,
  ancestorNumber: number,
): Promise<number> => {
  const result = await trx
    .updateTable('blocks')
    .set({ canonical: false })
    .where('network_id', '=', networkId)
    .where('block_number', '>', ancestorNumber)
    .where(CANONICAL)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
};

/** The canonical blocks up to and with this height are accepted on L1: who waits for that looks. @returns how many changed. */
export const finalizeBlocksUpTo = async (
  trx: Trx,
  networkId: number,
  blockNumber: number,
): Promise<number> => {
  const result = await trx
    .updateTable('blocks')
    .set({ finality: 'ACCEPTED_ON_L1' })
    .where('network_id', '=', networkId)
    .where('block_number', '<=', blockNumber)
    .where(CANONICAL)
    .where('finality', '=', sql<Finality>`'ACCEPTED_ON_L2'`)
    .executeTakeFirst();
  const changed = Number(result.numUpdatedRows);
  // The cursor tells of itself when it moves, and stays where it is here.
  if (changed > 0) await sql`select pg_notify('purser_cursor', ${String(networkId)})`.execute(trx);
  return changed;
};

const selectBlocks = (db: Db | Trx, networkId: number) =>
  db.selectFrom('blocks').selectAll().where('network_id', '=', networkId);

/** The canonical block of the height. */
export const headerByNumber = async (
  db: Db | Trx,
  networkId: number,
  blockNumber: number,
): Promise<StoredBlock | undefined> =>
  found(
    await selectBlocks(db, networkId)
      .where('block_number', '=', blockNumber)
      .where(CANONICAL)
      .executeTakeFirst(),
  );

/** The block of the hash, canonical or not. */
export const headerByHash = async (
  db: Db | Trx,
  networkId: number,
  blockHash: bigint,
): Promise<StoredBlock | undefined> =>
  found(await selectBlocks(db, networkId).where('block_hash', '=', feltToHex(blockHash)).executeTakeFirst());

/** The blocks of the hashes that are stored, canonical or not. */
export const headersByHash = async (
  db: Db | Trx,
  networkId: number,
  blockHashes: readonly bigint[],
): Promise<ReadonlyMap<bigint, StoredBlock>> => {
  const rows = await selectBlocks(db, networkId)
    .where('block_hash', '=', sql<string>`any(${blockHashes.map(feltToHex)}::text[])`)
    .execute();
  const blocks = rows.flatMap((row) => found(row) ?? []);
  return new Map(blocks.map((block) => [block.blockHash, block]));
};

/** The last canonical block that is not later than the time. Several blocks may share one second. */
export const headerAtTime = async (
  db: Db | Trx,
  networkId: number,
  timestampSeconds: bigint,
): Promise<StoredBlock | undefined> =>
  found(
    await selectBlocks(db, networkId)
      .where('timestamp_seconds', '<=', timestampSeconds)
      .where(CANONICAL)
      .orderBy('timestamp_seconds', 'desc')
      .orderBy('block_number', 'desc')
      .limit(1)
      .executeTakeFirst(),
  );

/** For the walk back of the follower: the hash that was applied at the height. */
export const canonicalHash = async (
  db: Db | Trx,
  networkId: number,
  blockNumber: number,
): Promise<Felt | undefined> => (await headerByNumber(db, networkId, blockNumber))?.blockHash;

/** Height of the newest canonical block known to be accepted on L1. */
export const finalizedBlockNumber = async (db: Db | Trx, networkId: number): Promise<number | undefined> => {
  const row = await db
    .selectFrom('blocks')
    .select('block_number')
    .where('network_id', '=', networkId)
    .where(CANONICAL)
    .where('finality', '=', 'ACCEPTED_ON_L1')
    .orderBy('block_number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.block_number;
};

const found = (row: Row<'blocks'> | undefined): StoredBlock | undefined =>
  row && {
    blockNumber: row.block_number,
    blockHash: parseFelt(row.block_hash),
    parentHash: parseFelt(row.parent_hash),
    timestampSeconds: row.timestamp_seconds,
    finality: row.finality,
    canonical: row.canonical,
  };
