import type { ProfileRegistry } from '#libs/account';
import type { Settings } from '#libs/config';
import { acquireWriterLock, type Db } from '#libs/database';
import { parseAddress } from '#libs/felt';
import { createNetworkIndexer, type NetworkIndexer } from '#libs/indexing';
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
  run(signal: AbortSignal): Promise<void>;
}

const RETRY_MS = 1_000;

/** The indexer of one network, at work while this process is the network's only writer. */
export const indexNetwork = (network: ConnectedNetwork, deps: IndexDeps): IndexedNetwork => {
  const indexer = createIndexer(network, deps);
  let isWriter = false;
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
      await indexer.run(AbortSignal.any([signal, lock.lost]));
    } finally {
      isWriter = false;
      await lock.release();
    }
  };
  return {
    network,
    indexer,
    isWriter: () => isWriter,
    run: (signal) => keepWriting(write, network.label, deps.logger, signal),
  };
};

// What the indexer throws needs a person; the index stays as it is and is served on.
const keepWriting = async (
  write: (signal: AbortSignal) => Promise<void>,
  label: string,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> => {
  while (!signal.aborted) {
    try {
      await write(signal);
    } catch (err) {
      const { code } = describeFailure(err);
      const passes = err instanceof Error && 'retryable' in err && err.retryable === true;
      if (isEnded(signal)) return;
      if (!passes) {
        logger.error({ network: label, code, err }, 'indexing stopped; what is indexed is still served');
        return;
      }
      logger.warn({ network: label, code }, 'indexing interrupted, tried again');
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
};

// A function, since the compiler takes a property it has looked at for unchanged.
const isEnded = (signal: AbortSignal): boolean => signal.aborted;

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
