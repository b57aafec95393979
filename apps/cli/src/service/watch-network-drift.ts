import type { Settings } from '#libs/config';
import type { Db } from '#libs/database';
import { watchDrift } from '#libs/verification';
import type { Logger } from 'pino';
import type { PurserMetrics } from '../../../server/src/metrics/purser-metrics.ts';
import { describeFailure } from '../output/failure.ts';
import type { IndexedNetwork } from './index-network.ts';

export interface DriftDeps {
  readonly db: Db;
  readonly settings: Settings;
  readonly logger: Logger;
  readonly metrics: PurserMetrics;
}

/** Compares some of a network's session keys with its nodes now and then, while this process indexes it. */
export const watchNetworkDrift = async (
  indexed: IndexedNetwork,
  { db, settings, logger, metrics }: DriftDeps,
  signal: AbortSignal,
): Promise<void> => {
  if (settings.driftCheckSeconds === 0) return;
  const { label, networkId, source } = indexed.network;
  await watchDrift(
    db,
    { networkId, source },
    {
      intervalMs: settings.driftCheckSeconds * 1000,
      callsPerSecond: settings.driftCheckCallsPerSecond,
      signal,
      isWriter: () => indexed.isWriter(),
      onRound: ({ checked, unknown, findings }) => {
        metrics.countDrift(label, 'equal', checked - findings.length);
        metrics.countDrift(label, 'different', findings.length);
        metrics.countDrift(label, 'unknown', unknown);
        for (const { code, account } of findings) logger.error({ network: label, code, account }, 'drift');
      },
      onFailure: (error) =>
        logger.warn({ network: label, code: describeFailure(error).code }, 'the index could not be compared'),
    },
  );
};
