import { writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createHttpChainSource } from '#libs/chain';
import { createDatabase, type Db, inTransaction } from '#libs/database';
import { type BackfillJob, listBackfills, requestBackfills } from '#libs/facts';
import { createNetworkIndexer } from '#libs/indexing';
import { ACCOUNT, VirtualChain, type VirtualLife } from './backfill/virtual-chain.ts';
import { type BenchServer, startBenchServer } from './ingest/bench-database.ts';
import { readEnvironment, requireQuietMachine } from './ingest/environment.ts';
import { startFeedServer } from './ingest/feed-server.ts';

const USAGE = `npm run bench:backfill -- [flags]
  --latency 0,20   added to each answer of the feed, in ms
  --out DIR        default bench/results
  --force          also on a busy machine: the calls are exact, the times are of no use`;

const { values: flags } = parseArgs({
  options: {
    latency: { type: 'string', default: '0,20' },
    out: { type: 'string', default: new URL('results/', import.meta.url).pathname },
    force: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const BLOCKS = 1_000_000;
const USES = 100;

/** Uses at irregular distances over the whole chain, the same in every run. */
const usedAt = Array.from({ length: USES }, (_, index) => 5_000 + index * 9_900 + ((index * 7_919) % 9_000));

interface Measured {
  readonly name: string;
  readonly latencyMs: number;
  readonly blocks: number;
  readonly uses: number;
  /** As the job counts them. */
  readonly callsCounted: number;
  /** As the feed saw them, by method. */
  readonly callsServed: Readonly<Record<string, number>>;
  readonly calls: number;
  readonly limit: number;
  readonly seconds: number;
  readonly versions: number;
}

const CASES = [
  { name: 'with the block of the last update', tellsUpdates: true, limit: 350 },
  { name: 'by bisecting', tellsUpdates: false, limit: 2_000 },
] as const;

const measure = async (
  server: BenchServer,
  { name, tellsUpdates, limit }: (typeof CASES)[number],
  latencyMs: number,
): Promise<Measured> => {
  const life: VirtualLife = { blocks: BLOCKS, deployedAt: 2_345, usedAt, tellsUpdates };
  const chain = new VirtualChain(life);
  const served = new Map<string, number>();
  const feed = await startFeedServer((method, params) => {
    // The indexer looks at the head and at what is final all the time, with and without a back-fill.
    const isOfTheHead = typeof params['block_id'] === 'string';
    if (!isOfTheHead) served.set(method, (served.get(method) ?? 0) + 1);
    return chain.answer(method, params);
  });
  feed.latencyMs = latencyMs;
  const database = await server.fresh(`backfill_${tellsUpdates ? 'walk' : 'bisect'}_${latencyMs}`);
  const connection = createDatabase({ url: database.indexerUrl });
  const source = createHttpChainSource({ providers: [{ url: feed.url }] });
  const stop = new AbortController();
  const running = createNetworkIndexer({
    ...{ db: connection.db, source, label: 'bench', sandbox: false, startBlock: 'latest', discovery: false },
    ...{ watch: [ACCOUNT], lowCallsThreshold: 5, deliverAlerts: false },
    backfill: { callsPerSecond: 100_000 },
    pollIntervalMs: 100,
    log: { info: () => undefined, warn: console.error, error: console.error },
  }).run(stop.signal);
  try {
    const networkId = await adopted(connection.db);
    served.clear();
    const startedMs = performance.now();
    await inTransaction(connection.db, (trx) =>
      requestBackfills(trx, networkId, [{ account: ACCOUNT, fromBlock: 0, everyBlock: false }]),
    );
    const job = await done(connection.db, networkId);
    const seconds = (performance.now() - startedMs) / 1000;
    const versions = await countVersions(connection.db);
    const uses = await countUses(connection.db);
    if (uses !== USES) throw new Error(`${uses} uses that a transaction explains, not ${USES}`);
    if (versions !== USES + 1) throw new Error(`${versions} versions of the key, not ${USES + 1}`);
    return {
      ...{
        name,
        latencyMs,
        blocks: BLOCKS,
        uses: USES,
        callsCounted: job.callsMade,
        callsServed: Object.fromEntries(served),
      },
      calls: [...served.values()].reduce((sum, count) => sum + count, 0),
      ...{ limit, seconds, versions },
    };
  } finally {
    stop.abort();
    await running;
    await source.close();
    await connection.close();
    await database.drop();
  }
};

const adopted = async (db: Db): Promise<number> => {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const [row] = await db.selectFrom('accounts').select(['network_id', 'status']).execute();
    if (row?.status === 'FOLLOWED') return row.network_id;
    await delay(20);
  }
  throw new Error('the account was not adopted in time');
};

const done = async (db: Db, networkId: number): Promise<BackfillJob> => {
  for (let tries = 0; tries < 6_000; tries += 1) {
    const [job] = await listBackfills(db, networkId, { limit: 1 });
    if (job?.state === 'DONE') return job;
    if (job?.finishedAt) throw new Error(`the back-fill ended ${job.state}: ${job.reasonCode ?? ''}`);
    await delay(20);
  }
  throw new Error('the back-fill was not done in time');
};

const countVersions = async (db: Db): Promise<number> => {
  const { count } = await db
    .selectFrom('session_versions')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
};

const countUses = async (db: Db): Promise<number> => {
  const { count } = await db
    .selectFrom('uses')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('outcome', '=', 'SUCCEEDED')
    .executeTakeFirstOrThrow();
  return Number(count);
};

const toLine = ({ name, latencyMs, calls, callsCounted, limit, seconds }: Measured): string =>
  `${name}, ${latencyMs} ms: ${calls} calls (counted by the job: ${callsCounted}), limit ${limit}, ${seconds.toFixed(1)} s`;

if (flags.help) {
  console.log(USAGE);
} else {
  requireQuietMachine(flags.force);
  const measured: Measured[] = [];
  const server = await startBenchServer();
  try {
    for (const latencyMs of flags.latency.split(',').map(Number)) {
      for (const each of CASES) {
        const one = await measure(server, each, latencyMs);
        measured.push(one);
        console.log(toLine(one));
        if (one.calls > one.limit) process.exitCode = 1;
      }
    }
  } finally {
    await server.stop();
  }
  await mkdir(flags.out, { recursive: true });
  const result = { environment: readEnvironment(), measured };
  await writeFile(join(flags.out, 'backfill.json'), `${JSON.stringify(result, null, 2)}\n`);
}
process.exit();
