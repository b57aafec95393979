import type { Felt } from '#libs/felt';
import { type Clock, type Random, systemClock } from '../clock.ts';
import type { ChainSource } from '../types.ts';
import type { ChainCursor, FetchBlock, FollowOptions, FollowerRetry, HasHeader } from './types.ts';

/** The options with their defaults. */
export interface Settings<T extends HasHeader> {
  readonly source: ChainSource;
  readonly startBlock: number;
  readonly knownBlock: (blockNumber: number) => Promise<Felt | undefined>;
  readonly fetchBlock: FetchBlock<T>;
  readonly bytesOf: (block: T) => number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly random: Random;
  readonly onRetry: (retry: FollowerRetry) => void;
  readonly pollIntervalMs: number;
  readonly finalityIntervalMs: number;
  readonly hintGapMs: number;
  readonly concurrency: number;
  readonly maxRunBlocks: number;
  readonly maxRunBytes: number;
  readonly maxRunMs: number;
  readonly headDistance: number;
}

/** Where the follower stands: moved after each item that the consumer has applied. */
export interface Position {
  cursor: ChainCursor | undefined;
  finalizedBlock: number | undefined;
  finalityDueMs: number;
  /** The lowest block said to be replaced, until it is looked at. */
  suspectBlock: number | undefined;
  /** How often in a row the node's chain seemed to lack what is final. */
  violationsSeen: number;
}

const DEFAULTS = {
  random: Math.random,
  onRetry: () => undefined,
  pollIntervalMs: 1_000,
  finalityIntervalMs: 10_000,
  hintGapMs: 50,
  concurrency: 16,
  maxRunBlocks: 256,
  maxRunBytes: 16 * 1024 * 1024,
  maxRunMs: 1_000,
  headDistance: 4,
} as const;

export const settingsOf = <T extends HasHeader>(options: FollowOptions<T>): Settings<T> => ({
  ...DEFAULTS,
  clock: systemClock,
  bytesOf: answerBytesOf,
  ...options,
});

const answerBytesOf = (block: HasHeader & { readonly answerBytes?: unknown }): number =>
  typeof block.answerBytes === 'number' ? block.answerBytes : 0;

/** Our hash at a height; the cursor's is known without asking. */
export const knownOf =
  (
    settings: Pick<Settings<never>, 'knownBlock'>,
    { cursor }: Position,
  ): ((blockNumber: number) => Promise<Felt | undefined>) =>
  async (blockNumber) =>
    blockNumber === cursor?.blockNumber ? cursor.blockHash : settings.knownBlock(blockNumber);
