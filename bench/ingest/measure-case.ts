import { type BenchDatabase, type BenchServer, serverCpuSeconds } from './bench-database.ts';
import { nextMessage, startChild, stopChild } from './child.ts';
import { machineCpuSeconds } from './environment.ts';
import type { Contents } from './digest.ts';
import type { Feed } from './feed.ts';
import type { FeedRate, FeedRateJob } from './feed-rate.process.ts';
import type { IndexOutcome, IndexReply } from './index.process.ts';
import { measureParseLimit, measurePedersenRate, measureWriteLimits, type WriteLimits } from './limits.ts';
import type { ParseCost } from './parse.process.ts';
import type { Profile } from './profiles.ts';
import { requireEqualContents, requireUses, storedContents } from './stored-rows.ts';

export interface CaseOptions {
  readonly profile: Profile;
  readonly latencyMs: number;
  readonly runs: number;
  readonly cores: { readonly indexer: number | undefined; readonly feed: number | undefined };
  readonly nodeFlags: readonly string[];
}

/** One run from an empty database to the head of the feed, its contents found right. */
export interface Run extends IndexOutcome {
  readonly databaseCpuSeconds: number | undefined;
  /** What others took of the machine meanwhile, in cores. */
  readonly foreignCores: number | undefined;
  readonly feedCpuSeconds: number;
  readonly calls: Readonly<Record<string, number>>;
  readonly answerBytes: number;
  readonly questionBytes: number;
  readonly walBytes: number;
  readonly databaseBytes: number;
  readonly contents: Contents;
}

export interface Limits {
  readonly write: WriteLimits;
  readonly parse: ParseCost;
  readonly pedersenPerSecond: number;
  readonly feedSmall: MeasuredFeedRate;
  readonly feedBlocks: MeasuredFeedRate;
}

/** With what the feed alone spent on it: on few cores the one who asks takes as much of the machine. */
interface MeasuredFeedRate extends FeedRate {
  readonly answersPerCpuSecond: number;
}

let databases = 0;

/** Above this a run is made again, so often at the most. */
const MOST_FOREIGN_CORES = 0.15;
const MOST_DISTURBED = 5;

const watchMachine = () => {
  const [before, startedMs, { user, system }] = [machineCpuSeconds(), performance.now(), process.cpuUsage()];
  return {
    foreignCores: (ownSeconds: number): number | undefined => {
      const after = machineCpuSeconds();
      if (before === undefined || after === undefined) return undefined;
      const harness = process.cpuUsage({ user, system });
      const own = ownSeconds + (harness.user + harness.system) / 1e6;
      return Math.max(0, (after - before - own) / ((performance.now() - startedMs) / 1000));
    },
  };
};

/** A warm-up that does not count, then the runs; the limits on what the last one left. */
export const measureRuns = async (
  server: BenchServer,
  feed: Feed,
  options: CaseOptions,
  withLimits: boolean,
): Promise<{ readonly runs: readonly Run[]; readonly limits: Limits | undefined }> => {
  const runs: Run[] = [];
  let disturbed = 0;
  for (let run = 0; run <= options.runs; run += 1) {
    databases += 1;
    const database = await server.fresh(`ingest_${databases}`);
    try {
      const measured = await runOnce(server, database, feed, options);
      report(measured, feed, run === 0 ? 'warm-up' : `run ${run}`);
      if ((measured.foreignCores ?? 0) > MOST_FOREIGN_CORES && disturbed < MOST_DISTURBED) {
        disturbed += 1;
        run -= run > 0 ? 1 : 0;
        console.error('    others were at work: this run does not count');
        continue;
      }
      if (run > 0 || options.runs === 0) runs.push(measured);
      if (withLimits && run === options.runs)
        return { runs, limits: await measureLimits(database, feed, options) };
    } finally {
      await database.drop();
    }
  }
  return { runs, limits: undefined };
};

