import { beforeEach, describe, expect, it } from '@jest/globals';
import { type EventShapes, sessionSlotBase, slotAt, STANDARD_EVENT_SHAPES } from '#libs/account';
import {
  type BlockHeader,
  ChainError,
  type ChainSource,
  type EmittedEvent,
  type EventQuery,
} from '#libs/chain';
import { inTransaction } from '#libs/database';
import { readCursor } from '#libs/facts';
import { type ClassHash, type Felt, feltToHex, toAddress, toFelt, toSessionKey } from '#libs/felt';
import { createScriptedChain, headerOf, indexRowsOf, lifecycleEvent, withDatabase } from '#libs/testing';
import { requestAccounts } from './account-registry.ts';
import { adoptPending, readDueSeeds } from './adopt.ts';
import { commitSeeds } from './commit-seeds.ts';
import { ClassCatalogue, type ClassInfo } from './class-catalogue.ts';
import type { IndexingContext } from './indexing.context.ts';

const ACCOUNT = toAddress(0xa1n);
const OTHER = toAddress(0xa2n);
const KEY = toSessionKey(0x51n);
const LATER_KEY = toSessionKey(0x52n);
const CLASS = 0xc1a55n as ClassHash;
const HEAD = headerOf(100, 1_000n);
const EXPIRY = toFelt(5_000n);
const GRANT_DATA = [EXPIRY, toFelt(10n)];
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

const infoOf = (classHash: ClassHash, eventShapes: EventShapes): ClassInfo => ({
  classHash,
  eventShapes,
  capabilities: undefined,
});

