import type { ChainDriver, Json, RpcAnswer } from '#libs/testing';
import { toHex } from '../client/wire-call.ts';
import { ACCOUNT_NAMES, type World } from '../play/world.ts';
import { maskFields } from './mask.ts';
import { createFeeMask } from './mask-fees.ts';
import { sortDiffs } from './sort-diff.ts';
import { type NamedQuestion, type ViewScope, viewQuestions } from './view-questions.ts';

/** Everything that is compared about a chain after a block, by name. */
export type Observation = { readonly [name: string]: Json };

/** What can be asked about a chain, with the declared masks applied. */
export interface Observer {
  /** A block with all that JSON-RPC tells of it. */
  block(chain: ChainDriver, blockNumber: number): Promise<Observation>;
  /** Views, nonces and classes at a block. */
  state(chain: ChainDriver, blockNumber: number, scope: ViewScope): Promise<Observation>;
  /** Storage of slots, at a block. */
  storage(chain: ChainDriver, slots: readonly Slot[], blockNumber: number): Promise<Observation>;
  readonly answer: (answer: RpcAnswer) => Json;
}

export interface Slot {
  readonly address: string;
  readonly key: string;
}

/** Sends what `devnet_mint` mints, and pays for it. */
const MINTER = 0x1caf2df5ed5dde1ae3faef4acd72522ac3cb16e23f6dc4c7f9faed67124c511n;

export const createObserver = (world: World): Observer => {
  const payers = [world.relayer, world.stranger, ...ACCOUNT_NAMES.map((name) => world.accounts[name])];
  const maskFees = createFeeMask([MINTER, ...payers.map(({ address }) => address)]);
  const answer = (given: RpcAnswer): Json => maskFees(sortDiffs(maskFields(given as Json)));
  const askNamed = async (chain: ChainDriver, questions: readonly NamedQuestion[]): Promise<Observation> => {
    const answers = await chain.rpc.askAll(questions.map(({ question }) => question));
    return Object.fromEntries(questions.map(({ name }, at) => [name, answer(answers[at]!)]));
  };
  return {
    answer,
    block: async (chain, blockNumber) => {
      const block_id = { block_number: blockNumber };
      const hashes = await transactionHashes(chain, block_id);
      return askNamed(chain, [...blockQuestions(blockNumber), ...hashes.flatMap(transactionQuestions)]);
    },
    state: (chain, blockNumber, scope) =>
      askNamed(chain, [
        ...viewQuestions(world, scope, blockNumber),
        ...payers.flatMap(({ address }) => contractQuestions(address, blockNumber)),
      ]),
    storage: (chain, slots, blockNumber) =>
      askNamed(
        chain,
        slots.map(({ address, key }) => ({
          name: `storage ${address} ${key}`,
          question: {
            method: 'starknet_getStorageAt',
            params: {
              contract_address: address,
              key,
              block_id: { block_number: blockNumber },
              response_flags: ['INCLUDE_LAST_UPDATE_BLOCK'],
            },
          },
        })),
      ),
  };
};

const blockQuestions = (blockNumber: number): NamedQuestion[] => {
  const block_id = { block_number: blockNumber };
  const filter = { from_block: block_id, to_block: block_id, chunk_size: 1_000 };
  return [
    { name: 'block', question: { method: 'starknet_getBlockWithReceipts', params: { block_id } } },
    { name: 'update', question: { method: 'starknet_getStateUpdate', params: { block_id } } },
    { name: 'events', question: { method: 'starknet_getEvents', params: { filter } } },
  ];
};

const transactionQuestions = (hash: string, at: number): NamedQuestion[] =>
  (
    [
      ['transaction', 'starknet_getTransactionByHash'],
      ['receipt', 'starknet_getTransactionReceipt'],
      ['status', 'starknet_getTransactionStatus'],
      ['trace', 'starknet_traceTransaction'],
    ] as const
  ).map(([name, method]) => ({
    name: `${name} ${at}`,
    question: { method, params: { transaction_hash: hash } },
  }));

const contractQuestions = (address: bigint, blockNumber: number): NamedQuestion[] => {
  const params = { block_id: { block_number: blockNumber }, contract_address: toHex(address) };
  return [
    { name: `nonce of ${toHex(address)}`, question: { method: 'starknet_getNonce', params } },
    { name: `class of ${toHex(address)}`, question: { method: 'starknet_getClassHashAt', params } },
  ];
};

const transactionHashes = async (
  chain: ChainDriver,
  block_id: { block_number: number },
): Promise<readonly string[]> =>
  (await chain.rpc.request<{ transactions: string[] }>('starknet_getBlockWithTxHashes', { block_id }))
    .transactions;
