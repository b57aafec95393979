import { type BlockHeader, isChainError } from '#libs/chain';
import type { Address } from '#libs/felt';
import { mapConcurrently } from '../map-concurrently.ts';
import { BackfillError } from './backfill.error.ts';
import type { BackfillReads } from './counted-reads.ts';
import { isFinished, nextQuestions, type Search, takeReplies } from './search.ts';
import type { Question, Reply } from './search-task.ts';

/** Questions of one search under way at the same time. */
const QUESTIONS_AT_ONCE = 8;

export interface SearchPorts {
  readonly source: BackfillReads;
  readonly address: Address;
  /** The end of the range: questions about it are pinned by its hash. */
  readonly end: BlockHeader;
  /** Told after each round. */
  readonly onRound: (search: Search) => Promise<void>;
}

/** Asks until nothing is left to ask. @throws SearchError, BackfillError BACKFILL_STATE_PRUNED */
export const runSearch = async (ports: SearchPorts, begun: Search): Promise<Search> => {
  let search = begun;
  while (!isFinished(search)) {
    const asked = nextQuestions(search, QUESTIONS_AT_ONCE);
    const replies = await mapConcurrently(asked, QUESTIONS_AT_ONCE, async ({ task, question }) => ({
      task,
      reply: await ask(ports, question),
    }));
    search = takeReplies(search, replies);
    await ports.onRound(search);
  }
  return search;
};

/** One question to the node. Where no contract stands, everything is 0 and was never written. */
export const ask = async (ports: SearchPorts, question: Question): Promise<Reply> => {
  const { source, address, end } = ports;
  const { reading, at, withUpdateBlock } = question;
  const ref = at === end.blockNumber ? { blockHash: end.blockHash } : { blockNumber: at };
  try {
    if (reading.of === 'CLASS') return { value: (await source.classHashAt(address, ref)) ?? 0n };
    if (withUpdateBlock) return await source.storageWithUpdateBlock(address, reading.slot, ref);
    return { value: await source.storageAt(address, reading.slot, ref) };
  } catch (error) {
    if (isChainError(error, 'CONTRACT_NOT_FOUND'))
      return { value: 0n, ...(withUpdateBlock && { lastUpdateBlock: 0 }) };
    if (!isChainError(error, 'BLOCK_NOT_FOUND') || at === end.blockNumber) throw error;
    // The block is there, or it is another matter; its state is not.
    await source.header(ref);
    throw new BackfillError('BACKFILL_STATE_PRUNED', `no node has the state of block ${at} any more`, {
      cause: error,
    });
  }
};