describe('adopting accounts together', () => {
  const database = withDatabase();
  const rows = () => indexRowsOf(database.db);
  let networks = 0;
  let networkId: number;
  let events: EmittedEvent[];
  let storage: Map<bigint, Felt>;
  let headers: Map<number, BlockHeader>;
  let classes: ClassInfo[];
  let source: { -readonly [Name in keyof ChainSource]: ChainSource[Name] };

  beforeEach(async () => {
    networks += 1;
    networkId = await rows().network('spec', BigInt(networks));
    await rows().head(networkId, HEAD);
    events = [lifecycleEvent('SessionKeyAdded', ACCOUNT, KEY, 7, GRANT_DATA)];
    storage = new Map([[slotAt(sessionSlotBase(KEY), 0), EXPIRY]]);
    headers = new Map([[HEAD.blockNumber, HEAD]]);
    classes = [infoOf(CLASS, STANDARD_EVENT_SHAPES)];
    source = { ...createScriptedChain(HEAD).source, ...fake() };
    source.block = async (ref) => ({ header: await source.header(ref), transactions: [] });
  });

  const headerAt = (blockNumber: number): BlockHeader =>
    headers.get(blockNumber) ?? headerOf(blockNumber, 10n);

  const fake = (): Partial<ChainSource> => ({
    header: (ref) => {
      if (typeof ref === 'string') throw new Error('not scripted');
      if ('blockNumber' in ref) return Promise.resolve(headerAt(ref.blockNumber));
      const found = [...headers.values(), ...events.map(({ blockNumber }) => headerAt(blockNumber))];
      return Promise.resolve(found.find(({ blockHash }) => blockHash === ref.blockHash)!);
    },
    events: async function* ({ address, fromBlock, toBlock, keys }: EventQuery) {
      await Promise.resolve();
      const [wanted = []] = keys;
      const isWanted = (event: EmittedEvent): boolean =>
        [address].flat().some((each) => each === event.fromAddress) &&
        event.blockNumber >= fromBlock &&
        event.blockNumber <= toBlock &&
        wanted.some((selector) => selector === event.keys[0]);
      yield events.filter(isWanted);
    },
    storageAt: (_address, slot) => Promise.resolve(storage.get(slot) ?? toFelt(0n)),
    classHashAt: () => Promise.resolve(CLASS),
  });

  const contextOf = async (): Promise<IndexingContext> => {
    const save = () => Promise.resolve();
    const catalogue = new ClassCatalogue(source, { load: () => Promise.resolve(classes), save });
    await catalogue.load();
    return {
      ...({} as IndexingContext),
      db: database.db,
      source,
      networkId,
      chainId: toFelt(1n),
      catalogue,
      registry: { followed: new Set(), rejected: new Set() },
      discovery: true,
      searchedFromGenesis: false,
      lowCallsThreshold: 5,
      deliverAlerts: false,
      log: SILENT,
      generation: (await readCursor(database.db, networkId))?.generation ?? 0,
      cursor: { blockNumber: HEAD.blockNumber, blockHash: HEAD.blockHash },
      cursorHeader: HEAD,
      finalizedBlock: undefined,
    };
  };

  const waiting = (...addresses: (typeof ACCOUNT)[]) =>
    inTransaction(database.db, (trx) => requestAccounts(trx, networkId, 'WATCH', addresses));

  const accountRow = (address = ACCOUNT) =>
    database.db
      .selectFrom('accounts')
      .select(['status', 'reason_code', 'attempts', 'next_try_at', 'followed_from_block'])
      .where('network_id', '=', networkId)
      .where('address', '=', feltToHex(address))
      .executeTakeFirstOrThrow();

  const sessionsOf = async () =>
    (
      await database.db
        .selectFrom('session_versions')
        .select(['session_key', 'valid_from_block', 'valid_until_seconds', 'lifecycle'])
        .where('network_id', '=', networkId)
        .orderBy('session_key')
        .execute()
    ).map((row) => ({ ...row }));

  const moveTo = async (context: IndexingContext, header: BlockHeader): Promise<void> => {
    headers.set(header.blockNumber, header);
    await rows().head(networkId, header);
    context.cursorHeader = header;
  };

  describe('several together', () => {
    const headerOf102 = headerOf(102, 1_004n);
    const slotOf = (key: typeof KEY) => slotAt(sessionSlotBase(key), 0);
    let scans: EventQuery[];

    beforeEach(() => {
      scans = [];
      const read = source.events;
      source.events = (query, options) => {
        scans.push(query);
        return read(query, options);
      };
      events.push(lifecycleEvent('SessionKeyAdded', OTHER, LATER_KEY, 7, GRANT_DATA));
      storage.set(slotOf(LATER_KEY), toFelt(6_000n));
    });

    it('are read by one scan, each with what is its own', async () => {
      await waiting(ACCOUNT, OTHER);
      expect(await adoptPending(await contextOf())).toBe(2);
      expect(scans.map(({ address }) => address)).toEqual([[ACCOUNT, OTHER]]);
      expect(await sessionsOf()).toMatchObject([
        { session_key: feltToHex(KEY), valid_until_seconds: 5_000n },
        { session_key: feltToHex(LATER_KEY), valid_until_seconds: 6_000n },
      ]);
    });

    it('are read out of proofs where the node has them', async () => {
      await waiting(ACCOUNT, OTHER);
      source.storageAt = () => Promise.reject(new ChainError('RPC_ERROR', 'asked word by word'));
      source.classHashAt = source.storageAt as never;
      const asked: number[] = [];
      source.contractWords = (questions) => {
        asked.push(questions.length);
        const wordsOf = (slots: readonly Felt[]) => slots.map((slot) => storage.get(slot) ?? toFelt(0n));
        return Promise.resolve(questions.map(({ slots }) => ({ classHash: CLASS, words: wordsOf(slots) })));
      };
      expect(await adoptPending(await contextOf())).toBe(2);
      expect(asked).toEqual([2, 2]);
      expect(await sessionsOf()).toMatchObject([
        { valid_until_seconds: 5_000n },
        { valid_until_seconds: 6_000n },
      ]);
    });

    it('are each read alone where the scan fails: it is the fault of one of them', async () => {
      await waiting(ACCOUNT, OTHER);
      const read = source.events;
      source.events = (query, options) => {
        if (Array.isArray(query.address)) throw new ChainError('INCOMPLETE_EVENTS', 'broke off');
        return read(query, options);
      };
      expect(await adoptPending(await contextOf())).toBe(2);
      expect(scans.map(({ address }) => address)).toEqual([ACCOUNT, OTHER]);
    });

    it('are written one by one where something of one cannot be', async () => {
      await waiting(ACCOUNT, OTHER);
      const context = await contextOf();
      const seeds = await readDueSeeds(context);
      const spoilt = seeds.map((seed) =>
        seed.address === ACCOUNT ? { ...seed, sessions: [...seed.sessions, ...seed.sessions] } : seed,
      );
      expect(await commitSeeds(context, spoilt)).toBe(1);
      expect(await accountRow()).toMatchObject({ status: 'PENDING', attempts: 1 });
      expect(await accountRow(OTHER)).toMatchObject({ status: 'FOLLOWED' });
      expect([...context.registry.followed]).toEqual([OTHER]);
    });

    describe('with a head that moved', () => {
      /** Two blocks on; the later one changes storage of an account. */
      const moveOn = async (context: IndexingContext, changes: readonly bigint[]) => {
        await moveTo(context, headerOf(101, 1_002n));
        await moveTo(context, headerOf102);
        source.stateUpdate = (blockHash) =>
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
        (await sessionsOf()).find(({ session_key }) => session_key === feltToHex(key));

      it('are taken along as they were read where the blocks since changed nothing of them', async () => {
        await waiting(ACCOUNT, OTHER);
        const context = await contextOf();
        const seeds = await readDueSeeds(context);
        source.storageAt = () => Promise.reject(new ChainError('RPC_ERROR', 'read again'));
        await moveOn(context, []);
        expect(await commitSeeds(context, seeds)).toBe(2);
        expect(await startOf(KEY)).toMatchObject({ valid_from_block: 102, valid_until_seconds: 5_000n });
        expect(await accountRow()).toMatchObject({ status: 'FOLLOWED', followed_from_block: 102 });
      });

      it('are read again where a block since changed their storage', async () => {
        await waiting(ACCOUNT, OTHER);
        const context = await contextOf();
        const seeds = await readDueSeeds(context);
        storage.set(slotOf(LATER_KEY), toFelt(7_000n));
        await moveOn(context, [OTHER]);
        expect(await commitSeeds(context, seeds)).toBe(2);
        expect(await startOf(LATER_KEY)).toMatchObject({
          valid_from_block: 102,
          valid_until_seconds: 7_000n,
        });
      });

      it('are read again where an event since changed nothing', async () => {
        await waiting(ACCOUNT, OTHER);
        const context = await contextOf();
        const seeds = await readDueSeeds(context);
        events.push(lifecycleEvent('SessionKeyAdded', ACCOUNT, KEY, 101, GRANT_DATA));
        await moveOn(context, []);
        expect(await commitSeeds(context, seeds)).toBe(2);
        const facts = await database.db
          .selectFrom('facts')
          .select('block_number')
          .where('network_id', '=', networkId)
          .where('kind', '=', 'SessionKeyAdded')
          .where('account', '=', feltToHex(ACCOUNT))
          .orderBy('block_number')
          .execute();
        expect(facts.map(({ block_number }) => block_number)).toEqual([7, 101]);
      });

      it.each(['the block they were read at was replaced', 'the node is on another branch'])(
        'stay in the queue where %s',
        async (what) => {
          await waiting(ACCOUNT, OTHER);
          const context = await contextOf();
          const seeds = await readDueSeeds(context);
          await moveOn(context, []);
          if (what.startsWith('the node')) {
            headers.set(102, { ...headerOf102, blockHash: toFelt(0xbadn) });
          } else {
            await database.db
              .updateTable('blocks')
              .set({ canonical: false })
              .where('network_id', '=', networkId)
              .where('block_number', '=', HEAD.blockNumber)
              .execute();
          }
          expect(await commitSeeds(context, seeds)).toBe(0);
          expect(await accountRow()).toMatchObject({ status: 'PENDING', attempts: 0 });
        },
      );
    });
  });
});
