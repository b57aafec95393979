import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sessionDataToFelts, STANDARD_EVENT_SHAPES } from '#libs/account';
import { type ChainSource, createHttpChainSource, systemClock } from '#libs/chain';
import { feltToHex } from '#libs/felt';
import { loadAccountStates } from '#libs/sessions';
import {
  type ChainActor,
  createSandboxChain,
  followSandbox,
  type RunningIndexer,
  type SandboxChain,
  sessionKeyOf,
  withDatabase,
} from '#libs/testing';
import { commitNextRun, foldNextRun } from './apply-run.ts';
import { CommitPipeline } from './commit-pipeline.ts';
import { fetchIndexedBlock, type IndexedBlock } from './indexed-block.ts';
import type { IndexingContext } from './indexing.context.ts';
import { openContext } from './open-context.ts';

const SECRET = 0x777n;
const KEY = sessionKeyOf(SECRET);
const FAR = 1_900_000_000n;
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** More blocks than one run holds. */
const LONG = 300;
const LOCK = 77;
/** A run ends when it has its blocks, however slow the machine is. */
const CLOCK = { ...systemClock, nowMs: () => 0 };

describe('a commit while the next run is folded', () => {
  const database = withDatabase();
  let chain: SandboxChain;
  let account: ChainActor;
  let running: RunningIndexer | undefined;

  beforeEach(() => {
    chain = createSandboxChain();
    account = chain.deployAccount('session_account_spend', 0x1234n);
  });

  afterEach(async () => {
    await running?.stop();
    running = undefined;
    // Every sandbox begins with the same block: the next one is to be another network.
    await database.sql.unsafe(`
      drop trigger if exists obstacle on blocks;
      update networks set genesis_hash = '0x' || to_hex(network_id)`);
    await chain.sandbox.close();
  });

  const grant = (maxCalls: bigint) =>
    account.change({
      kind: 'AddOrUpdateSessionKey',
      sessionKey: KEY,
      validUntilSeconds: FAR,
      maxCalls,
      allowedEntrypoints: [],
    });

  const addBlocks = (count: number) => {
    for (let added = 0; added < count; added += 1) chain.sandbox.createBlock();
  };

  /** From now on the commit that holds the block does this first. */
  const obstruct = (blockNumber: number, statement: string) =>
    database.sql.unsafe(`
      create or replace function obstacle() returns trigger language plpgsql security definer as $$
      begin ${statement}; return new; end $$;
      create trigger obstacle before insert on blocks for each row when (new.block_number = ${blockNumber})
        execute function obstacle()`);

  const networkId = async (): Promise<number> => {
    const row = await database.db
      .selectFrom('networks')
      .select('network_id')
      .orderBy('network_id', 'desc')
      .executeTakeFirstOrThrow();
    return row.network_id;
  };

  const canonicalBlocks = async () => {
    const rows = await database.db
      .selectFrom('blocks')
      .select(['block_number', 'block_hash', 'canonical'])
      .where('network_id', '=', await networkId())
      .orderBy('block_number')
      .execute();
    return {
      canonical: rows.filter((row) => row.canonical).map((row) => row.block_hash),
      left: rows.filter((row) => !row.canonical).length,
    };
  };

  const chainHashes = (): string[] =>
    Array.from({ length: chain.sandbox.latest.number + 1 }, (_, block_number) => {
      const block = chain.request('starknet_getBlockWithTxHashes', { block_id: { block_number } });
      return feltToHex(BigInt((block as { block_hash: string }).block_hash));
    });

  const expectEqualToChain = async (): Promise<void> => {
    const shapes = () => STANDARD_EVENT_SHAPES;
    const states = await loadAccountStates(database.db, await networkId(), [account.address], shapes);
    const data = states.get(account.address)?.sessions.get(KEY)?.data;
    expect(data && sessionDataToFelts(data)).toEqual(chain.view(account.address, 'get_session_data', KEY));
    expect((await canonicalBlocks()).canonical).toEqual(chainHashes());
  };

  const openSource = async () => {
    const server = await chain.sandbox.listen({ port: 0 });
    const source = createHttpChainSource({ providers: [{ url: server.url }] });
    const close = async (): Promise<void> => {
      await source.close();
      await server.close();
    };
    return { source, close };
  };

  const withContext = async (
    work: (
      context: IndexingContext,
      read: (from: number, to: number) => Promise<IndexedBlock[]>,
    ) => Promise<void>,
  ): Promise<void> => {
    const { source, close } = await openSource();
    try {
      const settings = { sandbox: true, startBlock: 0, discovery: true, watch: [], lowCallsThreshold: 5 };
      const context = await openContext(
        {
          db: database.db,
          source,
          label: 'x',
          deliverAlerts: false,
          pollIntervalMs: 20,
          log: SILENT,
          ...settings,
        },
        new AbortController().signal,
      );
      await work(context, (from, to) =>
        Promise.all(
          Array.from({ length: to - from + 1 }, (_, index) =>
            fetchIndexedBlock(source, { blockNumber: from + index }, context.registry.followed),
          ),
        ),
      );
    } finally {
      await close();
    }
  };

  it('that fails takes with it what was folded after it, and the reader goes on from before both', async () => {
    grant(3n);
    const middle = chain.sandbox.latest.number;
    grant(9n);
    const last = chain.sandbox.latest.number;
    await obstruct(middle, "perform pg_sleep(0.2); raise exception 'no'");
    await withContext(async (context, read) => {
      const commits = new CommitPipeline();
      const first = await foldNextRun(context, await read(0, middle));
      await commits.begin(() => commitNextRun(context, first));
      const second = await foldNextRun(context, await read(middle + 1, last));
      expect(second.sessions).toHaveLength(1);
      const begun = commits.begin(() => commitNextRun(context, second));
      await expect(begun).rejects.toMatchObject({ code: 'QUERY_FAILED' });
      expect(context.cursor).toBeUndefined();
    });
    expect(await canonicalBlocks()).toEqual({ canonical: [], left: 0 });
    await database.sql.unsafe('drop trigger obstacle on blocks');
    running = await followSandbox(database.indexer, chain);
    await running.caughtUp();
    await expectEqualToChain();
  });

  it('that fails once is tried again from what is committed, and told as a failure', async () => {
    grant(3n);
    addBlocks(LONG);
    grant(9n);
    await database.sql.unsafe('create sequence tries');
    await obstruct(200, "if nextval('tries') = 1 then raise exception 'no'; end if");
    const warnings: string[] = [];
    const commits: number[] = [];
    running = await followSandbox(database.indexer, chain, {
      clock: CLOCK,
      log: { ...SILENT, warn: (_fields, message) => void warnings.push(message) },
      onCommit: ({ blocks }) => void commits.push(blocks),
    });
    await running.caughtUp();
    await expectEqualToChain();
    expect(warnings).toEqual(['no']);
    expect(commits.reduce((sum, blocks) => sum + blocks, 0)).toBe(chain.sandbox.latest.number + 1);
  });

  it('is through before a reorg that came meanwhile takes it back', async () => {
    grant(3n);
    const fork = chain.sandbox.latest.number;
    addBlocks(10);
    grant(9n);
    addBlocks(LONG);
    await obstruct(fork + 1, `perform pg_advisory_xact_lock(${LOCK})`);
    const told: object[] = [];
    const { source, close } = await openSource();
    const forked = Promise.withResolvers<undefined>();
    const block: ChainSource['block'] = async (pin, options) => {
      // Nothing after the first run is read of the old branch, so that the reorg is what comes next.
      if (typeof pin === 'object' && 'blockNumber' in pin && pin.blockNumber > 255) await forked.promise;
      return source.block(pin, options);
    };
    await database.sql.begin(async (sql) => {
      await sql`select pg_advisory_xact_lock(${LOCK}::integer)`;
      running = await followSandbox(database.indexer, chain, {
        source: { ...source, block },
        clock: CLOCK,
        log: { ...SILENT, warn: (fields, message) => void told.push({ ...fields, message }) },
      });
      const waiting = async () =>
        (await sql`select 1 from pg_locks where locktype = 'advisory' and not granted`).length > 0;
      while (!(await waiting())) await new Promise((resolve) => setTimeout(resolve, 10));
      chain.sandbox.abortFrom(fork + 1);
      addBlocks(LONG + 30);
      forked.resolve(undefined);
      expect(running.indexer.status()?.indexed).toBeUndefined();
      // Long enough to meet the other branch.
      await new Promise((resolve) => setTimeout(resolve, 500));
    });
    await running!.caughtUp();
    await expectEqualToChain();
    await running?.stop();
    running = undefined;
    await close();
    // A block that was being read when it went is asked for again; anything else would be a fault of ours.
    expect(told.filter((line) => !('code' in line) || line.code !== 'BLOCK_NOT_FOUND')).toEqual([
      expect.objectContaining({ blockNumber: fork, message: 'reorg: rolled back to the common ancestor' }),
    ]);
    expect((await canonicalBlocks()).left).toBe(255 - fork);
  });
});
