import type { Felt } from '#libs/felt';
import type { ChainError } from '../chain.error.ts';
import type { Clock, Random } from '../clock.ts';
import type { HeadHints } from '../heads/head-hints.ts';
import type { BlockHeader, BlockPin, ChainSource } from '../types.ts';

export interface ChainCursor {
  readonly blockNumber: number;
  readonly blockHash: Felt;
}

/** What a follower's block must show; the rest is the caller's. */
export interface HasHeader {
  readonly header: BlockHeader;
}

/**
 * Reads everything wanted of one block. Further reads are pinned by the hash of the header it returns; a
 * BLOCK_NOT_FOUND from them (the block was replaced meanwhile) makes the follower ask again.
 */
export type FetchBlock<T extends HasHeader> = (
  pin: BlockPin,
  call: { readonly signal: AbortSignal },
) => Promise<T>;

/**
 * What the consumer did with an item must stand (in the store behind `knownBlock`) when it asks for the next one.
 * - blocks: contiguous, the first is the child of the cursor.
 * - reorg: everything above the ancestor is orphaned; the cursor is the ancestor now.
 * - finalized: this block and all below are accepted on L1; the consumer has it already.
 */
export type ChainStreamItem<T extends HasHeader> =
  | { readonly type: 'blocks'; readonly blocks: readonly T[]; readonly target: { readonly number: number } }
  | { readonly type: 'reorg'; readonly commonAncestor: BlockHeader }
  | { readonly type: 'finalized'; readonly header: BlockHeader };

export interface FollowerRetry {
  readonly error: ChainError;
  readonly attempt: number;
  readonly delayMs: number;
}

export interface FollowBaseOptions {
  readonly source: ChainSource;
  /** The first block this index holds; where it begins without a cursor. Nothing below is ever compared. */
  readonly startBlock: number;
  /** The newest block applied. */
  readonly cursor?: ChainCursor | undefined;
  /** The newest block known to be accepted on L1; a chain that differs at or below is FINALITY_VIOLATION. */
  readonly finalizedBlockNumber?: number | undefined;
  /** The hash of our canonical block of that height: of every height from `startBlock` to the cursor. */
  readonly knownBlock: (blockNumber: number) => Promise<Felt | undefined>;
  readonly signal: AbortSignal;
  readonly hints?: HeadHints;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Default 1000. */
  readonly pollIntervalMs?: number;
  /** How often the L1-accepted head is asked for. Default 10000. */
  readonly finalityIntervalMs?: number;
  /** Two polls are never closer than this, however many hints come. Default 50. */
  readonly hintGapMs?: number;
  /** Blocks fetched at the same time while catching up. Default 16. */
  readonly concurrency?: number;
  /** Bounds of one run. Default 256 blocks, 16 MiB, 1000 ms of collecting. */
  readonly maxRunBlocks?: number;
  readonly maxRunBytes?: number;
  readonly maxRunMs?: number;
  /** This close to the head each block comes alone. Default 4. */
  readonly headDistance?: number;
  /** Called before each wait after a failure that may pass. */
  readonly onRetry?: (retry: FollowerRetry) => void;
}

export interface FollowOptions<T extends HasHeader> extends FollowBaseOptions {
  readonly fetchBlock: FetchBlock<T>;
  /** The size of a block for `maxRunBytes`. Default: `answerBytes` of the block, or 0. */
  readonly bytesOf?: (block: T) => number;
}
