import { type Felt, feltToHex } from '#libs/felt';
import { readStorageProofAnswer } from '../answers/storage-proof.ts';
import { ChainError, isChainError } from '../chain.error.ts';
import type { ChainSource, ContractQuestion, ContractWords } from '../types.ts';
import { blockId } from './block-id.ts';
import type { Provider } from './provider.ts';
import type { AskPool } from './provider-pool.ts';

/** Words of several contracts at once, by starknet_getStorageProof. */
export const createProofQuestions = (ask: AskPool): Required<Pick<ChainSource, 'contractWords'>> => ({
  contractWords: async (asked, blockHash, options) => {
    if (asked.length === 0) return [];
    return await ask((provider, signal) => askWords(provider, asked, blockHash, signal), {
      signal: options?.signal,
    });
  },
});

const askWords = async (
  provider: Provider,
  asked: readonly ContractQuestion[],
  blockHash: Felt,
  signal: AbortSignal | undefined,
): Promise<ContractWords[]> => {
  try {
    const answer = await provider.ask('starknet_getStorageProof', paramsOf(asked, blockHash), signal);
    return readStorageProofAnswer(answer.result, asked, blockHash);
  } catch (error) {
    // Proofs are a short cut. A node whose proofs are of no use is a good one for everything else.
    if (!isChainError(error, ...USELESS)) throw error;
    throw new ChainError('STORAGE_PROOF_UNAVAILABLE', error.message, { cause: error });
  }
};

const USELESS = [
  'RPC_MALFORMED',
  'ANSWER_MISMATCH',
  'RPC_METHOD_NOT_FOUND',
  'RPC_INVALID_PARAMS',
  'RPC_ERROR',
  'CONTRACT_NOT_FOUND',
] as const;

const paramsOf = (asked: readonly ContractQuestion[], blockHash: Felt): Record<string, unknown> => ({
  block_id: blockId({ blockHash }),
  contract_addresses: asked.map(({ address }) => feltToHex(address)),
  contracts_storage_keys: asked
    .filter(({ slots }) => slots.length > 0)
    .map(({ address, slots }) => ({
      contract_address: feltToHex(address),
      storage_keys: slots.map(feltToHex),
    })),
});
