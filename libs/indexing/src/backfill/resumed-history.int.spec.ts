import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChainSource } from '#libs/chain';
import { inTransaction } from '#libs/database';
import { finishBackfill, resumeBackfill } from '#libs/facts';
import { createDirectedLife, type DirectedLife, emptyIndexes, until, withDatabase } from '#libs/testing';

describe('the history of a late session_account_spend', () => {
  const late = withDatabase();
  const early = withDatabase();
  let world: DirectedLife;

  beforeEach(async () => {
    await emptyIndexes(late, early);
    world = createDirectedLife('session_account_spend');
  });
  afterEach(() => world.close());

  /** A node that stops answering after so many calls of a back-fill, until it is told to go on. */
  const stalling = async (calls: number, doesStall: (name: string) => boolean = () => true) => {
    const source = await world.node();
    const stalled = Promise.withResolvers<undefined>();
    let left = calls;
    const stall =
      <Args extends unknown[], T>(name: string, read: (...args: Args) => Promise<T>) =>
      async (...args: Args): Promise<T> => {
        if (left > 0 && doesStall(name)) left -= 1;
        if (left > 0) return await read(...args);
        stalled.resolve(undefined);
        const { signal } = (args.at(-1) ?? {}) as { readonly signal?: AbortSignal };
        await new Promise((_resolve, reject) =>
          signal?.addEventListener('abort', () => reject(new Error('stopped'))),
        );
        throw new Error('stopped');
      };
    return {
      stalled: stalled.promise,
      source: {
        ...source,
        storageWithUpdateBlock: stall(
          'walk',
          (...question: Parameters<ChainSource['storageWithUpdateBlock']>) =>
            source.storageWithUpdateBlock(...question),
        ),
        block: stall('block', (...question: Parameters<ChainSource['block']>) => source.block(...question)),
      },
    };
  };

  describe('that is broken off', () => {
    it.each([
      ['in the search', 15, 'walk'],
      ['after its first blocks', 5, 'block'],
      ['near its end', 13, 'block'],
    ])('goes on where it was, %s, in another process', async (_where, calls, stallsAt) => {
      world.live();
      const adoptedBefore = 4;
      const first = await stalling(
        calls + (stallsAt === 'block' ? adoptedBefore : 0),
        (name) => name === stallsAt,
      );
      const one = await world.follow(late.indexer, { startBlock: 'latest', source: first.source });
      await world.request(late.db);
      await first.stalled;
      await world.halt(one);
      const broken = await world.job(late.db);
      expect(broken.finishedAt).toBeUndefined();
      await world.follow(late.indexer);
      const done = await world.finished(late.db);
      expect(done).toMatchObject({ state: 'DONE' });
      if (stallsAt === 'block') expect(broken.coveredTo).toBeGreaterThan(0);
      await world.follow(early.indexer);
      expect(await world.tablesOf(late)).toEqual(await world.tablesOf(early));
    });

    it('stands still while it is cancelled, and goes on when it is resumed', async () => {
      world.live();
      const first = await stalling(9, (name) => name === 'block');
      const one = await world.follow(late.indexer, { startBlock: 'latest', source: first.source });
      await world.request(late.db);
      await first.stalled;
      const { jobId } = await world.job(late.db);
      expect(await inTransaction(late.db, (trx) => finishBackfill(trx, jobId, 'CANCELLED'))).toBe(true);
      await world.halt(one);
      await world.follow(late.indexer);
      expect(await world.job(late.db)).toMatchObject({ state: 'CANCELLED' });
      expect(await inTransaction(late.db, (trx) => resumeBackfill(trx, jobId))).toBe(true);
      await until(async () => (await world.job(late.db)).state === 'DONE');
      await world.follow(early.indexer);
      expect(await world.tablesOf(late)).toEqual(await world.tablesOf(early));
    });
  });

  it('begins again where a reorg took the block that the account was adopted at', async () => {
    world.live();
    const first = await stalling(9, (name) => name === 'block');
    const one = await world.follow(late.indexer, { startBlock: 'latest', source: first.source });
    await world.request(late.db);
    await first.stalled;
    await world.halt(one);
    world.chain.sandbox.abortFrom(world.chain.sandbox.latest.number - 4);
    world.spend(3n);
    world.empty(30);
    const again = await world.follow(late.indexer);
    await until(async () => (await world.job(late.db)).state === 'DONE');
    world.spend(4n);
    await again.caughtUp();
    await world.follow(early.indexer);
    expect(await world.tablesOf(late)).toEqual(await world.tablesOf(early));
  });

  it('is cut like any other where a reorg stays above the first block that was followed', async () => {
    world.live();
    const indexer = await world.follow(late.indexer, { startBlock: 100 });
    await world.request(late.db);
    const { jobId } = await world.finished(late.db);
    world.chain.sandbox.abortFrom(140);
    world.grant(0x999n);
    world.empty(200);
    await indexer.caughtUp();
    expect(await world.job(late.db)).toMatchObject({ jobId, state: 'DONE' });
    await world.follow(early.indexer);
    expect(await world.tablesOf(late)).toEqual(await world.tablesOf(early));
  });

  it('is read again from the beginning where a reorg went below everything that is followed block by block', async () => {
    world.live();
    const indexer = await world.follow(late.indexer, { startBlock: 'latest' });
    await world.request(late.db);
    const { jobId } = await world.finished(late.db);
    world.chain.sandbox.abortFrom(120);
    world.grant(0x999n);
    world.empty(200);
    await indexer.caughtUp();
    await until(
      async () => (await world.job(late.db)).jobId !== jobId && (await world.job(late.db)).state === 'DONE',
    );
    await world.follow(early.indexer);
    expect(await world.tablesOf(late)).toEqual(await world.tablesOf(early));
  });
});
