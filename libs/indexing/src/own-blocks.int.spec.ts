import { beforeEach, describe, expect, it } from '@jest/globals';
import type { BlockHeader } from '#libs/chain';
import { CursorConflict, finalizedBlockNumber, readCursor } from '#libs/facts';
import { toFelt } from '#libs/felt';
import { headerOf, indexRowsOf, withDatabase } from '#libs/testing';
import type { IndexingContext } from './indexing.context.ts';
import { finalizeOwn, ownHash } from './own-blocks.ts';

const OURS = headerOf(7, 1_000n);
const ELSEWHERE: BlockHeader = { ...headerOf(6, 990n), blockHash: toFelt(0xe15en) };

describe('our own blocks', () => {
  const database = withDatabase();
  let networkId = 0;

  beforeEach(async () => {
    networkId = await indexRowsOf(database.db).network('spec', BigInt(networkId + 1));
  });

  /** What the process remembers, over a database that stands at the block. */
  const contextOver = async (stored: BlockHeader): Promise<IndexingContext> => {
    await indexRowsOf(database.db).head(networkId, stored);
    const { generation = 0 } = (await readCursor(database.db, networkId)) ?? {};
    const cursor = { blockNumber: OURS.blockNumber, blockHash: OURS.blockHash };
    return { ...({} as IndexingContext), db: database.db, networkId, cursor, generation };
  };

  it('are told and finalized where the database stands where it is remembered', async () => {
    const context = await contextOver(OURS);
    expect(await ownHash(context, 7)).toBe(OURS.blockHash);
    expect(await ownHash(context, 6)).toBeUndefined();
    await finalizeOwn(context, OURS);
    expect(await finalizedBlockNumber(database.db, networkId)).toBe(7);
  });

  it('are not told by a database that stands elsewhere: what is missing there is no change of the chain', async () => {
    const context = await contextOver(ELSEWHERE);
    await expect(ownHash(context, 6)).rejects.toBeInstanceOf(CursorConflict);
    await expect(ownHash(context, 7)).rejects.toBeInstanceOf(CursorConflict);
  });

  it('are not finalized where the height is held by another block than the node calls final', async () => {
    const context = await contextOver(OURS);
    const other = { ...OURS, blockHash: toFelt(0xe15en) };
    await expect(finalizeOwn(context, other)).rejects.toBeInstanceOf(CursorConflict);
    expect(await finalizedBlockNumber(database.db, networkId)).toBeUndefined();
  });

  it('are not finalized in a database that holds another branch', async () => {
    const context = await contextOver(ELSEWHERE);
    await expect(finalizeOwn(context, OURS)).rejects.toBeInstanceOf(CursorConflict);
    expect(await finalizedBlockNumber(database.db, networkId)).toBeUndefined();
  });
});
