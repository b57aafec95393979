import type { StateChanges } from '../state/state-reader.ts';
import type { TransactionRecord } from './block-record.ts';

/** The block that is being built. */
export interface PendingBlock {
  readonly number: number;
  readonly transactions: TransactionRecord[];
  readonly parts: StateChanges[];
  /** Set by the first transaction, which sees it; nothing while there is none. */
  timestampSeconds: number | undefined;
}

export const newPendingBlock = (number: number, opening: StateChanges | undefined): PendingBlock => ({
  number,
  transactions: [],
  parts: opening ? [opening] : [],
  timestampSeconds: undefined,
});
