import type { BenchDatabase, BenchServer } from '../ingest/bench-database.ts';
import type { GeneratedTotals } from '../ingest/generate-chain.ts';
import type { FeedPlan, FeedQuestion, FeedState } from './feed-questions.ts';
import type { IndexerJob, IndexerNotes, IndexerQuestion } from './indexer.process.ts';
import { type Asked, startAsked } from './messages.ts';

export interface PartOptions {
  readonly server: BenchServer;
  readonly runs: number;
  /** Shortens a part, for trying things out. */
  readonly scale: number;
  readonly nodeFlags: readonly string[];
}

export type OperateFeed = Asked<FeedQuestion, FeedState>;
export type OperateIndexer = Asked<IndexerQuestion, IndexerNotes>;

const withFeed = async <T>(
  plan: FeedPlan,
  work: (feed: OperateFeed, made: FeedState) => Promise<T>,
): Promise<T> => {
  const feed: OperateFeed = startAsked('feed.process.ts');
  try {
    return await work(feed, await feed.ask({ type: 'make', plan }));
  } finally {
    await feed.stop();
  }
};

const withIndexer = async <T>(
  { nodeFlags }: PartOptions,
  job: IndexerJob,
  work: (indexer: OperateIndexer) => Promise<T>,
): Promise<T> => {
  const indexer: OperateIndexer = startAsked('indexer.process.ts', { nodeFlags });
  try {
    await indexer.ask({ type: 'start', job });
    return await work(indexer);
  } finally {
    await indexer.ask({ type: 'stop' }).catch(() => undefined);
    await indexer.stop();
  }
};

let databases = 0;

const withBenchDatabase = async <T>(
  { server }: PartOptions,
  work: (database: BenchDatabase) => Promise<T>,
): Promise<T> => {
  databases += 1;
  const database = await server.fresh(`operate_${databases}`);
  try {
    return await work(database);
  } finally {
    await database.drop();
  }
};

/** A service that is told nothing else begins at block 0 and finds its accounts by itself. */
type JobSettings = Pick<IndexerJob, 'pollIntervalMs'> & Partial<IndexerJob>;

/** A feed as planned, an empty database, and as many indexing processes between them as a part starts. */
interface Setting {
  readonly feed: OperateFeed;
  readonly made: FeedState;
  readonly database: BenchDatabase;
  readonly withIndexer: <T>(
    settings: JobSettings,
    work: (indexer: OperateIndexer) => Promise<T>,
  ) => Promise<T>;
}

export const withSetting = async <T>(
  options: PartOptions,
  plan: FeedPlan,
  work: (setting: Setting) => Promise<T>,
): Promise<T> =>
  await withFeed(plan, (feed, made) =>
    withBenchDatabase(options, (database) => {
      const job = {
        databaseUrl: database.indexerUrl,
        feedUrl: made.url,
        startBlock: 0,
        discovery: true,
        watch: [],
      };
      return work({
        ...{ feed, made, database },
        withIndexer: (settings, index) => withIndexer(options, { ...job, ...settings }, index),
      });
    }),
  );

/** What the feed made of its first branch. */
export const totalsOf = async (feed: OperateFeed): Promise<GeneratedTotals> => {
  const { totals } = await feed.ask({ type: 'totals', branch: -1 });
  if (totals === undefined) throw new Error('the feed does not say what it made');
  return totals;
};

export const one = (value: number) => ({ median: value, min: value, max: value });

/** The value that so many per cent of the values do not exceed. */
export const percentile = (values: readonly number[], percent: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;
};
