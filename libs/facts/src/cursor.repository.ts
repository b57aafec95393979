import { sql } from 'kysely';
import { DatabaseError, type Db, type Trx } from '#libs/database';
import { type Felt, feltToHex, parseFelt } from '#libs/felt';

/** The newest block whose effects are all committed. */
export interface Cursor {
  readonly blockNumber: number;
  readonly blockHash: Felt;
  /** Rises with every change beside the blocks: see `raiseGeneration`. Left out: whichever it is. */
  readonly generation?: number;
}

/** Somebody else moved the cursor: another writer is at work, or the database is older than what we remember. */
export class CursorConflict extends DatabaseError {
  override readonly name = 'CursorConflict';
  readonly expected: Cursor | undefined;
  readonly actual: Cursor | undefined;

  constructor(expected: Cursor | undefined, actual: Cursor | undefined) {
    super('CURSOR_CONFLICT', `the cursor is at ${printed(actual)}, not at ${printed(expected)}`);
    this.expected = expected;
    this.actual = actual;
  }
}

const printed = (cursor: Cursor | undefined): string =>
  cursor === undefined ? 'the start' : `block ${cursor.blockNumber} (${feltToHex(cursor.blockHash)})`;

export const readCursor = async (db: Db | Trx, networkId: number): Promise<Cursor | undefined> => {
  const row = await db
    .selectFrom('cursors')
    .select(['block_number', 'block_hash', 'generation'])
    .where('network_id', '=', networkId)
    .executeTakeFirst();
  return (
    row && {
      blockNumber: row.block_number,
      blockHash: parseFelt(row.block_hash),
      generation: row.generation,
    }
  );
};

/**
 * Holds the cursor until the transaction ends, wherever it is by then: waits for a writer that is at work. For changes
 * beside a running indexer that hold at any block. @returns false where nothing was read yet
 */
export const holdCursor = async (trx: Trx, networkId: number): Promise<boolean> => {
  const row = await trx
    .selectFrom('cursors')
    .select('network_id')
    .where('network_id', '=', networkId)
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined;
};

/** Holds the cursor where it is until the transaction ends. @throws CursorConflict when it is elsewhere. */
export const requireCursor = async (trx: Trx, networkId: number, expected: Cursor): Promise<void> => {
  const row = await trx
    .selectFrom('cursors')
    .select('network_id')
    .where('network_id', '=', networkId)
    .where('block_number', '=', expected.blockNumber)
    .where('block_hash', '=', feltToHex(expected.blockHash))
    .where('generation', '=', generationOf(expected))
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw new CursorConflict(expected, await readCursor(trx, networkId));
};

/**
 * Compare-and-set, in the transaction that writes what the block did. `expected` undefined: there is none yet.
 * Moves forward after a run of blocks and back to the ancestor in a reorg; the block must have been inserted.
 * @throws CursorConflict when the cursor is not where the caller believes it to be.
 */
export const moveCursor = async (
  trx: Trx,
  networkId: number,
  expected: Cursor | undefined,
  next: Cursor,
): Promise<void> => {
  const moved =
    expected === undefined ? await first(trx, networkId, next) : await move(trx, networkId, expected, next);
  if (!moved) throw new CursorConflict(expected, await readCursor(trx, networkId));
};

const first = async (trx: Trx, networkId: number, next: Cursor): Promise<boolean> => {
  const result = await trx
    .insertInto('cursors')
    .values({ network_id: networkId, block_number: next.blockNumber, block_hash: feltToHex(next.blockHash) })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
};

const move = async (trx: Trx, networkId: number, expected: Cursor, next: Cursor): Promise<boolean> => {
  const result = await trx
    .updateTable('cursors')
    .set({
      block_number: next.blockNumber,
      block_hash: feltToHex(next.blockHash),
      updated_at: sql<Date>`now()`,
    })
    .where('network_id', '=', networkId)
    .where('block_number', '=', expected.blockNumber)
    .where('block_hash', '=', feltToHex(expected.blockHash))
    .where('generation', '=', generationOf(expected))
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
};

/**
 * Tells whoever remembers accounts and states of this network that they are others now, though the cursor may stand at
 * the same block: an account was taken along or let go, read models were put right. Their next commit is a conflict.
 */
export const raiseGeneration = async (trx: Trx, networkId: number): Promise<void> => {
  await trx
    .updateTable('cursors')
    .set({ generation: sql<number>`generation + 1` })
    .where('network_id', '=', networkId)
    .execute();
};

const generationOf = ({ generation }: Cursor) =>
  sql<number>`coalesce(${generation ?? null}::integer, generation)`;
