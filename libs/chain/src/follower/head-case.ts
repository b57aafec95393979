import type { Felt } from '#libs/felt';
import type { BlockHeader } from '../types.ts';
import type { ChainCursor } from './types.ts';

/**
 * What a node's head means to us.
 * - duplicate: it is our newest block.
 * - behind: nothing to do yet; it is below our newest block and no hash of it contradicts us.
 * - next: it is the child of our newest block.
 * - gap: blocks lie between; whether they continue our chain is seen at the first of them.
 * - reorg: its hash, or its parent's, contradicts ours.
 */
export type HeadCase = 'duplicate' | 'behind' | 'next' | 'gap' | 'reorg';

export interface HeadQuestion {
  readonly head: BlockHeader;
  readonly cursor: ChainCursor | undefined;
  readonly startBlock: number;
  /** Our block at the head's height, where we have one. */
  readonly knownAtHead: Felt | undefined;
}

/** A lower head alone is a node that lags; only a hash proves a reorg. */
export const classifyHead = ({ head, cursor, startBlock, knownAtHead }: HeadQuestion): HeadCase => {
  if (!cursor) return classifyFirst(head, startBlock);
  if (head.blockNumber > cursor.blockNumber + 1) return 'gap';
  if (head.blockNumber === cursor.blockNumber + 1) {
    return head.parentHash === cursor.blockHash ? 'next' : 'reorg';
  }
  if (head.blockNumber === cursor.blockNumber) {
    return head.blockHash === cursor.blockHash ? 'duplicate' : 'reorg';
  }
  return knownAtHead === undefined || knownAtHead === head.blockHash ? 'behind' : 'reorg';
};

const classifyFirst = (head: BlockHeader, startBlock: number): HeadCase => {
  if (head.blockNumber < startBlock) return 'behind';
  return head.blockNumber === startBlock ? 'next' : 'gap';
};
