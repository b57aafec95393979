import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  compileEventShapes,
  probeAbi,
  type EventShapes,
  sessionSlotBase,
  slotAt,
  STANDARD_EVENT_SHAPES,
} from '#libs/account';
import {
  type BlockHeader,
  ChainError,
  type ChainSource,
  type EmittedEvent,
  type EventQuery,
} from '#libs/chain';
import { inTransaction } from '#libs/database';
import { CursorConflict, listCoverage, readCursor } from '#libs/facts';
import {
  type ClassHash,
  type Felt,
  feltToHex,
  selectorOf,
  toAddress,
  toFelt,
  toSessionKey,
} from '#libs/felt';
import {
  createScriptedChain,
  headerOf,
  indexRowsOf,
  lifecycleEvent,
  testClassAbi,
  withDatabase,
} from '#libs/testing';
import { markRejected, requestAccounts } from './account-registry.ts';
import { adoptPending, readDueSeeds } from './adopt.ts';
import { commitRun } from './commit-run.ts';
import { commitSeed } from './commit-seeds.ts';
import { ClassCatalogue, type ClassInfo } from './class-catalogue.ts';
import type { IndexingContext } from './indexing.context.ts';
import type { AccountSeed } from './seed-account.ts';
import { emptyWriteSet } from './write-set.ts';

const ACCOUNT = toAddress(0xa1n);
const OTHER = toAddress(0xa2n);
const KEY = toSessionKey(0x51n);
const LATER_KEY = toSessionKey(0x52n);
const CLASS = 0xc1a55n as ClassHash;
const OLDER_CLASS = 0xc1a56n as ClassHash;
const HEAD = headerOf(100, 1_000n);
const EXPIRY = toFelt(5_000n);
const GRANT_DATA = [EXPIRY, toFelt(10n)];
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

const infoOf = (classHash: ClassHash, eventShapes: EventShapes): ClassInfo => ({
  classHash,
  eventShapes,
  capabilities: undefined,
});

