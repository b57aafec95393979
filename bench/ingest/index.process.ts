import { createHttpChainSource } from '#libs/chain';
import { createDatabase } from '#libs/database';
import { createNetworkIndexer } from '#libs/indexing';

/** Indexes a chain from nothing to its head, once, and says what that took. One process each, as a back-fill is. */
interface IndexJob {
  readonly databaseUrl: string;
  readonly feedUrl: string;
  readonly blocks: number;
  readonly pollIntervalMs: number;
}

export type IndexReply =
  | { readonly type: 'done'; readonly outcome: IndexOutcome }
  | { readonly type: 'failed'; readonly reason: string };

export interface IndexOutcome {
  /** From the start of the indexer to the commit of the head. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Of the process from its start on. */
  readonly processCpuSeconds: number;
  readonly peakRssBytes: number;
  readonly commits: number;
  readonly largestCommitBlocks: number;
  readonly warnings: readonly string[];
}

const index = async (job: IndexJob): Promise<IndexOutcome> => {
  const connection = createDatabase({ url: job.databaseUrl, statementTimeoutMs: 0 });
  const source = createHttpChainSource({ providers: [{ url: job.feedUrl }] });
  const stop = new AbortController();
  const commits: number[] = [];
  const warnings: string[] = [];
  const note = (_fields: object, message: string): void => {
    if (warnings.length < 20) warnings.push(message);
  };
  let left = job.blocks;
  let reachHead: (atMs: number) => void = () => undefined;
  const atHead = new Promise<number>((resolve) => (reachHead = resolve));
  const indexer = createNetworkIndexer({
    db: connection.db,
    source,
    label: 'bench',
    sandbox: false,
    startBlock: 0,
    discovery: true,
    watch: [],
    lowCallsThreshold: 10,
    deliverAlerts: false,
    pollIntervalMs: job.pollIntervalMs,
    log: { info: () => undefined, warn: note, error: note },
    onCommit: ({ blocks }) => {
      commits.push(blocks);
      left -= blocks;
      if (left <= 0) reachHead(performance.now());
    },
  });
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  const running = indexer.run(stop.signal);
  const ended = running.then(() => Promise.reject(new Error('the indexer ended before the head')));
  const endedMs = await Promise.race([atHead, ended]);
  const { user, system } = process.cpuUsage(cpu);
  const whole = process.cpuUsage();
  stop.abort();
  await running.catch(() => undefined);
  await source.close();
  await connection.close();
  return {
    seconds: (endedMs - startedMs) / 1000,
    cpuSeconds: (user + system) / 1e6,
    processCpuSeconds: (whole.user + whole.system) / 1e6,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
    commits: commits.length,
    largestCommitBlocks: Math.max(...commits),
    warnings,
  };
};

const tell = (reply: IndexReply): Promise<void> =>
  new Promise((resolve) => void process.send?.(reply, undefined, undefined, () => resolve()));

try {
  await tell({ type: 'done', outcome: await index(JSON.parse(process.argv[2] ?? '{}') as IndexJob) });
} catch (error) {
  await tell({
    type: 'failed',
    reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
}
process.disconnect();
