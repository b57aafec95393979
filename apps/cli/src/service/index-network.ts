import type { ProfileRegistry } from '#libs/account';
import { systemClock } from '#libs/chain';
import type { Settings } from '#libs/config';
import { acquireWriterLock, type Db } from '#libs/database';
import { parseAddress } from '#libs/felt';
import { catalogueTokens, createNetworkIndexer, type NetworkIndexer } from '#libs/indexing';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { PurserMetrics } from '../../../server/src/metrics/purser-metrics.ts';
import { describeFailure } from '../output/failure.ts';
import type { ConnectedNetwork } from './connect-network.ts';

export interface IndexDeps {
  readonly db: Db;
  readonly databaseUrl: string;
  readonly settings: Settings;
  readonly profiles: ProfileRegistry;
  readonly logger: Logger;
  readonly metrics: PurserMetrics;
}

export interface IndexedNetwork {
  readonly network: ConnectedNetwork;
  readonly indexer: NetworkIndexer;
  /** Whether this process, and not another one, indexes the network now. */
  isWriter(): boolean;
  /** Why this process does not index though it should: the code of the last failure; or it ended. */
  trouble(): { readonly code: string; readonly ended: boolean } | undefined;
  run(signal: AbortSignal): Promise<void>;
}

const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/** The indexer of one network, at work while this process is the network's only writer. */
export const indexNetwork = (network: ConnectedNetwork, deps: IndexDeps): IndexedNetwork => {
  const indexer = createIndexer(network, deps);
  let isWriter = false;
  let trouble: { readonly code: string; readonly ended: boolean } | undefined;
  const write = async (signal: AbortSignal): Promise<void> => {
    const lock = await acquireWriterLock({
      url: deps.databaseUrl,
      networkId: network.networkId,
      signal,
      onWait: () =>
        deps.logger.info({ network: network.label }, 'another process indexes; waiting to take over'),
    });
    try {
      isWriter = true;
      trouble = undefined;
      await indexAndCatalogue(network, deps, indexer, AbortSignal.any([signal, lock.lost]));
    } finally {
      isWriter = false;
      await lock.release();
    }
  };
  return {
    network,
    indexer,
    isWriter: () => isWriter,
    trouble: () => trouble,
    run: async (signal) => {
      const failed = (code: string): void => void (trouble = { code, ended: false });
      try {
        await keepWriting({ write, failed, label: network.label, logger: deps.logger }, signal);
      } finally {
        if (!signal.aborted) trouble = { code: 'INDEXING_ENDED', ended: true };
      }
    },
  };
};

interface Writing {
  readonly write: (signal: AbortSignal) => Promise<void>;
  readonly failed: (code: string) => void;
  readonly label: string;
  readonly logger: Pick<Logger, 'warn'>;
  readonly retryMs?: number;
}

/**
 * Takes the lock and indexes, again and again until told to end: whatever keeps this process from it may pass, and who
 * waits for a lock that nobody holds waits for ever. What needs a person the indexer itself waits for.
 */
export const keepWriting = async (
  { write, failed, label, logger, retryMs = RETRY_MS }: Writing,
  signal: AbortSignal,
): Promise<void> => {
  for (let failures = 0; !signal.aborted; ) {
    const startedMs = performance.now();
    try {
      await write(signal);
      failures = 0;
    } catch (err) {
      if (isEnded(signal)) return;
      const { code } = describeFailure(err);
      if (performance.now() - startedMs > LONGEST_RETRY_MS) failures = 0;
      const waitMs = Math.min(retryMs * 2 ** failures, LONGEST_RETRY_MS);
      failures += 1;
      failed(code);
      logger.warn({ network: label, code, err, waitMs }, 'indexing interrupted, tried again');
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
};

// A function, since the compiler takes a property it has looked at for unchanged.
const isEnded = (signal: AbortSignal): boolean => signal.aborted;

/** Beside the blocks, and never in their way: what tokens are called. */
const indexAndCatalogue = async (
  { networkId, label, source }: ConnectedNetwork,
  { db, settings, logger }: IndexDeps,
  indexer: NetworkIndexer,
  signal: AbortSignal,
): Promise<void> => {
  const stop = new AbortController();
  const { pollIntervalMs } = settings;
  const tokens = catalogueTokens(
    { db, networkId, label, source, pollIntervalMs, clock: systemClock, log: logger },
    AbortSignal.any([signal, stop.signal]),
  );
  try {
    await indexer.run(signal);
  } finally {
    stop.abort();
    await tokens;
  }
};

const createIndexer = (network: ConnectedNetwork, deps: IndexDeps): NetworkIndexer => {
  const { db, settings, profiles, logger, metrics } = deps;
  const { label, sandbox, source, hints, networkId, chainId } = network;
  return createNetworkIndexer({
    db,
    source,
    ...(hints && { hints }),
    label,
    sandbox,
    known: { networkId, chainId },
    startBlock: settings.startBlock,
    discovery: settings.discovery,
    watch: settings.watchAccounts
      .filter((watched) => watched.network === undefined || watched.network === label)
      .map(({ address }) => parseAddress(address)),
    lowCallsThreshold: settings.lowCallsThreshold,
    deliverAlerts: settings.webhook !== undefined,
    pollIntervalMs: settings.pollIntervalMs,
    backfill: { callsPerSecond: settings.backfillCallsPerSecond },
    profiles,
    log: logger,
    onCommit: ({ blocks, durationMs }) => metrics.observeCommit(label, durationMs / 1000, blocks),
    onReorg: () => metrics.countReorg(label),
  });
};
