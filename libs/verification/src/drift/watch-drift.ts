import { type Clock, systemClock } from '#libs/chain';
import type { Db } from '#libs/database';
import { recordFindings } from '../record-findings.ts';
import { checkDrift, type DriftNetwork, type DriftReport } from './check-drift.ts';
import type { EntryPosition } from './indexed-entries.ts';

export interface DriftWatchOptions {
  readonly intervalMs: number;
  readonly callsPerSecond: number;
  /** Session keys a round. Default 20. */
  readonly keys?: number;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  /** False while another process writes the network. */
  readonly isWriter: () => boolean;
  readonly onRound?: (report: DriftReport) => void;
  readonly onFailure?: (error: unknown) => void;
}

/**
 * Looks at some session keys of a network again and again, going round all of them, and opens incidents for what
 * differs from the node. Ends with the signal; a round that fails is told and the next one comes all the same.
 */
export const watchDrift = async (
  db: Db,
  network: DriftNetwork,
  options: DriftWatchOptions,
): Promise<void> => {
  const { intervalMs, callsPerSecond, keys = 20, signal, clock = systemClock, isWriter } = options;
  let after: EntryPosition | undefined;
  while (!isEnded(signal)) {
    await clock.sleep(intervalMs, signal).catch(() => undefined);
    if (isEnded(signal) || !isWriter()) continue;
    try {
      const report = await checkDrift(db, network, { keys, after, callsPerSecond, signal, clock });
      await recordFindings(db, network.networkId, report.findings, report.block);
      after = report.next;
      options.onRound?.(report);
    } catch (error) {
      if (!isEnded(signal)) options.onFailure?.(error);
    }
  }
};

const isEnded = (signal: AbortSignal): boolean => signal.aborted;