describe('adopting accounts', () => {
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
    block: async (ref) => ({ header: await source.header(ref), transactions: [] }),
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

  const canonicalAt = async (blockNumber: number) =>
    (
      await database.db
        .selectFrom('blocks')
        .select('block_hash')
        .where('network_id', '=', networkId)
        .where('block_number', '=', blockNumber)
        .where('canonical', '=', true)
        .execute()
    ).map(({ block_hash }) => block_hash);

  const storeBlock = (header: BlockHeader, finality: BlockHeader['finality'] = 'ACCEPTED_ON_L2') =>
    database.db
      .insertInto('blocks')
      .values({
        network_id: networkId,
        block_hash: feltToHex(header.blockHash),
        block_number: header.blockNumber,
        parent_hash: feltToHex(header.parentHash),
        timestamp_seconds: header.timestampSeconds,
        finality,
        canonical: true,
      })
      .execute();

  const moveTo = async (context: IndexingContext, header: BlockHeader): Promise<void> => {
    headers.set(header.blockNumber, header);
    await rows().head(networkId, header);
    context.cursorHeader = header;
  };

  const firstSeed = async (context: IndexingContext): Promise<AccountSeed> => {
    const [seed] = await readDueSeeds(context);
    if (seed === undefined) throw new Error('no account could be read');
    return seed;
  };

  describe('beside another writer', () => {
    it('is told to whoever does not know of the account: its next commit is refused', async () => {
      await waiting(ACCOUNT);
      const [here, elsewhere] = [await contextOf(), await contextOf()];
      expect(await adoptPending(here)).toBe(1);
      const next = { ...headerOf(HEAD.blockNumber + 1, 1_010n), parentHash: HEAD.blockHash };
      const writes = { ...emptyWriteSet(), headers: [next] };
      await expect(commitRun(elsewhere, writes)).rejects.toBeInstanceOf(CursorConflict);
      await commitRun(here, writes);
      expect(await readCursor(database.db, networkId)).toMatchObject({ blockHash: next.blockHash });
    });
  });

  describe('one that fails', () => {
    it('is noted with its reason and waits, and the others go on', async () => {
      await waiting(ACCOUNT, OTHER);
      const classHashAt = source.classHashAt;
      source.classHashAt = (address, ref) =>
        address === ACCOUNT
          ? Promise.reject(new ChainError('RPC_ERROR', 'internal'))
          : classHashAt(address, ref);
      const context = await contextOf();
      expect(await adoptPending(context)).toBe(1);
      expect(await accountRow()).toMatchObject({ status: 'PENDING', reason_code: 'RPC_ERROR', attempts: 1 });
      expect(await accountRow(OTHER)).toMatchObject({ status: 'FOLLOWED', reason_code: null });
      expect((await accountRow()).next_try_at.getTime()).toBeGreaterThan(Date.now());
      expect(await adoptPending(context)).toBe(0);
      expect(await accountRow()).toMatchObject({ attempts: 1 });
    });

    it('is not read without end', async () => {
      await waiting(ACCOUNT);
      source.events = async function* () {
        await Promise.resolve();
        for (let page = 0; page < 30; page += 1) yield new Array<EmittedEvent>(1_000).fill(events[0]!);
      };
      expect(await adoptPending(await contextOf())).toBe(0);
      expect(await accountRow()).toMatchObject({ status: 'PENDING', reason_code: 'ADOPTION_TOO_LARGE' });
    });

    it('is not blamed for being told to stop', async () => {
      await waiting(ACCOUNT);
      const stopped = adoptPending(await contextOf(), AbortSignal.abort());
      await expect(stopped).rejects.toThrow();
      expect(await accountRow()).toMatchObject({ attempts: 0, reason_code: null });
    });

    it('holds up the head with nothing it writes: what the database refuses is noted', async () => {
      await waiting(ACCOUNT);
      const context = await contextOf();
      const seed = await firstSeed(context);
      const twice = { ...seed, sessions: [...seed.sessions, ...seed.sessions] };
      expect(await commitSeed(context, twice)).toBe(false);
      expect(await accountRow()).toMatchObject({ status: 'PENDING', attempts: 1 });
    });
  });

  describe('beside a head that moves', () => {
    it('reads a small account again at the new cursor, with what happened since', async () => {
      await waiting(ACCOUNT);
      const context = await contextOf();
      const seed = await firstSeed(context);
      await moveTo(context, headerOf(101, 1_002n));
      events.push(lifecycleEvent('SessionKeyAdded', ACCOUNT, LATER_KEY, 101, GRANT_DATA));
      storage.set(slotAt(sessionSlotBase(LATER_KEY), 0), EXPIRY);
      storage.set(slotAt(sessionSlotBase(KEY), 0), toFelt(6_000n));
      expect(await commitSeed(context, seed)).toBe(true);
      expect(await sessionsOf()).toMatchObject([
        { session_key: feltToHex(KEY), valid_from_block: 101, valid_until_seconds: 6_000n },
        { session_key: feltToHex(LATER_KEY), valid_from_block: 101, valid_until_seconds: 5_000n },
      ]);
    });

    it('leaves one in the queue that became another class, or is too large to be read again', async () => {
      await waiting(ACCOUNT);
      const context = await contextOf();
      const seed = await firstSeed(context);
      await moveTo(context, headerOf(101, 1_002n));
      const large = { ...seed, sessions: new Array(17).fill(seed.sessions[0]!) };
      expect(await commitSeed(context, large)).toBe(false);
      source.classHashAt = () => Promise.resolve(OLDER_CLASS);
      expect(await commitSeed(context, seed)).toBe(false);
      expect(await accountRow()).toMatchObject({ status: 'PENDING', attempts: 0 });
    });

    it('leaves an account alone that is no longer waiting', async () => {
      await waiting(ACCOUNT);
      const context = await contextOf();
      const seed = await firstSeed(context);
      await database.db.updateTable('accounts').set({ status: 'REJECTED' }).execute();
      expect(await commitSeed(context, seed)).toBe(false);
      expect(await sessionsOf()).toEqual([]);
      expect(context.registry.followed.size).toBe(0);
    });
  });

  describe('a contract that was rejected', () => {
    const reject = () =>
      inTransaction(database.db, (trx) =>
        markRejected(trx, networkId, [{ address: ACCOUNT, reasonCode: 'CLASS_UNREADABLE' }], 'DISCOVERY'),
      );
    const anHourLater = () =>
      database.db
        .updateTable('accounts')
        .set({ next_try_at: new Date(0) })
        .execute();
    const accountClass = { ...probeAbi(testClassAbi('session_account_setting')) };

    it('is followed when it has the class of an account by the time it is looked at again', async () => {
      await reject();
      classes = [{ ...infoOf(CLASS, STANDARD_EVENT_SHAPES), capabilities: accountClass }];
      const context = await contextOf();
      expect(await adoptPending(context)).toBe(0);
      await anHourLater();
      expect(await adoptPending(context)).toBe(1);
      expect(await accountRow()).toMatchObject({ status: 'FOLLOWED', reason_code: null });
    });

    it('stays what it is with the class it had, and is looked at ever less often', async () => {
      await reject();
      await anHourLater();
      expect(await adoptPending(await contextOf())).toBe(0);
      expect(await accountRow()).toMatchObject({ status: 'REJECTED', attempts: 2 });
    });

    it('is read at once when somebody asks for it', async () => {
      await reject();
      await waiting(ACCOUNT);
      expect(await adoptPending(await contextOf())).toBe(1);
    });
  });

  describe('on a chain that is reorganised', () => {
    const stale = { ...headerOf(7, 10n), blockHash: toFelt(0xdeadn) };

    it.each(['before', 'after'])(
      'throws away what was read when the cursor block is gone %s it',
      async (when) => {
        await waiting(ACCOUNT);
        const header = source.header;
        let asked = 0;
        source.header = async (ref) => {
          const answer = await header(ref);
          if (answer.blockNumber !== HEAD.blockNumber) return answer;
          asked += 1;
          return asked === (when === 'before' ? 1 : 2) ? { ...answer, blockHash: toFelt(0xdeadn) } : answer;
        };
        expect(await adoptPending(await contextOf())).toBe(0);
        expect(await accountRow()).toMatchObject({ status: 'PENDING', reason_code: 'ADOPTION_CHAIN_MOVED' });
        expect(await canonicalAt(7)).toEqual([]);
      },
    );

    it('throws away a height with events of two blocks', async () => {
      await waiting(ACCOUNT);
      events.push({ ...events[0]!, blockHash: stale.blockHash, eventIndex: 1 });
      expect(await adoptPending(await contextOf())).toBe(0);
      expect(await accountRow()).toMatchObject({ reason_code: 'ADOPTION_CHAIN_MOVED' });
    });

    it('never contradicts a block that was folded', async () => {
      await waiting(ACCOUNT);
      await storeBlock(stale);
      await storeBlock({ ...headerOf(8, 12n), parentHash: stale.blockHash });
      expect(await adoptPending(await contextOf())).toBe(0);
      expect(await accountRow()).toMatchObject({ status: 'PENDING', reason_code: 'ADOPTION_CHAIN_MOVED' });
      expect(await canonicalAt(7)).toEqual([feltToHex(stale.blockHash)]);
    });

    it('never contradicts a block that is accepted on L1', async () => {
      await waiting(ACCOUNT);
      await storeBlock(stale, 'ACCEPTED_ON_L1');
      expect(await adoptPending(await contextOf())).toBe(0);
      expect(await canonicalAt(7)).toEqual([feltToHex(stale.blockHash)]);
    });

    it('puts the block in the place of one that another account was read with before', async () => {
      await waiting(ACCOUNT);
      await storeBlock(stale);
      expect(await adoptPending(await contextOf())).toBe(1);
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
          .where('network_id', '=', networkId)
          .orderBy('block_number')
          .execute()
      ).map(({ kind }) => kind);
    const deadLetters = () =>
      database.db.selectFrom('dead_letters').select('code').where('network_id', '=', networkId).execute();

    it('asks for the events of its own class beside those of the standard', async () => {
      await waiting(ACCOUNT);
      classes = [infoOf(CLASS, nested)];
      const revoke = lifecycleEvent('SessionKeyRevoked', ACCOUNT, KEY, 9);
      events.push({ ...revoke, keys: [selectorOf('Sessions'), ...revoke.keys] });
      expect(await adoptPending(await contextOf())).toBe(1);
      expect(await sessionsOf()).toMatchObject([{ lifecycle: 'REVOKED' }]);
      expect(await factKinds()).toEqual([
        'SessionKeyAdded',
        'SessionKeyRevoked',
        'AccountStateRead',
        'SessionStateRead',
      ]);
    });

    it('reads an event by the standard that does not fit its class of today', async () => {
      await waiting(ACCOUNT);
      classes = [infoOf(CLASS, oddGrant)];
      expect(await adoptPending(await contextOf())).toBe(1);
      expect(await sessionsOf()).toMatchObject([{ session_key: feltToHex(KEY), lifecycle: 'REGISTERED' }]);
      expect(await deadLetters()).toEqual([]);
    });

    it('reads an event by a class that the account had before', async () => {
      await waiting(ACCOUNT);
      classes = [infoOf(CLASS, STANDARD_EVENT_SHAPES), infoOf(OLDER_CLASS, nested)];
      const revoke = lifecycleEvent('SessionKeyRevoked', ACCOUNT, KEY, 9);
      const upgrade = { ...revoke, blockNumber: 8, blockHash: headerOf(8, 0n).blockHash };
      events.push({ ...upgrade, keys: [selectorOf('Upgraded')], data: [toFelt(OLDER_CLASS)] });
      events.push({ ...revoke, keys: [selectorOf('Sessions'), ...revoke.keys] });
      expect(await adoptPending(await contextOf())).toBe(1);
      expect(await sessionsOf()).toMatchObject([{ lifecycle: 'REVOKED' }]);
      expect(await deadLetters()).toEqual([]);
    });

    it('claims to know the events only from behind the last one that nobody could read', async () => {
      await waiting(ACCOUNT);
      events.push(lifecycleEvent('SessionKeyAdded', ACCOUNT, LATER_KEY, 12, []));
      expect(await adoptPending(await contextOf())).toBe(1);
      expect(await deadLetters()).toEqual([{ code: 'EVENT_MALFORMED' }]);
      expect(await listCoverage(database.db, networkId, ACCOUNT, 'EVENTS')).toEqual([
        { fromBlock: 13, toBlock: null },
      ]);
    });

    it('takes an event once that a node gives twice', async () => {
      await waiting(ACCOUNT);
      events.push(events[0]!);
      expect(await adoptPending(await contextOf())).toBe(1);
      expect(await factKinds()).toEqual(['SessionKeyAdded', 'AccountStateRead', 'SessionStateRead']);
    });
  });
});
