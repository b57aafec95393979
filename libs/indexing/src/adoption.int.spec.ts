import { beforeEach, describe, expect, it } from '@jest/globals';
import { probeAbi, STANDARD_EVENT_SHAPES } from '#libs/account';
import { ChainError, type EmittedEvent } from '#libs/chain';
import { inTransaction } from '#libs/database';
import { CursorConflict, readCursor } from '#libs/facts';
import { type ClassHash, feltToHex, toFelt } from '#libs/felt';
import {
  ADOPTION,
  AdoptionWorld,
  expirySlot,
  headerOf,
  lifecycleEvent,
  testClassAbi,
  withDatabase,
} from '#libs/testing';
import { contextOf, infoOf } from '../spec/context.builder.ts';
import { markRejected } from './account-registry.ts';
import { adoptPending, readDueSeeds } from './adopt.ts';
import { commitRun } from './commit-run.ts';
import { commitSeed } from './commit-seeds.ts';
import type { IndexingContext } from './indexing.context.ts';
import type { AccountSeed } from './seed-account.ts';
import { emptyWriteSet } from './write-set.ts';

const { ACCOUNT, OTHER, KEY, LATER_KEY, CLASS, HEAD, EXPIRY, GRANT_DATA } = ADOPTION;
const OLDER_CLASS = 0xc1a56n as ClassHash;

