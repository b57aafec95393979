import { beforeEach, describe, expect, it } from '@jest/globals';
import { ChainError, type EventQuery } from '#libs/chain';
import { type Felt, feltToHex, toFelt } from '#libs/felt';
import { ADOPTION, AdoptionWorld, expirySlot, headerOf, lifecycleEvent, withDatabase } from '#libs/testing';
import { contextOf } from '../spec/context.builder.ts';
import { adoptPending, readDueSeeds } from './adopt.ts';
import { commitSeeds } from './commit-seeds.ts';
import type { IndexingContext } from './indexing.context.ts';

const { ACCOUNT, OTHER, KEY, LATER_KEY, CLASS, HEAD, GRANT_DATA } = ADOPTION;

describe('adopting accounts together', () => {
  const database = withDatabase();
  let world: AdoptionWorld;

  beforeEach(async () => {
    world = await AdoptionWorld.open(database.indexer);
  });

  describe('several together', () => {
    const headerOf102 = headerOf(102, 1_004n);
    let scans: EventQuery[];

    beforeEach(() => {
      scans = [];
      const read = world.source.events;
      world.source.events = (query, options) => {
        scans.push(query);
        return read(query, options);
      };
      world.events.push(lifecycleEvent('SessionKeyAdded', OTHER, LATER_KEY, 7, GRANT_DATA));
      world.storage.set(expirySlot(LATER_KEY), toFelt(6_000n));
    });

    it('are read by one scan, each with what is its own', async () => {
      await world.waiting(ACCOUNT, OTHER);
      expect(await adoptPending(await contextOf(world))).toBe(2);
      expect(scans.map(({ address }) => address)).toEqual([[ACCOUNT, OTHER]]);
      expect(await world.sessions()).toMatchObject([
        { session_key: feltToHex(KEY), valid_until_seconds: 5_000n },
        { session_key: feltToHex(LATER_KEY), valid_until_seconds: 6_000n },
      ]);
    });

    it('are read out of proofs where the node has them', async () => {
      await world.waiting(ACCOUNT, OTHER);
      world.source.storageAt = () => Promise.reject(new ChainError('RPC_ERROR', 'asked word by word'));
      world.source.classHashAt = world.source.storageAt as never;
      const asked: number[] = [];
      world.source.contractWords = (questions) => {
        asked.push(questions.length);
        const wordsOf = (slots: readonly Felt[]) =>
          slots.map((slot) => world.storage.get(slot) ?? toFelt(0n));
        return Promise.resolve(questions.map(({ slots }) => ({ classHash: CLASS, words: wordsOf(slots) })));
      };
      expect(await adoptPending(await contextOf(world))).toBe(2);
      expect(asked).toEqual([2, 2]);
      expect(await world.sessions()).toMatchObject([
        { valid_until_seconds: 5_000n },
        { valid_until_seconds: 6_000n },
      ]);
    });

    it('are each read alone where the scan fails: it is the fault of one of them', async () => {
      await world.waiting(ACCOUNT, OTHER);
      const read = world.source.events;
      world.source.events = (query, options) => {
        if (Array.isArray(query.address)) throw new ChainError('INCOMPLETE_EVENTS', 'broke off');
        return read(query, options);
      };
      expect(await adoptPending(await contextOf(world))).toBe(2);
      expect(scans.map(({ address }) => address)).toEqual([ACCOUNT, OTHER]);
    });

    it('are written one by one where something of one cannot be', async () => {
      await world.waiting(ACCOUNT, OTHER);
      const context = await contextOf(world);
      const seeds = await readDueSeeds(context);
      const spoilt = seeds.map((seed) =>
        seed.address === ACCOUNT ? { ...seed, sessions: [...seed.sessions, ...seed.sessions] } : seed,
      );
      expect(await commitSeeds(context, spoilt)).toBe(1);
      expect(await world.accountRow()).toMatchObject({ status: 'PENDING', attempts: 1 });
      expect(await world.accountRow(OTHER)).toMatchObject({ status: 'FOLLOWED' });
      expect([...context.registry.followed]).toEqual([OTHER]);
    });

    describe('with a head that moved', () => {
      /** Two blocks on; the later one changes storage of an account. */
      const moveOn = async (context: IndexingContext, changes: readonly bigint[]) => {
        await world.moveTo(context, headerOf(101, 1_002n));
        await world.moveTo(context, headerOf102);
        world.source.stateUpdate = (blockHash) =>
          Promise.resolve({
            blockHash,
            storageDiffs: new Map(
              blockHash === headerOf102.blockHash ? changes.map((address) => [address, new Map()]) : [],
            ),
            nonces: new Map(),
            replacedClasses: new Map(),
            deployedContracts: new Map(),
          });
      };
      const startOf = async (key: typeof KEY) =>
        (await world.sessions()).find(({ session_key }) => session_key === feltToHex(key));

      it('are taken along as they were read where the blocks since changed nothing of them', async () => {
        await world.waiting(ACCOUNT, OTHER);
        const context = await contextOf(world);
        const seeds = await readDueSeeds(context);
        world.source.storageAt = () => Promise.reject(new ChainError('RPC_ERROR', 'read again'));
        await moveOn(context, []);
        expect(await commitSeeds(context, seeds)).toBe(2);
        expect(await startOf(KEY)).toMatchObject({ valid_from_block: 102, valid_until_seconds: 5_000n });
        expect(await world.accountRow()).toMatchObject({ status: 'FOLLOWED', followed_from_block: 102 });
      });

      it('are read again where a block since changed their storage', async () => {
        await world.waiting(ACCOUNT, OTHER);
        const context = await contextOf(world);
        const seeds = await readDueSeeds(context);
        world.storage.set(expirySlot(LATER_KEY), toFelt(7_000n));
        await moveOn(context, [OTHER]);
        expect(await commitSeeds(context, seeds)).toBe(2);
        expect(await startOf(LATER_KEY)).toMatchObject({
          valid_from_block: 102,
          valid_until_seconds: 7_000n,
        });
      });

      it('are read again where an event since changed nothing', async () => {
        await world.waiting(ACCOUNT, OTHER);
        const context = await contextOf(world);
        const seeds = await readDueSeeds(context);
        world.events.push(lifecycleEvent('SessionKeyAdded', ACCOUNT, KEY, 101, GRANT_DATA));
        await moveOn(context, []);
        expect(await commitSeeds(context, seeds)).toBe(2);
        const facts = await database.db
          .selectFrom('facts')
          .select('block_number')
          .where('network_id', '=', world.networkId)
          .where('kind', '=', 'SessionKeyAdded')
          .where('account', '=', feltToHex(ACCOUNT))
          .orderBy('block_number')
          .execute();
        expect(facts.map(({ block_number }) => block_number)).toEqual([7, 101]);
      });

      it.each(['the block they were read at was replaced', 'the node is on another branch'])(
        'stay in the queue where %s',
        async (what) => {
          await world.waiting(ACCOUNT, OTHER);
          const context = await contextOf(world);
          const seeds = await readDueSeeds(context);
          await moveOn(context, []);
          if (what.startsWith('the node')) {
            world.headers.set(102, { ...headerOf102, blockHash: toFelt(0xbadn) });
          } else {
            await database.db
              .updateTable('blocks')
              .set({ canonical: false })
              .where('network_id', '=', world.networkId)
              .where('block_number', '=', HEAD.blockNumber)
              .execute();
          }
          expect(await commitSeeds(context, seeds)).toBe(0);
          expect(await world.accountRow()).toMatchObject({ status: 'PENDING', attempts: 0 });
        },
      );
    });
  });
});
