import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createProfileRegistry, policySlotBase, type ProfileRegistry, slotAt } from '#libs/account';
import { ChainError, type ChainSource, createHttpChainSource } from '#libs/chain';
import { inTransaction } from '#libs/database';
import {
  type BackfillJob,
  finishBackfill,
  listBackfills,
  requestBackfills,
  resumeBackfill,
} from '#libs/facts';
import { type Address, feltToHex, selectorOf } from '#libs/felt';
import {
  type ChainActor,
  CANONICAL_ONLY,
  createSandboxChain,
  FOLDED_TABLES,
  followSandbox,
  INCIDENTAL_COLUMNS,
  type RunningIndexer,
  type SandboxChain,
  sessionKeyOf,
  transferCall,
  withDatabase,
} from '#libs/testing';
import { planFromIndex } from './plan-from-index.ts';

const OWNER = 0x1234n;
const SECRET = 0x777n;
const OTHER_SECRET = 0x888n;
const FAR = 1_900_000_000n;
const RECIPIENT = 0xbeefn;
const NO_PROFILES: ProfileRegistry = { find: () => undefined, list: () => [] };

describe.each(['session_account_setting', 'session_account_spend'])(
  'the history of a late %s',
  (className) => {
    const late = withDatabase();
    const early = withDatabase();
    let chain: SandboxChain;
    let account: ChainActor;
    let relayer: ChainActor;
    let token: Address;
    let running: RunningIndexer[];
    let sources: ChainSource[];

    beforeEach(async () => {
      for (const database of [late, early]) {
        await database.sql`truncate networks, cursors, accounts, account_versions, session_keys, session_versions, blocks,
        policy_keys, policy_versions, coverage, classes, dead_letters, alerts, webhook_deliveries, backfill_jobs,
        incidents cascade`;
      }
      running = [];
      sources = [];
      chain = createSandboxChain();
      relayer = chain.deployAccount(className, OWNER + 1n);
      empty(7);
      account = chain.deployAccount(className, OWNER);
      token = chain.deployToken(account, 'token_keyed');
    });

    afterEach(async () => {
      for (const indexer of running) await indexer.stop();
      for (const source of sources) await source.close();
      await chain.sandbox.close();
    });

    const empty = (blocks: number): void => {
      for (let count = 0; count < blocks; count += 1) chain.sandbox.createBlock();
    };
    const grant = (secret = SECRET, maxCalls = 20n) =>
      account.change({
        kind: 'AddOrUpdateSessionKey',
        sessionKey: sessionKeyOf(secret),
        validUntilSeconds: FAR,
        maxCalls,
        allowedEntrypoints: [selectorOf('transfer'), selectorOf('approve')],
      });
    const limit = (secret = SECRET, maxPerWindow = 1_000n) =>
      account.change({
        kind: 'SetSpendingPolicy',
        sessionKey: sessionKeyOf(secret),
        token,
        maxPerCall: 50n,
        maxPerWindow,
        windowSeconds: 3_600n,
      });
    const spend = (amount: bigint, secret = SECRET) =>
      account.sendAs(secret, FAR, [transferCall(token, RECIPIENT, amount)]);

    /** Grants, uses near and far, reverted ones, sponsored ones, a key that comes back, and owner's changes. */
    const live = (): void => {
      limit();
      grant();
      for (const gap of [0, 30, 0, 3, 61]) {
        spend(10n);
        empty(gap);
      }
      spend(51n);
      grant(OTHER_SECRET, 3n);
      empty(12);
      relayer.send([account.outsideCall(SECRET, FAR, [transferCall(token, RECIPIENT, 5n)], 7n, FAR)]);
      spend(1n, OTHER_SECRET);
      spend(1n, OTHER_SECRET);
      empty(40);
      account.change({ kind: 'RevokeSessionKey', sessionKey: sessionKeyOf(SECRET) });
      empty(5);
      grant();
      spend(7n);
      limit(SECRET, 500n);
      empty(25);
      spend(8n);
      account.change({ kind: 'RemoveSpendingPolicy', sessionKey: sessionKeyOf(SECRET), token });
      spend(9n);
      empty(9);
    };

    const follow = async (database: typeof late, options: Parameters<typeof followSandbox>[2] = {}) => {
      const indexer = await followSandbox(database.indexer, chain, {
        discovery: false,
        watch: [account.address],
        backfill: { callsPerSecond: 10_000, blocksInPart: 3 },
        ...options,
      });
      running.push(indexer);
      await indexer.caughtUp();
      return indexer;
    };

    /** A node that does not know the flag for the block of the last update. */
    const oldNode = async (): Promise<ChainSource> => {
      const { url } = await chain.sandbox.listen({ port: 0 });
      const source = createHttpChainSource({ providers: [{ url }] });
      sources.push(source);
      return {
        ...source,
        storageWithUpdateBlock: async (...question) => ({
          value: await source.storageAt(...question),
          lastUpdateBlock: undefined,
        }),
      };
    };

    const networkId = async (): Promise<number> => {
      const row = await late.db.selectFrom('networks').select('network_id').executeTakeFirstOrThrow();
      return row.network_id;
    };

    const until = async (isThere: () => Promise<boolean>): Promise<void> => {
      for (let tries = 0; tries < 2_000; tries += 1) {
        if (await isThere()) return;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error('it did not come to pass in 20 seconds');
    };

    const isFollowed = async (): Promise<boolean> =>
      (await late.db.selectFrom('accounts').select('status').execute()).some(
        ({ status }) => status === 'FOLLOWED',
      );

    const request = async (fromBlock = 0, everyBlock = false): Promise<void> => {
      await until(isFollowed);
      const id = await networkId();
      await inTransaction(late.db, (trx) =>
        requestBackfills(trx, id, [{ account: account.address, fromBlock, everyBlock }]),
      );
    };

    /** What the plan says before anything is fetched. */
    const mostCalls = async (profiles: ProfileRegistry): Promise<number> => {
      await until(isFollowed);
      const outcome = await planFromIndex(late.db, {
        ...{ networkId: await networkId(), account: account.address, fromBlock: 0, everyBlock: false },
        ...{ profiles, updateBlock: true },
      });
      if (outcome.outcome !== 'PLAN') throw new Error('there is nothing to plan');
      return outcome.plan.mostCalls + outcome.mostCallsBeside;
    };

    const job = async (): Promise<BackfillJob> =>
      (await listBackfills(late.db, await networkId(), { limit: 1 }))[0] as BackfillJob;
    const finished = async (): Promise<BackfillJob> => {
      await until(async () => (await job()).finishedAt !== undefined);
      return await job();
    };

    const tablesOf = async (database: typeof late, fromBlock = 0) => {
      const tables = new Map<string, unknown>();
      for (const [table, order] of Object.entries(FOLDED_TABLES)) {
        const rows = await database.sql.unsafe(
          `select * from ${table} where account = '${feltToHex(account.address)}'
             and network_id = (select max(network_id) from networks) ${CANONICAL_ONLY[table] ?? ''} order by ${order}`,
        );
        tables.set(
          table,
          rows
            .filter((row) => Number(row['valid_from_block'] ?? row['block_number'] ?? fromBlock) >= fromBlock)
            .map((row) => Object.entries(row).filter(([column]) => !INCIDENTAL_COLUMNS.includes(column))),
        );
      }
      return Object.fromEntries(tables);
    };

    it.each([
      ['by walking', createProfileRegistry()],
      ['by walking every word, where no profile shows the rules of the class', NO_PROFILES],
    ])('is what following it from the beginning gives: %s', async (_name, profiles) => {
      live();
      const indexer = await follow(late, {
        startBlock: 'latest',
        profiles,
        backfill: { callsPerSecond: 10_000 },
      });
      const most = await mostCalls(profiles);
      await request();
      const done = await finished();
      expect(done).toMatchObject({ state: 'DONE', callsLeft: 0 });
      expect(done.callsMade).toBeLessThanOrEqual(most);
      spend(6n);
      await indexer.caughtUp();
      await follow(early, { profiles });
      expect(await tablesOf(late)).toEqual(await tablesOf(early));
    });

    it('is the same by bisecting, where the node does not tell the block of an update', async () => {
      live();
      await follow(late, { startBlock: 'latest', source: await oldNode() });
      await request();
      expect(await finished()).toMatchObject({ state: 'DONE' });
      await follow(early);
      expect(await tablesOf(late)).toEqual(await tablesOf(early));
    });

    if (className === 'session_account_setting') return;

    it('begins with what the account held, where it is not wanted from the first block', async () => {
      live();
      await follow(late, { startBlock: 'latest' });
      await request(60);
      expect(await finished()).toMatchObject({ state: 'DONE' });
      await follow(early);
      const [have, want] = [await tablesOf(late, 61), await tablesOf(early, 61)];
      for (const table of ['session_versions', 'policy_versions', 'account_versions', 'facts'])
        expect(have[table]).toEqual(want[table]);
      expect(await coverage()).toEqual([
        { kind: 'EVENTS', from: 0, to: null },
        { kind: 'STATE', from: 60, to: null },
      ]);
      await request(0);
      expect(await finished()).toMatchObject({ state: 'DONE' });
      expect(await tablesOf(late)).toEqual(await tablesOf(early));
    });

    it('is the same by reading every block', async () => {
      live();
      await follow(late, { startBlock: 'latest', backfill: { callsPerSecond: 10_000 } });
      await request(0, true);
      expect(await finished()).toMatchObject({ state: 'DONE' });
      await follow(early);
      expect(await tablesOf(late)).toEqual(await tablesOf(early));
    });

    const coverage = async () =>
      (await late.db.selectFrom('coverage').selectAll().orderBy('kind').orderBy('from_block').execute()).map(
        ({ kind, from_block, to_block }) => ({ kind, from: from_block, to: to_block }),
      );

    /** A node that stops answering after so many calls of a back-fill, until it is told to go on. */
    const stalling = async (calls: number, doesStall: (name: string) => boolean = () => true) => {
      const { url } = await chain.sandbox.listen({ port: 0 });
      const source = createHttpChainSource({ providers: [{ url }] });
      sources.push(source);
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
        live();
        const adoptedBefore = 4;
        const first = await stalling(
          calls + (stallsAt === 'block' ? adoptedBefore : 0),
          (name) => name === stallsAt,
        );
        const one = await follow(late, { startBlock: 'latest', source: first.source });
        await request();
        await first.stalled;
        await one.stop();
        running.splice(running.indexOf(one), 1);
        const broken = await job();
        expect(broken.finishedAt).toBeUndefined();
        await follow(late);
        const done = await finished();
        expect(done).toMatchObject({ state: 'DONE' });
        if (stallsAt === 'block') expect(broken.coveredTo).toBeGreaterThan(0);
        await follow(early);
        expect(await tablesOf(late)).toEqual(await tablesOf(early));
      });

      it('stands still while it is cancelled, and goes on when it is resumed', async () => {
        live();
        const first = await stalling(9, (name) => name === 'block');
        const one = await follow(late, { startBlock: 'latest', source: first.source });
        await request();
        await first.stalled;
        const { jobId } = await job();
        expect(await inTransaction(late.db, (trx) => finishBackfill(trx, jobId, 'CANCELLED'))).toBe(true);
        await one.stop();
        running.splice(running.indexOf(one), 1);
        await follow(late);
        expect(await job()).toMatchObject({ state: 'CANCELLED' });
        expect(await inTransaction(late.db, (trx) => resumeBackfill(trx, jobId))).toBe(true);
        await until(async () => (await job()).state === 'DONE');
        await follow(early);
        expect(await tablesOf(late)).toEqual(await tablesOf(early));
      });
    });

    /** One word is left out of every diff above a block: nothing in it is wrong by itself. */
    const lyingAbove = async (block: number): Promise<ChainSource> => {
      const node = await oldNode();
      return {
        ...node,
        stateUpdate: async (...question) => {
          const update = await node.stateUpdate(...question);
          const { blockNumber } = await node.header({ blockHash: update.blockHash });
          const [first, ...others] = [...(update.storageDiffs.get(account.address) ?? [])];
          return first && others.length < 3 && blockNumber > block
            ? { ...update, storageDiffs: new Map([[account.address, new Map(others)]]) }
            : update;
        },
      };
    };

    it.each([[3], [1_000]])(
      'writes nothing that is not proven, in parts of %s blocks',
      async (blocksInPart) => {
        live();
        const backfill = { callsPerSecond: 10_000, blocksInPart };
        const indexer = await follow(late, { startBlock: 'latest', source: await lyingAbove(0), backfill });
        await until(isFollowed);
        const before = await tablesOf(late);
        await request();
        expect(await finished()).toMatchObject({ state: 'INCOMPLETE', reasonCode: 'BACKFILL_STATE_DIFFERS' });
        await indexer.caughtUp();
        expect(await tablesOf(late)).toEqual(before);
      },
    );

    it('keeps what was proven where a later part is contradicted, and goes on from there', async () => {
      live();
      const one = await follow(late, { startBlock: 'latest', source: await lyingAbove(60) });
      await request();
      const { jobId, state, coveredTo = 0 } = await finished();
      expect(state).toBe('INCOMPLETE');
      expect(coveredTo).toBeGreaterThan(20);
      expect(await coverage()).toEqual([
        { kind: 'EVENTS', from: 0, to: null },
        { kind: 'STATE', from: 0, to: coveredTo },
        { kind: 'STATE', from: chain.sandbox.latest.number, to: null },
      ]);
      await one.stop();
      running.splice(running.indexOf(one), 1);
      await inTransaction(late.db, (trx) => resumeBackfill(trx, jobId));
      await follow(late);
      expect(await finished()).toMatchObject({ jobId, state: 'DONE' });
      await follow(early);
      expect(await tablesOf(late)).toEqual(await tablesOf(early));
    });

    it.each([
      [
        'BACKFILL_SEARCH_CONTRADICTED: a word was written in a block that nothing led to',
        (node: ChainSource): Partial<ChainSource> => ({
          storageWithUpdateBlock: async (address, slot, ref) => {
            const value = await node.storageAt(address, slot, ref);
            const isSpent = slot === slotAt(policySlotBase(sessionKeyOf(SECRET), token), 5);
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
      live();
      const { url } = await chain.sandbox.listen({ port: 0 });
      const node = createHttpChainSource({ providers: [{ url }] });
      sources.push(node);
      await follow(late, { startBlock: 'latest', source: { ...node, ...change(node) } });
      await request();
      expect(await finished()).toMatchObject({ state: 'INCOMPLETE', reasonCode: said.split(':')[0] });
      expect((await coverage()).map(({ kind, to }) => [kind, to])).toEqual([
        ['EVENTS', null],
        ['STATE', null],
      ]);
    });

    it('begins again where a reorg took the block that the account was adopted at', async () => {
      live();
      const first = await stalling(9, (name) => name === 'block');
      const one = await follow(late, { startBlock: 'latest', source: first.source });
      await request();
      await first.stalled;
      await one.stop();
      running.splice(running.indexOf(one), 1);
      chain.sandbox.abortFrom(chain.sandbox.latest.number - 4);
      spend(3n);
      empty(30);
      const again = await follow(late);
      await until(async () => (await job()).state === 'DONE');
      spend(4n);
      await again.caughtUp();
      await follow(early);
      expect(await tablesOf(late)).toEqual(await tablesOf(early));
    });

    it('is cut like any other where a reorg stays above the first block that was followed', async () => {
      live();
      const indexer = await follow(late, { startBlock: 100 });
      await request();
      const { jobId } = await finished();
      chain.sandbox.abortFrom(140);
      grant(0x999n);
      empty(200);
      await indexer.caughtUp();
      expect(await job()).toMatchObject({ jobId, state: 'DONE' });
      await follow(early);
      expect(await tablesOf(late)).toEqual(await tablesOf(early));
    });

    it('is read again from the beginning where a reorg went below everything that is followed block by block', async () => {
      live();
      const indexer = await follow(late, { startBlock: 'latest' });
      await request();
      const { jobId } = await finished();
      chain.sandbox.abortFrom(120);
      grant(0x999n);
      empty(200);
      await indexer.caughtUp();
      await until(async () => (await job()).jobId !== jobId && (await job()).state === 'DONE');
      await follow(early);
      expect(await tablesOf(late)).toEqual(await tablesOf(early));
    });
  },
);
