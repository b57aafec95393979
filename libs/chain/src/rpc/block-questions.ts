import { isDeepStrictEqual } from 'node:util';
import { feltToHex } from '#libs/felt';
import { readBlockAnswer } from '../answers/block.ts';
import { ChainError, isChainError } from '../chain.error.ts';
import type { BlockWithReceipts, CallOptions, ChainSource, TransactionReceipt } from '../types.ts';
import { blockId } from './block-id.ts';
import type { Provider } from './provider.ts';
import type { AskPool, Question } from './provider-pool.ts';

/** CONFIRMED: another provider tells the same. NO_WITNESS: there is none that can be asked or has the block. */
export type Confirmation = 'CONFIRMED' | 'NO_WITNESS';

export interface HttpChainSource extends ChainSource {
  /**
   * Compares a block read here with what a provider other than its own says: counts cannot show a forged receipt.
   * @throws ChainError PROVIDERS_DISAGREE
   */
  confirmBlock(block: BlockWithReceipts, options?: CallOptions): Promise<Confirmation>;
}

export const createBlockQuestions = (ask: AskPool): Pick<HttpChainSource, 'block' | 'confirmBlock'> => {
  const servedBy = new WeakMap<BlockWithReceipts, Provider>();
  return {
    block: (ref, options) =>
      ask(
        async (provider, signal) => {
          const block = await readBlock(ref)(provider, signal);
          servedBy.set(block, provider);
          return block;
        },
        { signal: options?.signal },
      ),
    confirmBlock: async (block, options) => {
      const { blockHash } = block.header;
      const avoid = servedBy.get(block);
      // Without its origin any answer could come from the same provider.
      if (!avoid) return 'NO_WITNESS';
      const other = await ask(readBlock({ blockHash }), { signal: options?.signal, avoid: [avoid] }).catch(
        noWitness,
      );
      if (!other) return 'NO_WITNESS';
      if (isDeepStrictEqual(essenceOf(block), essenceOf(other))) return 'CONFIRMED';
      throw new ChainError('PROVIDERS_DISAGREE', `two providers differ on block ${feltToHex(blockHash)}`);
    },
  };
};

const readBlock =
  (ref: Parameters<typeof blockId>[0]): Question<BlockWithReceipts> =>
  async (provider, signal) => {
    const answer = await provider.ask('starknet_getBlockWithReceipts', { block_id: blockId(ref) }, signal);
    return readBlockAnswer(answer.result, ref, answer.bytes);
  };

const noWitness = (error: unknown): undefined => {
  const isOurs = isChainError(error, 'ABORTED') || !isChainError(error);
  if (isOurs) throw error;
};

// Left out is what honest nodes differ in: finality, counts that old versions lack, the wording of a revert.
const essenceOf = ({ header, transactions }: BlockWithReceipts): unknown => ({
  place: [header.blockNumber, header.parentHash, header.timestampSeconds],
  transactions: transactions.map(transactionEssence),
});

const transactionEssence = (transaction: TransactionReceipt): unknown => {
  const { transactionHash, type, executionStatus, actualFee, events } = transaction;
  const { senderAddress, calldata, signature, nonce } = transaction;
  return {
    transactionHash,
    type,
    executionStatus,
    actualFee,
    events,
    senderAddress,
    calldata,
    signature,
    nonce,
  };
};
