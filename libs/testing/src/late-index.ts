import { type ChainSource, createHttpChainSource } from '#libs/chain';
import { type Db, inTransaction } from '#libs/database';
import { type BackfillJob, listBackfills, requestBackfills } from '#libs/facts';
import type { Address } from '#libs/felt';
import type { NetworkIndexerOptions } from '#libs/indexing';
import { followSandbox, type RunningIndexer, type SandboxChain } from './indexed-sandbox.ts';
import type { TestDatabase } from './with-database.ts';

/** Follows an account of a sandbox into one database or another, and back-fills it. */
export interface LateIndex {
  follow(db: Db, options?: Partial<NetworkIndexerOptions>): Promise<RunningIndexer>;
  halt(indexer: RunningIndexer): Promise<void>;
  /** A node of its own. */
  node(): Promise<ChainSource>;
  /** A node of its own, with no flag for the block of the last update. */
  oldNode(): Promise<ChainSource>;
  networkId(db: Db): Promise<number>;
  /** Waits until the account is followed. */
  adopted(db: Db): Promise<void>;
  request(db: Db, fromBlock?: number, everyBlock?: boolean): Promise<void>;
  job(db: Db): Promise<BackfillJob>;
  finished(db: Db): Promise<BackfillJob>;
  close(): Promise<void>;
}

export const createLateIndex = (chain: SandboxChain, account: Address): LateIndex => {
  const running: RunningIndexer[] = [];
  const sources: ChainSource[] = [];
  const node = async (): Promise<ChainSource> => {
    const { url } = await chain.sandbox.listen({ port: 0 });
    const source = createHttpChainSource({ providers: [{ url }] });
    sources.push(source);
    return source;
  };
  return {
    follow: async (db, options = {}) => {
      const backfill = { callsPerSecond: 10_000, blocksInPart: 3 };
      const settings = { discovery: false, watch: [account], backfill };
      const indexer = await followSandbox(db, chain, { ...settings, ...options });
      running.push(indexer);
      await indexer.caughtUp();
      return indexer;
    },
    halt: async (indexer) => {
      running.splice(running.indexOf(indexer), 1);
      await indexer.stop();
    },
    node,
    oldNode: async () => withoutUpdateBlock(await node()),
    networkId: networkOf,
    adopted: untilFollowed,
    request: async (db, fromBlock = 0, everyBlock = false) => {
      await untilFollowed(db);
      const networkId = await networkOf(db);
      await inTransaction(db, (trx) =>
        requestBackfills(trx, networkId, [{ account, fromBlock, everyBlock }]),
      );
    },
    job: jobOf,
    finished: async (db) => {
      await until(async () => (await jobOf(db)).finishedAt !== undefined);
      return await jobOf(db);
    },
    close: async () => {
      for (const indexer of running) await indexer.stop();
      for (const source of sources) await source.close();
      await chain.sandbox.close();
    },
  };
};

/** Takes everything that is folded and asked for out of databases, for the next spec. */
export const emptyIndexes = async (...databases: readonly TestDatabase[]): Promise<void> => {
  for (const { sql } of databases) {
    await sql`truncate networks, cursors, accounts, account_versions, session_keys, session_versions, blocks,
      policy_keys, policy_versions, coverage, classes, dead_letters, alerts, webhook_deliveries, backfill_jobs,
      incidents cascade`;
  }
};

export const until = async (isThere: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 2_000; tries += 1) {
    if (await isThere()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it did not come to pass in 20 seconds');
};

const withoutUpdateBlock = (source: ChainSource): ChainSource => ({
  ...source,
  storageWithUpdateBlock: async (...question) => ({
    value: await source.storageAt(...question),
    lastUpdateBlock: undefined,
  }),
});

const untilFollowed = (db: Db): Promise<void> =>
  until(async () =>
    (await db.selectFrom('accounts').select('status').execute()).some(({ status }) => status === 'FOLLOWED'),
  );

const networkOf = async (db: Db): Promise<number> =>
  (
    await db
      .selectFrom('networks')
      .select('network_id')
      .orderBy('network_id', 'desc')
      .executeTakeFirstOrThrow()
  ).network_id;

const jobOf = async (db: Db): Promise<BackfillJob> => {
  const [job] = await listBackfills(db, await networkOf(db), { limit: 1 });
  if (job === undefined) throw new Error('no back-fill was asked for');
  return job;
};
