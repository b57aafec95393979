import type { GeneratedTotals } from '../ingest/generate-chain.ts';
import type { Profile } from '../ingest/profiles.ts';

/** What a feed is to be. */
export interface FeedPlan {
  readonly profile: Profile;
  /** Blocks that are there at the start. */
  readonly blocks: number;
  /** Then, blocks of these contents. */
  readonly tail?: { readonly blocks: number; readonly changes: Partial<Profile> };
  /** Other branches: each leaves the chain so many blocks below its head, and is one block longer. */
  readonly depths?: readonly number[];
  /** Made while they are read, so many ahead, until there are so many in all. */
  readonly lazy?: { readonly ahead: number; readonly total: number };
  /** Single accounts are asked about. */
  readonly accounts?: { readonly hasProofs: boolean };
  readonly callsPerSecond?: number;
}

export type FeedQuestion =
  | { readonly type: 'make'; readonly plan: FeedPlan }
  | { readonly type: 'latency'; readonly latencyMs: number }
  /** Publishes so many new blocks, one each so many milliseconds. Answered at the end. */
  | { readonly type: 'publish'; readonly blocks: number; readonly everyMs: number }
  /** Publishes without end, until told to hold. */
  | { readonly type: 'keepPublishing'; readonly everyMs: number }
  | { readonly type: 'hold' }
  /** From now on the chain of that branch is the one; -1 is the first. */
  | { readonly type: 'switch'; readonly branch: number }
  | { readonly type: 'totals'; readonly branch: number }
  | { readonly type: 'stats' }
  /** What the accounts hold now, as lines. */
  | { readonly type: 'expect' };

export interface FeedState {
  readonly url: string;
  readonly wsUrl: string;
  readonly head: number;
  readonly headHash: string;
  /** When it was done, for `switch`; else when it was answered. */
  readonly atMs: number;
  /** When each block was published. */
  readonly published: readonly number[];
  readonly totals?: GeneratedTotals;
  readonly calls: Readonly<Record<string, number>>;
  readonly sentBytes: number;
  readonly lines: readonly string[];
  readonly addresses: readonly string[];
}
