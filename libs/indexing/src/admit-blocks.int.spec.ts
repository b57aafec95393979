import { beforeEach, describe, expect, it } from '@jest/globals';
import { finalizeBlocksUpTo, headerByNumber, insertBlocks } from '#libs/facts';
import { toFelt } from '#libs/felt';
import { headerOf, indexRowsOf, withDatabase } from '#libs/testing';
import { admitBlocks } from './admit-blocks.ts';

describe('blocks of a history', () => {
  const database = withDatabase();
  let networkId = 0;

  beforeEach(async () => {
    networkId = await indexRowsOf(database.db).network('spec', BigInt(networkId + 1));
    await database.commit(async (trx) => {
      await insertBlocks(trx, networkId, [headerOf(5, 1_000n), headerOf(9, 1_040n)]);
      await finalizeBlocksUpTo(trx, networkId, 5);
    });
  });

  const finalityOf = async (blockNumber: number) =>
    (await headerByNumber(database.db, networkId, blockNumber))?.finality;

  it('are final where they were read before a block above them was', async () => {
    const read = [3, 7].map((number) => headerOf(number, 980n + BigInt(number)));
    expect(read.map(({ finality }) => finality)).toEqual(['ACCEPTED_ON_L2', 'ACCEPTED_ON_L2']);
    await database.commit((trx) => admitBlocks(trx, networkId, read));
    expect(await finalityOf(3)).toBe('ACCEPTED_ON_L1');
    expect(await finalityOf(7)).toBe('ACCEPTED_ON_L2');
  });

  it('make room for others of their height, as long as they are not final', async () => {
    const other = (blockNumber: number) => ({
      ...headerOf(blockNumber, 1_000n),
      blockHash: toFelt(0xabc0 + blockNumber),
    });
    await database.commit((trx) => admitBlocks(trx, networkId, [other(9)]));
    expect((await headerByNumber(database.db, networkId, 9))?.blockHash).toBe(other(9).blockHash);
    await expect(database.commit((trx) => admitBlocks(trx, networkId, [other(5)]))).rejects.toMatchObject({
      code: 'ADOPTION_CHAIN_MOVED',
    });
  });
});
