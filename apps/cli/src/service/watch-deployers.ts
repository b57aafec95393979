import { setTimeout as delay } from 'node:timers/promises';
import type { Db } from '#libs/database';
import { findDeployed } from '#libs/indexing';
import type { Logger } from 'pino';
import { describeFailure } from '../output/failure.ts';
import type { IndexedNetwork } from './index-network.ts';

export interface DeployerDeps {
  readonly db: Db;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

const INTERVAL_MS = 15_000;

/** Looks for what the deployers of rules deployed, while this process indexes the network. */
export const watchDeployers = async (
  indexed: Pick<IndexedNetwork, 'network' | 'isWriter'>,
  { db, logger }: DeployerDeps,
  signal: AbortSignal,
): Promise<void> => {
  const { label } = indexed.network;
  while (!isEnded(signal)) {
    await delay(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    if (isEnded(signal) || !indexed.isWriter()) continue;
    try {
      const found = await findDeployed(db, indexed.network, signal);
      if (found > 0) logger.info({ network: label, found }, 'accounts of followed deployers');
    } catch (error) {
      const { code } = describeFailure(error);
      if (!isEnded(signal)) logger.warn({ network: label, code }, 'deployers could not be looked at');
    }
  }
};

// A function, since the compiler takes a property it has looked at for unchanged.
const isEnded = (signal: AbortSignal): boolean => signal.aborted;
