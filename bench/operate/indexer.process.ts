import { createHttpChainSource, createWebSocketHeadHints } from '#libs/chain';
import { createDatabase } from '#libs/database';
import { parseAddress } from '#libs/felt';
import { createNetworkIndexer } from '#libs/indexing';
import { answerAll, timeOfDayMs } from './messages.ts';

/** Indexes as a service does, and notes when what was done. */
export interface IndexerJob {
  readonly databaseUrl: string;
  readonly feedUrl: string;
  /** Hints of new heads; left out: the chain is polled only. */
  readonly wsUrl?: string;
  readonly pollIntervalMs: number;
  readonly callsPerSecond?: number;
  readonly startBlock: number | 'latest';
  readonly discovery: boolean;
  readonly watch: readonly string[];
}

export type IndexerQuestion =
  | { readonly type: 'start'; readonly job: IndexerJob }
  /** Answered when the block is committed. */
  | { readonly type: 'until'; readonly blockNumber: number; readonly blockHash?: string }
  /** What was noted since it was asked for last. */
  | { readonly type: 'notes' }
  | { readonly type: 'stop' };

export interface Sample {
  readonly atMs: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
  readonly blocks: number;
  readonly accounts?: { readonly done: number; readonly total: number; readonly secondsLeft?: number };
}

export interface IndexerNotes {
  /** When each commit was through, and how many blocks it had. */
  readonly commits: readonly { readonly atMs: number; readonly blocks: number; readonly head: number }[];
  readonly reorgs: readonly number[];
  readonly samples: readonly Sample[];
  readonly warnings: readonly string[];
  readonly peakRssBytes: number;
  readonly cpuSeconds: number;
}

const SAMPLE_MS = 250;

let stop: AbortController;
let close: () => Promise<void>;
let indexed: () => { readonly blockNumber: number; readonly blockHash: bigint } | undefined;
let blocks = 0;
let notes = emptyNotes();
let onCommit: () => void = () => undefined;

function emptyNotes() {
  return {
    commits: [] as { atMs: number; blocks: number; head: number }[],
    reorgs: [] as number[],
    samples: [] as Sample[],
    warnings: [] as string[],
  };
}

const start = (job: IndexerJob): void => {
  const connection = createDatabase({ url: job.databaseUrl, statementTimeoutMs: 0 });
  const { callsPerSecond } = job;
  const source = createHttpChainSource({
    providers: [{ url: job.feedUrl, ...(callsPerSecond !== undefined && { callsPerSecond }) }],
    onIncident: ({ kind, code, message }) => notes.warnings.push(`${kind} ${code} ${message}`),
  });
  const hints = job.wsUrl === undefined ? undefined : createWebSocketHeadHints({ url: job.wsUrl });
  stop = new AbortController();
  const indexer = createNetworkIndexer({
    db: connection.db,
    source,
    ...(hints && { hints }),
    label: 'bench',
    sandbox: false,
    startBlock: job.startBlock,
    discovery: job.discovery,
    watch: job.watch.map((address) => parseAddress(address)),
    lowCallsThreshold: 10,
    deliverAlerts: false,
    pollIntervalMs: job.pollIntervalMs,
    log: {
      info: () => undefined,
      warn: (_fields, message) => noteWarning(message),
      error: (_fields, message) => noteWarning(message),
    },
    onCommit: (commit) => {
      blocks += commit.blocks;
      const atMs = timeOfDayMs();
      // The board is told after this.
      queueMicrotask(() => {
        notes.commits.push({ atMs, blocks: commit.blocks, head: indexed()?.blockNumber ?? -1 });
        onCommit();
      });
    },
  });
  indexed = () => indexer.status()?.indexed;
  const sampling = setInterval(() => sample(indexer.status()?.accounts), SAMPLE_MS);
  const running = indexer.run(stop.signal);
  close = async () => {
    stop.abort();
    clearInterval(sampling);
    await running.catch(() => undefined);
    await hints?.close();
    await source.close();
    await connection.close();
  };
};

const noteWarning = (message: string): void => {
  if (message.startsWith('reorg')) notes.reorgs.push(timeOfDayMs());
  else if (notes.warnings.length < 20) notes.warnings.push(message);
};

const sample = (accounts: Sample['accounts']): void => {
  const { rss, heapUsed, external } = process.memoryUsage();
  const memory = { rssBytes: rss, heapBytes: heapUsed, externalBytes: external };
  notes.samples.push({ atMs: timeOfDayMs(), ...memory, blocks, ...(accounts && { accounts }) });
};

const until = (blockNumber: number, blockHash: string | undefined): Promise<void> =>
  new Promise((resolve) => {
    const isThere = (): boolean => {
      const at = indexed();
      if (at?.blockNumber !== blockNumber) return false;
      return blockHash === undefined || at.blockHash === BigInt(blockHash);
    };
    onCommit = () => {
      if (!isThere()) return;
      onCommit = () => undefined;
      resolve();
    };
    onCommit();
  });

const take = (): IndexerNotes => {
  const { user, system } = process.cpuUsage();
  const taken = {
    ...notes,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
    cpuSeconds: (user + system) / 1e6,
  };
  notes = emptyNotes();
  return taken;
};

answerAll(async (question: IndexerQuestion): Promise<IndexerNotes> => {
  switch (question.type) {
    case 'start':
      start(question.job);
      break;
    case 'until':
      await until(question.blockNumber, question.blockHash);
      break;
    case 'stop':
      await close();
      break;
    case 'notes':
      break;
  }
  return take();
});
