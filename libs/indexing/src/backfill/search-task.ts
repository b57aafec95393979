import type { Felt } from '#libs/felt';

/** What a question reads of the account: one word of its storage, or its class. 0 where there is none. */
type Reading = { readonly of: 'SLOT'; readonly slot: Felt } | { readonly of: 'CLASS' };

/** From update to update backwards: every block of [from, at] that wrote the slot is found. */
export interface WalkTask {
  readonly method: 'WALK';
  readonly slot: Felt;
  readonly from: number;
  readonly at: number;
  /** A counter of uses that a grant or revoke before `from` set to 0: its value says how many uses are left to find. */
  readonly counts: boolean;
  /** Updates that are thought to be left. For the time left only. */
  readonly expected?: number;
}

/**
 * By halving: between two blocks with equal values nothing is looked for. Finds every change of what only rises, and of
 * anything else only the changes that show at the ends. `low` is known, and changes of (low, high] are looked for.
 */
export interface BisectTask {
  readonly method: 'BISECT';
  readonly reading: Reading;
  readonly low: number;
  readonly lowValue: bigint | undefined;
  readonly high: number;
  readonly highValue: bigint | undefined;
  /** A fall is a fault of the node, or the class is not what its profile says. */
  readonly onlyRises: boolean;
  /** Changes that are thought to be there. For the time left only. */
  readonly expected?: number;
}

/** Every block of [from, to] is read. */
interface ScanTask {
  readonly method: 'SCAN';
  readonly from: number;
  readonly to: number;
}

export type SearchTask = WalkTask | BisectTask | ScanTask;

/** What a node is asked next. */
export interface Question {
  readonly reading: Reading;
  readonly at: number;
  readonly withUpdateBlock: boolean;
}

export interface Reply {
  readonly value: bigint;
  /** 0: never written. Absent: the node does not tell, or was not asked. */
  readonly lastUpdateBlock?: number | undefined;
}

export interface BlockSpan {
  readonly from: number;
  readonly to: number;
}

/** What a reply leads to. */
export interface Step {
  readonly found: readonly number[];
  readonly scans: readonly BlockSpan[];
  readonly tasks: readonly SearchTask[];
}

export type SearchFault = 'NO_UPDATE_BLOCK' | 'UPDATE_BLOCK_IMPLAUSIBLE' | 'COUNTER_FELL';

/** The search cannot go on by this method. */
export class SearchError extends Error {
  override readonly name = 'SearchError';
  readonly code: SearchFault;
  readonly retryable = false;

  constructor(code: SearchFault, message: string) {
    super(message);
    this.code = code;
  }
}