const runOnce = async (
  server: BenchServer,
  database: BenchDatabase,
  feed: Feed,
  { profile, latencyMs, cores, nodeFlags }: CaseOptions,
): Promise<Run> => {
  const isHead = profile.mode === 'HEAD';
  await feed.reset(latencyMs, isHead ? 'ONE_AT_A_TIME' : 'ALL');
  const [lsn, cpuBefore] = [await database.lsn(), serverCpuSeconds(server.pid)];
  const watch = watchMachine();
  const outcome = await indexOnce(
    {
      databaseUrl: database.indexerUrl,
      feedUrl: feed.url,
      blocks: profile.blocks,
      pollIntervalMs: isHead ? 1 : 1_000,
    },
    cores.indexer,
    nodeFlags,
  );
  const walBytes = await database.walBytesSince(lsn);
  const cpuAfter = serverCpuSeconds(server.pid);
  const stats = await feed.stats();
  const databaseCpuSeconds =
    cpuBefore === undefined || cpuAfter === undefined ? undefined : cpuAfter - cpuBefore;
  const own = outcome.processCpuSeconds + (databaseCpuSeconds ?? 0) + stats.cpuSeconds;
  const foreignCores = databaseCpuSeconds === undefined ? undefined : watch.foreignCores(own);
  const contents = await storedContents(database.sql);
  requireEqualContents(feed.totals.contents, contents);
  await requireUses(database.sql, feed.totals.uses);
  await requireNoDeadLetters(database);
  const [size] = await database.sql<
    { bytes: number }[]
  >`select pg_database_size(current_database()) as bytes`;
  return {
    ...outcome,
    databaseCpuSeconds,
    foreignCores,
    feedCpuSeconds: stats.cpuSeconds,
    calls: stats.calls,
    answerBytes: stats.sentBytes,
    questionBytes: stats.receivedBytes,
    walBytes,
    databaseBytes: size?.bytes ?? 0,
    contents,
  };
};

const indexOnce = async (
  argument: object,
  core: number | undefined,
  nodeFlags: readonly string[],
): Promise<IndexOutcome> => {
  const child = startChild('index.process.ts', { argument, core, nodeFlags });
  try {
    return await nextMessage(child, (message) => {
      const reply = message as IndexReply;
      if (reply.type === 'failed') throw new Error(`the indexer failed: ${reply.reason}`);
      return reply.outcome;
    });
  } finally {
    await stopChild(child);
  }
};

const requireNoDeadLetters = async ({ sql }: BenchDatabase): Promise<void> => {
  const letters = await sql<{ code: string; letters: number }[]>`
    select code, count(*) as letters from dead_letters group by code`;
  if (letters.length > 0) throw new Error(`dead letters: ${JSON.stringify(letters)}`);
};

const report = (run: Run, feed: Feed, name: string): void => {
  const perSecond = (count: number): string => Math.round(count / run.seconds).toLocaleString('en');
  const { blocks, facts } = run.contents;
  console.error(
    `  ${name}: ${run.seconds.toFixed(2)} s, ${perSecond(feed.totals.sessionEvents)} events/s, ` +
      `${perSecond(blocks.rows)} blocks/s, ${perSecond(facts.rows)} facts/s, CPU ${run.cpuSeconds.toFixed(1)} s` +
      (run.foreignCores === undefined ? '' : `, others ${run.foreignCores.toFixed(2)} cores`) +
      (run.warnings.length > 0 ? `, warned: ${run.warnings[0] ?? ''}` : ''),
  );
};

const MOST_LIMIT_RUNS = 3;

const measureLimits = async (
  database: BenchDatabase,
  feed: Feed,
  { profile, runs, cores }: CaseOptions,
): Promise<Limits> => {
  console.error('  limits');
  const rate = async (questions: FeedRateJob['questions']): Promise<MeasuredFeedRate> => {
    const job: FeedRateJob = { feedUrl: feed.url, blocks: profile.blocks, seconds: 3, questions };
    const child = startChild('feed-rate.process.ts', { argument: job, core: cores.indexer });
    await feed.reset(0, 'ALL');
    const measured = await nextMessage(child, (message) => message as FeedRate);
    const { calls, cpuSeconds } = await feed.stats();
    const answers = Object.values(calls).reduce((sum, count) => sum + count, 0);
    return { ...measured, answersPerCpuSecond: answers / cpuSeconds };
  };
  return {
    feedSmall: await rate('SMALL'),
    feedBlocks: await rate('BLOCKS'),
    parse: await measureParseLimit({ feedUrl: feed.url, blocks: profile.blocks }, cores.indexer),
    pedersenPerSecond: measurePedersenRate(3_000),
    write: await measureWriteLimits(database.sql, Math.max(1, Math.min(runs, MOST_LIMIT_RUNS))),
  };
};