describe('adopting accounts', () => {
  const database = withDatabase();
  let world: AdoptionWorld;

  beforeEach(async () => {
    world = await AdoptionWorld.open(database.indexer);
  });

  const firstSeed = async (context: IndexingContext): Promise<AccountSeed> => {
    const [seed] = await readDueSeeds(context);
    if (seed === undefined) throw new Error('no account could be read');
    return seed;
  };

  describe('beside another writer', () => {
    it('is told to whoever does not know of the account: its next commit is refused', async () => {
      await world.waiting(ACCOUNT);
      const [here, elsewhere] = [await contextOf(world), await contextOf(world)];
      expect(await adoptPending(here)).toBe(1);
      const next = { ...headerOf(HEAD.blockNumber + 1, 1_010n), parentHash: HEAD.blockHash };
      const writes = { ...emptyWriteSet(), headers: [next] };
      await expect(commitRun(elsewhere, writes)).rejects.toBeInstanceOf(CursorConflict);
      await commitRun(here, writes);
      expect(await readCursor(database.db, world.networkId)).toMatchObject({ blockHash: next.blockHash });
    });
  });

  describe('one that fails', () => {
    it('is noted with its reason and waits, and the others go on', async () => {
      await world.waiting(ACCOUNT, OTHER);
      const classHashAt = world.source.classHashAt;
      world.source.classHashAt = (address, ref) =>
        address === ACCOUNT
          ? Promise.reject(new ChainError('RPC_ERROR', 'internal'))
          : classHashAt(address, ref);
      const context = await contextOf(world);
      expect(await adoptPending(context)).toBe(1);
      expect(await world.accountRow()).toMatchObject({
        status: 'PENDING',
        reason_code: 'RPC_ERROR',
        attempts: 1,
      });
      expect(await world.accountRow(OTHER)).toMatchObject({ status: 'FOLLOWED', reason_code: null });
      expect((await world.accountRow()).next_try_at.getTime()).toBeGreaterThan(Date.now());
      expect(await adoptPending(context)).toBe(0);
      expect(await world.accountRow()).toMatchObject({ attempts: 1 });
    });

    it('is not read without end', async () => {
      await world.waiting(ACCOUNT);
      world.source.events = async function* () {
        await Promise.resolve();
        for (let page = 0; page < 30; page += 1) yield new Array<EmittedEvent>(1_000).fill(world.events[0]!);
      };
      expect(await adoptPending(await contextOf(world))).toBe(0);
      expect(await world.accountRow()).toMatchObject({
        status: 'PENDING',
        reason_code: 'ADOPTION_TOO_LARGE',
      });
    });

    it('is not blamed for being told to stop', async () => {
      await world.waiting(ACCOUNT);
      const stopped = adoptPending(await contextOf(world), AbortSignal.abort());
      await expect(stopped).rejects.toThrow();
      expect(await world.accountRow()).toMatchObject({ attempts: 0, reason_code: null });
    });

    it('holds up the head with nothing it writes: what the database refuses is noted', async () => {
      await world.waiting(ACCOUNT);
      const context = await contextOf(world);
      const seed = await firstSeed(context);
      const twice = { ...seed, sessions: [...seed.sessions, ...seed.sessions] };
      expect(await commitSeed(context, twice)).toBe(false);
      expect(await world.accountRow()).toMatchObject({ status: 'PENDING', attempts: 1 });
    });
  });

  describe('beside a head that moves', () => {
    it('reads a small account again at the new cursor, with what happened since', async () => {
      await world.waiting(ACCOUNT);
      const context = await contextOf(world);
      const seed = await firstSeed(context);
      await world.moveTo(context, headerOf(101, 1_002n));
      world.events.push(lifecycleEvent('SessionKeyAdded', ACCOUNT, LATER_KEY, 101, GRANT_DATA));
      world.storage.set(expirySlot(LATER_KEY), EXPIRY);
      world.storage.set(expirySlot(KEY), toFelt(6_000n));
      expect(await commitSeed(context, seed)).toBe(true);
      expect(await world.sessions()).toMatchObject([
        { session_key: feltToHex(KEY), valid_from_block: 101, valid_until_seconds: 6_000n },
        { session_key: feltToHex(LATER_KEY), valid_from_block: 101, valid_until_seconds: 5_000n },
      ]);
    });

    it('leaves one in the queue that became another class, or is too large to be read again', async () => {
      await world.waiting(ACCOUNT);
      const context = await contextOf(world);
      const seed = await firstSeed(context);
      await world.moveTo(context, headerOf(101, 1_002n));
      const large = { ...seed, sessions: new Array(17).fill(seed.sessions[0]!) };
      expect(await commitSeed(context, large)).toBe(false);
      world.source.classHashAt = () => Promise.resolve(OLDER_CLASS);
      expect(await commitSeed(context, seed)).toBe(false);
      expect(await world.accountRow()).toMatchObject({ status: 'PENDING', attempts: 0 });
    });

    it('leaves an account alone that is no longer waiting', async () => {
      await world.waiting(ACCOUNT);
      const context = await contextOf(world);
      const seed = await firstSeed(context);
      await database.db.updateTable('accounts').set({ status: 'REJECTED' }).execute();
      expect(await commitSeed(context, seed)).toBe(false);
      expect(await world.sessions()).toEqual([]);
      expect(context.registry.followed.size).toBe(0);
    });
  });

  describe('a contract that was rejected', () => {
    const reject = () =>
      inTransaction(database.db, (trx) =>
        markRejected(
          trx,
          world.networkId,
          [{ address: ACCOUNT, reasonCode: 'CLASS_UNREADABLE' }],
          'DISCOVERY',
        ),
      );
    const anHourLater = () =>
      database.db
        .updateTable('accounts')
        .set({ next_try_at: new Date(0) })
        .execute();
    const accountClass = { ...probeAbi(testClassAbi('session_account_setting')) };

    it('is followed when it has the class of an account by the time it is looked at again', async () => {
      await reject();
      const classes = [{ ...infoOf(CLASS, STANDARD_EVENT_SHAPES), capabilities: accountClass }];
      const context = await contextOf(world, classes);
      expect(await adoptPending(context)).toBe(0);
      await anHourLater();
      expect(await adoptPending(context)).toBe(1);
      expect(await world.accountRow()).toMatchObject({ status: 'FOLLOWED', reason_code: null });
    });

    it('stays what it is with the class it had, and is looked at ever less often', async () => {
      await reject();
      await anHourLater();
      expect(await adoptPending(await contextOf(world))).toBe(0);
      expect(await world.accountRow()).toMatchObject({ status: 'REJECTED', attempts: 2 });
    });

    it('is read at once when somebody asks for it', async () => {
      await reject();
      await world.waiting(ACCOUNT);
      expect(await adoptPending(await contextOf(world))).toBe(1);
    });
  });
});
