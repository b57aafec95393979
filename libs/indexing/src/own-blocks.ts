import type { BlockHeader } from '#libs/chain';
import { inTransaction } from '#libs/database';
import { canonicalHash, CursorConflict, finalizeBlocksUpTo, readCursor, requireCursor } from '#libs/facts';
import type { Felt } from '#libs/felt';
import { expectedCursor, type IndexingContext } from './indexing.context.ts';

/**
 * The hash of our block of a height. A database that took over from another one may have lost the newest blocks, or hold
 * those of another branch: taken for ours, they would look like a chain that changed below finality.
 * @throws CursorConflict when the database does not stand where this process remembers it
 */
export const ownHash = async (
  { db, networkId, cursor }: IndexingContext,
  blockNumber: number,
): Promise<Felt | undefined> => {
  const hash = await canonicalHash(db, networkId, blockNumber);
  // Looked at behind the block: a database that was exchanged in between shows here.
  const found = await readCursor(db, networkId);
  if (cursor?.blockHash !== found?.blockHash) throw new CursorConflict(cursor, found);
  return hash;
};

/**
 * Marks our blocks up to this one as final. It was ours when it was looked at: nothing is marked once the database stands
 * elsewhere. @throws CursorConflict
 */
export const finalizeOwn = async (
  context: IndexingContext,
  { blockNumber, blockHash }: BlockHeader,
): Promise<void> => {
  const { db, networkId } = context;
  const expected = expectedCursor(context);
  await inTransaction(db, async (trx) => {
    if (expected) await requireCursor(trx, networkId, expected);
    if ((await canonicalHash(trx, networkId, blockNumber)) !== blockHash)
      throw new CursorConflict(expected, await readCursor(trx, networkId));
    await finalizeBlocksUpTo(trx, networkId, blockNumber);
  });
};
