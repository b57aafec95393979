import {
  ChainError,
  type ChainSource,
  type Clock,
  isChainError,
  systemClock,
  type TransactionReceipt,
  type TransactionTrace,
} from '#libs/chain';
import type { Felt } from '#libs/felt';
import type { IndexedBlock } from './indexed-block.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { requireOnChain } from './on-chain.ts';

type TraceSource = Pick<ChainSource, 'header' | 'traceTransaction'>;

const TRACES_AT_ONCE = 8;

/** By which time it waits, and until when. */
export interface Pace {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** Traces of transactions by hash; UNAVAILABLE where no provider gives one. */
export type TraceAnswers = Map<bigint, TransactionTrace | 'UNAVAILABLE'>;

/**
 * Reads the traces of transactions of one block. Nodes find them by hash alone, whatever branch they stand on: so what
 * is known of the transaction has to fit, and the block has to be on the chain still when all are read.
 * @throws ChainError CHAIN_MOVED, ABORTED; whatever keeps the node from answering for the block as well.
 */
export const fetchTraces = async (
  source: TraceSource,
  block: IndexedBlock,
  hashes: readonly Felt[],
  pace: Pace = { clock: systemClock },
): Promise<TraceAnswers> => {
  const wanted = [...new Set(hashes)];
  const answers = await mapConcurrently(wanted, TRACES_AT_ONCE, (hash) =>
    fetchTrace(source, block, hash, pace),
  );
  await requireOnChain(source, block.header, chainMoved, pace.signal);
  return new Map(wanted.map((hash, index) => [hash, answers[index] as TransactionTrace | 'UNAVAILABLE']));
};

const fetchTrace = async (
  source: TraceSource,
  { header, transactions }: IndexedBlock,
  hash: Felt,
  pace: Pace,
): Promise<TransactionTrace | 'UNAVAILABLE'> => {
  const { clock, signal } = pace;
  const transaction = transactions.find(({ transactionHash }) => transactionHash === hash);
  if (!transaction) throw new Error('a trace is wanted of a transaction that is not in the block');
  for (const pauseMs of PAUSES_MS) {
    try {
      const trace = await source.traceTransaction(hash, signal ? { signal } : {});
      if (fits(trace, transaction)) return trace;
    } catch (error) {
      // Where nothing can be asked, the block below cannot be either, and all of it is tried again.
      if (!isChainError(error) || error.code === 'ABORTED') throw error;
      if (!error.retryable) return 'UNAVAILABLE';
    }
    // A node on another branch has no such transaction. It may be back on ours by the time all are read, so it is
    // asked each time: that there is no trace is believed only of a node that has the block.
    await requireOnChain(source, header, chainMoved, signal);
    await clock.sleep(pauseMs, signal);
    if (signal?.aborted === true) throw new ChainError('ABORTED', 'stopped while traces were read');
  }
  return 'UNAVAILABLE';
};

/** One node of several may be behind, or on another branch, for a moment. The block is not held up for longer. */
const PAUSES_MS = [100, 400, 0];

const fits = (
  trace: TransactionTrace,
  { type, executionStatus, senderAddress }: TransactionReceipt,
): boolean => {
  const root = trace.execute ?? trace.validate;
  return (
    trace.type === type &&
    (trace.revertReason !== undefined) === (executionStatus === 'REVERTED') &&
    (type !== 'INVOKE' || root === undefined || root.contractAddress === senderAddress)
  );
};

const chainMoved = (blockNumber: number): ChainError =>
  new ChainError('CHAIN_MOVED', `block ${blockNumber} became another one while it was traced`);
