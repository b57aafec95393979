import { registerEnumType } from '@nestjs/graphql';
import type { NetworkStatus } from './indexer-status.ts';

export const IndexerState = {
  STOPPED: 'STOPPED',
  FAILING: 'FAILING',
  WAITING: 'WAITING',
  UNKNOWN: 'UNKNOWN',
  CATCHING_UP: 'CATCHING_UP',
  AT_HEAD: 'AT_HEAD',
} as const;
export type IndexerState = (typeof IndexerState)[keyof typeof IndexerState];

registerEnumType(IndexerState, {
  name: 'IndexerState',
  description: 'What the indexing of a network is doing.',
  valuesMap: {
    STOPPED: { description: 'It waits until somebody does something about `stopped`.' },
    FAILING: { description: '`lastError` is in its way; it is tried again.' },
    WAITING: { description: 'No block is indexed yet.' },
    UNKNOWN: { description: 'There are blocks in the index, but nobody here knows the head of the chain.' },
    CATCHING_UP: { description: 'More than the newest block of the chain is not indexed yet.' },
    AT_HEAD: { description: 'All blocks are indexed; the newest may be on its way.' },
  },
});

/** While following, each new block is for a moment one that is not indexed yet. */
const LAG_AT_HEAD_BLOCKS = 1;

/** The one place that puts what is known of a network into a word. */
export const indexerStateOf = ({ stopped, lastError, indexed, lagBlocks }: NetworkStatus): IndexerState => {
  if (stopped !== undefined) return 'STOPPED';
  if (lastError !== undefined) return 'FAILING';
  if (indexed === undefined) return 'WAITING';
  if (lagBlocks === undefined) return 'UNKNOWN';
  return lagBlocks > LAG_AT_HEAD_BLOCKS ? 'CATCHING_UP' : 'AT_HEAD';
};

/** For people. */
export const INDEXER_STATE_TEXT: Readonly<Record<IndexerState, string>> = {
  STOPPED: 'stopped',
  FAILING: 'failing',
  WAITING: 'waiting for the first block',
  UNKNOWN: 'head not known',
  CATCHING_UP: 'catching up',
  AT_HEAD: 'at the head',
};
