import type { BenchDatabase, BenchServer } from '../ingest/bench-database.ts';
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

export const withFeed = async <T>(
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

export const withIndexer = async <T>(
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

export const withBenchDatabase = async <T>(
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

export const one = (value: number) => ({ median: value, min: value, max: value });

/** The value that so many per cent of the values do not exceed. */
export const percentile = (values: readonly number[], percent: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;
};
