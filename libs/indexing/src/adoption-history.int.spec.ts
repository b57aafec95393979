import { beforeEach, describe, expect, it } from '@jest/globals';
import { compileEventShapes, STANDARD_EVENT_SHAPES } from '#libs/account';
import type { BlockHeader } from '#libs/chain';
import { listCoverage } from '#libs/facts';
import { type ClassHash, feltToHex, selectorOf, toFelt } from '#libs/felt';
import { ADOPTION, AdoptionWorld, headerOf, lifecycleEvent, withDatabase } from '#libs/testing';
import { contextOf, infoOf } from '../spec/context.builder.ts';
import { adoptPending } from './adopt.ts';

const { ACCOUNT, KEY, LATER_KEY, CLASS, HEAD } = ADOPTION;
const OLDER_CLASS = 0xc1a56n as ClassHash;

describe('adopting accounts', () => {
  const database = withDatabase();
  let world: AdoptionWorld;

  beforeEach(async () => {
    world = await AdoptionWorld.open(database.indexer);
  });

  describe('on a chain that is reorganised', () => {
    const stale = { ...headerOf(7, 10n), blockHash: toFelt(0xdeadn) };

    const canonicalAt = async (blockNumber: number) =>
      (
        await database.db
          .selectFrom('blocks')
          .select('block_hash')
          .where('network_id', '=', world.networkId)
          .where('block_number', '=', blockNumber)
          .where('canonical', '=', true)
          .execute()
      ).map(({ block_hash }) => block_hash);

    const storeBlock = (header: BlockHeader, finality: BlockHeader['finality'] = 'ACCEPTED_ON_L2') =>
      database.db
        .insertInto('blocks')
        .values({
          network_id: world.networkId,
          block_hash: feltToHex(header.blockHash),
          block_number: header.blockNumber,
          parent_hash: feltToHex(header.parentHash),
          timestamp_seconds: header.timestampSeconds,
          finality,
          canonical: true,
        })
        .execute();

    it.each(['before', 'after'])(
      'throws away what was read when the cursor block is gone %s it',
      async (when) => {
        await world.waiting(ACCOUNT);
        const header = world.source.header;
        let asked = 0;
        world.source.header = async (ref) => {
          const answer = await header(ref);
          if (answer.blockNumber !== HEAD.blockNumber) return answer;
          asked += 1;
          return asked === (when === 'before' ? 1 : 2) ? { ...answer, blockHash: toFelt(0xdeadn) } : answer;
        };
        expect(await adoptPending(await contextOf(world))).toBe(0);
        expect(await world.accountRow()).toMatchObject({
          status: 'PENDING',
          reason_code: 'ADOPTION_CHAIN_MOVED',
        });
        expect(await canonicalAt(7)).toEqual([]);
      },
    );

    it('throws away a height with events of two blocks', async () => {
      await world.waiting(ACCOUNT);
      world.events.push({ ...world.events[0]!, blockHash: stale.blockHash, eventIndex: 1 });
      expect(await adoptPending(await contextOf(world))).toBe(0);
      expect(await world.accountRow()).toMatchObject({ reason_code: 'ADOPTION_CHAIN_MOVED' });
    });

    it('never contradicts a block that was folded', async () => {
      await world.waiting(ACCOUNT);
      await storeBlock(stale);
      await storeBlock({ ...headerOf(8, 12n), parentHash: stale.blockHash });
      expect(await adoptPending(await contextOf(world))).toBe(0);
      expect(await world.accountRow()).toMatchObject({
        status: 'PENDING',
        reason_code: 'ADOPTION_CHAIN_MOVED',
      });
      expect(await canonicalAt(7)).toEqual([feltToHex(stale.blockHash)]);
    });

    it('never contradicts a block that is accepted on L1', async () => {
      await world.waiting(ACCOUNT);
      await storeBlock(stale, 'ACCEPTED_ON_L1');
      expect(await adoptPending(await contextOf(world))).toBe(0);
      expect(await canonicalAt(7)).toEqual([feltToHex(stale.blockHash)]);
    });

    it('puts the block in the place of one that another account was read with before', async () => {
      await world.waiting(ACCOUNT);
      await storeBlock(stale);
      expect(await adoptPending(await contextOf(world))).toBe(1);
      expect(await canonicalAt(7)).toEqual([feltToHex(headerOf(7, 10n).blockHash)]);
    });
  });

  describe('with a history', () => {
    const all = { keys: [{ name: 'sessionKey', type: 'felt' }], data: [] } as const;
    const nested = compileEventShapes([
      { kind: 'SessionKeyRevoked', path: ['Sessions', 'SessionKeyRevoked'], ...all },
    ]);
    const oddGrant = compileEventShapes([{ kind: 'SessionKeyAdded', path: ['SessionKeyAdded'], ...all }]);
    const factKinds = async () =>
      (
        await database.db
          .selectFrom('facts')
          .select('kind')
          .where('network_id', '=', world.networkId)
          .orderBy('block_number')
          .execute()
      ).map(({ kind }) => kind);
    const deadLetters = () =>
      database.db
        .selectFrom('dead_letters')
        .select('code')
        .where('network_id', '=', world.networkId)
        .execute();

    it('asks for the events of its own class beside those of the standard', async () => {
      await world.waiting(ACCOUNT);
      const classes = [infoOf(CLASS, nested)];
      const revoke = lifecycleEvent('SessionKeyRevoked', ACCOUNT, KEY, 9);
      world.events.push({ ...revoke, keys: [selectorOf('Sessions'), ...revoke.keys] });
      expect(await adoptPending(await contextOf(world, classes))).toBe(1);
      expect(await world.sessions()).toMatchObject([{ lifecycle: 'REVOKED' }]);
      expect(await factKinds()).toEqual([
        'SessionKeyAdded',
        'SessionKeyRevoked',
        'AccountStateRead',
        'SessionStateRead',
      ]);
    });

    it('reads an event by the standard that does not fit its class of today', async () => {
      await world.waiting(ACCOUNT);
      const classes = [infoOf(CLASS, oddGrant)];
      expect(await adoptPending(await contextOf(world, classes))).toBe(1);
      expect(await world.sessions()).toMatchObject([
        { session_key: feltToHex(KEY), lifecycle: 'REGISTERED' },
      ]);
      expect(await deadLetters()).toEqual([]);
    });

    it('reads an event by a class that the account had before', async () => {
      await world.waiting(ACCOUNT);
      const classes = [infoOf(CLASS, STANDARD_EVENT_SHAPES), infoOf(OLDER_CLASS, nested)];
      const revoke = lifecycleEvent('SessionKeyRevoked', ACCOUNT, KEY, 9);
      const upgrade = { ...revoke, blockNumber: 8, blockHash: headerOf(8, 0n).blockHash };
      world.events.push({ ...upgrade, keys: [selectorOf('Upgraded')], data: [toFelt(OLDER_CLASS)] });
      world.events.push({ ...revoke, keys: [selectorOf('Sessions'), ...revoke.keys] });
      expect(await adoptPending(await contextOf(world, classes))).toBe(1);
      expect(await world.sessions()).toMatchObject([{ lifecycle: 'REVOKED' }]);
      expect(await deadLetters()).toEqual([]);
    });

    it('claims to know the events only from behind the last one that nobody could read', async () => {
      await world.waiting(ACCOUNT);
      world.events.push(lifecycleEvent('SessionKeyAdded', ACCOUNT, LATER_KEY, 12, []));
      expect(await adoptPending(await contextOf(world))).toBe(1);
      expect(await deadLetters()).toEqual([{ code: 'EVENT_MALFORMED' }]);
      expect(await listCoverage(database.db, world.networkId, ACCOUNT, 'EVENTS')).toEqual([
        { fromBlock: 13, toBlock: null },
      ]);
    });

    it('takes an event once that a node gives twice', async () => {
      await world.waiting(ACCOUNT);
      world.events.push(world.events[0]!);
      expect(await adoptPending(await contextOf(world))).toBe(1);
      expect(await factKinds()).toEqual(['SessionKeyAdded', 'AccountStateRead', 'SessionStateRead']);
    });
  });
});
