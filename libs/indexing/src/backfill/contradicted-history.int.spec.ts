import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { policySlotBase, sessionSlotBase, slotAt } from '#libs/account';
import { ChainError, type ChainSource } from '#libs/chain';
import { inTransaction } from '#libs/database';
import { resumeBackfill } from '#libs/facts';
import { toFelt } from '#libs/felt';
import { createDirectedLife, type DirectedLife, emptyIndexes, withDatabase } from '#libs/testing';

describe('the history of a late session_account_spend', () => {
  const late = withDatabase();
  const early = withDatabase();
  let world: DirectedLife;

  beforeEach(async () => {
    await emptyIndexes(late, early);
    world = createDirectedLife('session_account_spend');
  });
  afterEach(() => world.close());

  /** One word is left out of every diff above a block: nothing in it is wrong by itself. */
  const lyingAbove = async (block: number): Promise<ChainSource> => {
    const node = await world.oldNode();
    return {
      ...node,
      stateUpdate: async (...question) => {
        const update = await node.stateUpdate(...question);
        const { blockNumber } = await node.header({ blockHash: update.blockHash });
        const [first, ...others] = [...(update.storageDiffs.get(world.account.address) ?? [])];
        return first && others.length < 3 && blockNumber > block
          ? { ...update, storageDiffs: new Map([[world.account.address, new Map(others)]]) }
          : update;
      },
    };
  };

  it.each([[3], [1_000]])(
    'writes nothing that is not proven, in parts of %s blocks',
    async (blocksInPart) => {
      world.live();
      const backfill = { callsPerSecond: 10_000, blocksInPart };
      const indexer = await world.follow(late.indexer, {
        startBlock: 'latest',
        source: await lyingAbove(0),
        backfill,
      });
      await world.adopted(late.db);
      const before = await world.tablesOf(late);
      await world.request(late.db);
      expect(await world.finished(late.db)).toMatchObject({
        state: 'INCOMPLETE',
        reasonCode: 'BACKFILL_STATE_DIFFERS',
      });
      await indexer.caughtUp();
      expect(await world.tablesOf(late)).toEqual(before);
    },
  );

  it('keeps what was proven where a later part is contradicted, and goes on from there', async () => {
    world.live();
    const one = await world.follow(late.indexer, { startBlock: 'latest', source: await lyingAbove(60) });
    await world.request(late.db);
    const { jobId, state, coveredTo = 0 } = await world.finished(late.db);
    expect(state).toBe('INCOMPLETE');
    expect(coveredTo).toBeGreaterThan(20);
    expect(await world.coverage(late.db)).toEqual([
      { kind: 'EVENTS', from: 0, to: null },
      { kind: 'STATE', from: 0, to: coveredTo },
      { kind: 'STATE', from: world.chain.sandbox.latest.number, to: null },
    ]);
    await world.halt(one);
    await inTransaction(late.db, (trx) => resumeBackfill(trx, jobId));
    await world.follow(late.indexer);
    expect(await world.finished(late.db)).toMatchObject({ jobId, state: 'DONE' });
    await world.follow(early.indexer);
    expect(await world.tablesOf(late)).toEqual(await world.tablesOf(early));
  });

  it('misses no use before a key is granted again, where a node names an update too early once', async () => {
    world.live();
    const node = await world.node();
    const counter = slotAt(sessionSlotBase(world.key), 2);
    let lies = 0;
    const lying: ChainSource = {
      ...node,
      storageWithUpdateBlock: async (...question) => {
        const honest = await node.storageWithUpdateBlock(...question);
        const [, slot] = question;
        if (slot !== counter || honest.value < 5n || lies > 0) return honest;
        lies += 1;
        return { ...honest, lastUpdateBlock: 20 };
      },
    };
    const backfill = { callsPerSecond: 10_000, blocksInPart: 1_000 };
    await world.follow(late.indexer, { startBlock: 'latest', source: lying, backfill });
    await world.request(late.db);
    const { jobId, ...refused } = await world.finished(late.db);
    expect(lies).toBe(1);
    expect(refused).toMatchObject({ state: 'INCOMPLETE', reasonCode: 'BACKFILL_STATE_DIFFERS' });
    await inTransaction(late.db, (trx) => resumeBackfill(trx, jobId));
    expect(await world.finished(late.db)).toMatchObject({ jobId, state: 'DONE' });
    await world.follow(early.indexer);
    expect(await world.tablesOf(late)).toEqual(await world.tablesOf(early));
  });

  it('leaves no use unexplained where a node names an earlier word once', async () => {
    world.live();
    const node = await world.oldNode();
    const counter = slotAt(sessionSlotBase(world.key), 2);
    const lies: bigint[] = [];
    const lying: ChainSource = {
      ...node,
      storageAt: async (address, slot, ref) => {
        const honest = await node.storageAt(address, slot, ref);
        const isNew = typeof ref === 'object' && 'blockNumber' in ref && ref.blockNumber > 200;
        if (slot !== counter || honest !== 2n || !isNew || lies.length > 0) return honest;
        lies.push(honest);
        return toFelt(1n);
      },
    };
    const backfill = { callsPerSecond: 10_000, blocksInPart: 1_000 };
    await world.follow(late.indexer, { startBlock: 'latest', source: lying, backfill });
    await world.request(late.db);
    const { jobId, ...refused } = await world.finished(late.db);
    expect(lies).toHaveLength(1);
    expect(refused).toMatchObject({ state: 'INCOMPLETE', reasonCode: 'BACKFILL_STATE_DIFFERS' });
    await inTransaction(late.db, (trx) => resumeBackfill(trx, jobId));
    expect(await world.finished(late.db)).toMatchObject({ jobId, state: 'DONE' });
    await world.follow(early.indexer);
    expect(await world.tablesOf(late)).toEqual(await world.tablesOf(early));
  });

  it.each([
    [
      'BACKFILL_SEARCH_CONTRADICTED: a word was written in a block that nothing led to',
      (node: ChainSource): Partial<ChainSource> => ({
        storageWithUpdateBlock: async (address, slot, ref) => {
          const value = await node.storageAt(address, slot, ref);
          const isSpent = slot === slotAt(policySlotBase(world.key, world.token), 5);
          return isSpent
            ? { value, lastUpdateBlock: 12 }
            : await node.storageWithUpdateBlock(address, slot, ref);
        },
      }),
    ],
    [
      'BACKFILL_STATE_PRUNED: the node has the block and not its state',
      (node: ChainSource): Partial<ChainSource> => ({
        classHashAt: (address, ref) =>
          typeof ref === 'object' && 'blockNumber' in ref
            ? Promise.reject(new ChainError('BLOCK_NOT_FOUND', 'pruned'))
            : node.classHashAt(address, ref),
      }),
    ],
  ])('ends without a history and says why: %s', async (said, change) => {
    world.live();
    const node = await world.node();
    await world.follow(late.indexer, { startBlock: 'latest', source: { ...node, ...change(node) } });
    await world.request(late.db);
    expect(await world.finished(late.db)).toMatchObject({
      state: 'INCOMPLETE',
      reasonCode: said.split(':')[0],
    });
    expect((await world.coverage(late.db)).map(({ kind, to }) => [kind, to])).toEqual([
      ['EVENTS', null],
      ['STATE', null],
    ]);
  });
});
