import type { Json, NodeRpc, RpcAnswer } from './node-rpc.ts';

export interface PredeployedNodeAccount {
  readonly address: string;
  readonly privateKey: string;
  readonly publicKey: string;
}

/** `starknet_add*Transaction` and its one parameter. */
export interface SignedTransaction {
  readonly kind: 'INVOKE' | 'DEPLOY_ACCOUNT' | 'DECLARE';
  /** As the sender computed it. */
  readonly hash: string;
  readonly body: Json;
}

export type BlockPin = 'latest' | 'pre_confirmed' | { readonly block_number: number };

/** What specs do to a chain, the same on devnet and on the sandbox. */
export interface ChainDriver {
  readonly rpc: NodeRpc;
  blockNumber(): Promise<number>;
  timestampSeconds(blockNumber?: number): Promise<number>;
  /**
   * Makes exactly `seconds` both what the next block says and what its transactions see. Builds an empty
   * block first: devnet executes at the time of the block before. Mode ON_DEMAND, or one transaction only.
   */
  setTime(seconds: number): Promise<void>;
  createBlock(): Promise<void>;
  /** Takes the named block and all after it off the chain. @returns how many went. */
  abortFrom(blockNumber: number): Promise<number>;
  mintFri(address: string, amount: bigint): Promise<void>;
  accounts(): Promise<readonly PredeployedNodeAccount[]>;
  submit(transaction: SignedTransaction): Promise<RpcAnswer>;
  nonceOf(address: string, at?: BlockPin): Promise<bigint>;
}

export const createChainDriver = (rpc: NodeRpc): ChainDriver => ({
  rpc,
  blockNumber: () => rpc.request<number>('starknet_blockNumber'),
  timestampSeconds: async (blockNumber) => {
    const block_id = blockNumber === undefined ? 'latest' : { block_number: blockNumber };
    return (await rpc.request<{ timestamp: number }>('starknet_getBlockWithTxHashes', { block_id }))
      .timestamp;
  },
  setTime: async (seconds) => {
    await rpc.request('devnet_setTime', { time: seconds, generate_block: true });
    await rpc.request('devnet_setTime', { time: seconds, generate_block: false });
  },
  createBlock: async () => {
    await rpc.request('devnet_createBlock');
  },
  abortFrom: async (blockNumber) => {
    const starting_block_id = { block_number: blockNumber };
    return (await rpc.request<{ aborted: string[] }>('devnet_abortBlocks', { starting_block_id })).aborted
      .length;
  },
  mintFri: async (address, amount) => {
    // Written by hand: the method reads a JSON number of up to 128 bits.
    await rpc.request('devnet_mint', { address, amount: Number(amount), unit: 'FRI' });
  },
  accounts: async () => (await rpc.request<WireAccount[]>('devnet_getPredeployedAccounts')).map(accountOf),
  submit: ({ kind, body }) => rpc.ask(...submission(kind, body)),
  nonceOf: async (address, at = 'pre_confirmed') =>
    BigInt(await rpc.request<string>('starknet_getNonce', { block_id: at, contract_address: address })),
});

interface WireAccount {
  readonly address: string;
  readonly private_key: string;
  readonly public_key: string;
}

const accountOf = ({ address, private_key, public_key }: WireAccount): PredeployedNodeAccount => ({
  address,
  privateKey: private_key,
  publicKey: public_key,
});

const submission = (kind: SignedTransaction['kind'], body: Json): [string, Json] => {
  switch (kind) {
    case 'INVOKE':
      return ['starknet_addInvokeTransaction', { invoke_transaction: body }];
    case 'DEPLOY_ACCOUNT':
      return ['starknet_addDeployAccountTransaction', { deploy_account_transaction: body }];
    case 'DECLARE':
      return ['starknet_addDeclareTransaction', { declare_transaction: body }];
  }
};
