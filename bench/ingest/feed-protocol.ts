import type { GeneratedTotals } from './generate-chain.ts';

/** What the feed says and is told over the channel between parent and child. */
export type FeedReply =
  | { readonly type: 'generating'; readonly blocks: number }
  | {
      readonly type: 'ready';
      readonly url: string;
      readonly totals: GeneratedTotals;
      readonly answerBytes: number;
      readonly generatedMs: number;
    }
  | { readonly type: 'stats'; readonly stats: FeedStats };

export type FeedRequest =
  /** Counts from zero; blocks published one at a time start again at block 0. */
  | { readonly type: 'reset'; readonly latencyMs: number; readonly publish: 'ALL' | 'ONE_AT_A_TIME' }
  | { readonly type: 'stats' };

export interface FeedStats {
  readonly calls: Readonly<Record<string, number>>;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly cpuSeconds: number;
}
