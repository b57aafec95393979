import type { ProfileRegistry } from '#libs/account';
import type { ChainSource, Clock, HeadHints } from '#libs/chain';
import type { Db } from '#libs/database';
import type { Address } from '#libs/felt';
import type { IndexingContext, IndexingLog } from './indexing.context.ts';

export interface NetworkIndexerOptions {
  readonly db: Db;
  readonly source: ChainSource;
  /** Wake-ups; the chain is polled all the same. */
  readonly hints?: HeadHints;
  readonly label: string;
  readonly sandbox: boolean;
  /** The row of the network, where it is known before a node answers: then there is a status from the start. */
  readonly known?: Pick<IndexingContext, 'networkId' | 'chainId'>;
  /** The first block to read where the network has no cursor yet. */
  readonly startBlock: number | 'latest';
  /** Follow accounts whose session events are seen on the chain. */
  readonly discovery: boolean;
  readonly watch: readonly Address[];
  /** Rules by class; left out: the shipped ones. */
  readonly profiles?: ProfileRegistry;
  readonly lowCallsThreshold: number;
  readonly deliverAlerts: boolean;
  readonly pollIntervalMs: number;
  readonly backfill?: BackfillLimits;
  readonly clock?: Clock;
  readonly log: IndexingLog;
  /** Told of each commit, for metrics. */
  readonly onCommit?: (commit: { readonly blocks: number; readonly durationMs: number }) => void;
  /** Told of each roll-back, for metrics. */
  readonly onReorg?: () => void;
}

/** What the back-fills of a network may take, all together. */
interface BackfillLimits {
  /** Default 10. */
  readonly callsPerSecond?: number;
  /** Blocks that are read, proven and committed at a time, for each job. Default 1,000. */
  readonly blocksInPart?: number;
}

const SIDE_WORK_INTERVAL_MS = 500;

/** How long whatever goes on beside the head waits before it looks again. */
export const sideWorkIntervalMs = ({ pollIntervalMs }: NetworkIndexerOptions): number =>
  Math.max(pollIntervalMs, SIDE_WORK_INTERVAL_MS);
