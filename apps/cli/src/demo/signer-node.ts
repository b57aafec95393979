import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { z } from 'zod';
import {
  type DeployAccountV3,
  invokeV3TransactionHash,
  type InvokeV3,
  type ResourceBounds,
} from '#libs/account';
import { type Address, type Felt, feltToHex, parseFelt } from '#libs/felt';

const RECEIPT_WAIT_MS = 20_000;
const hex = z.string().transform(parseFelt);
const receiptShape = z.looseObject({
  transaction_hash: hex,
  block_number: z.number().optional(),
  execution_status: z.enum(['SUCCEEDED', 'REVERTED']),
  revert_reason: z.string().optional(),
});
const answerShape = z.looseObject({
  result: z.unknown().optional(),
  error: z.looseObject({ code: z.number(), message: z.string(), data: z.unknown().optional() }).optional(),
});

/** What became of a transaction. */
export interface Sent {
  readonly transactionHash: Felt;
  readonly blockNumber: number;
  readonly reverted: boolean;
  readonly revertReason?: string;
}

/** A node as someone who signs sees it: nonce, prices, submit, wait. */
export interface SignerNode {
  rpc(method: string, params: object): Promise<unknown>;
  chainId(): Promise<Felt>;
  nonceOf(account: Address): Promise<bigint>;
  sendInvoke(transaction: InvokeV3, signature: readonly Felt[]): Promise<Sent>;
  sendDeployAccount(transaction: DeployAccountV3, signature: readonly Felt[]): Promise<Sent>;
}

export const connectNode = (url: string): SignerNode => {
  const rpc = (method: string, params: object): Promise<unknown> => call(url, method, params);
  const submit = async (method: string, transaction: object, field: string): Promise<Sent> => {
    const result = z
      .looseObject({ transaction_hash: hex })
      .parse(await rpc(method, { [field]: transaction }));
    return waitFor(rpc, result.transaction_hash);
  };
  return {
    rpc,
    chainId: async () => hex.parse(await rpc('starknet_chainId', [])),
    nonceOf: async (account) =>
      hex.parse(await rpc('starknet_getNonce', { block_id: 'latest', contract_address: feltToHex(account) })),
    sendInvoke: (transaction, signature) =>
      submit('starknet_addInvokeTransaction', invokeJson(transaction, signature), 'invoke_transaction'),
    sendDeployAccount: (transaction, signature) =>
      submit(
        'starknet_addDeployAccountTransaction',
        deployJson(transaction, signature),
        'deploy_account_transaction',
      ),
  };
};

/** An invoke of these calls, ready to be hashed and signed. */
export const prepareInvoke = async (
  node: SignerNode,
  senderAddress: Address,
  calldata: readonly Felt[],
): Promise<InvokeV3 & { readonly hash: Felt }> => {
  const [chainId, nonce] = await Promise.all([node.chainId(), node.nonceOf(senderAddress)]);
  const transaction = { chainId, nonce, senderAddress, calldata, tip: 0n, resourceBounds: BOUNDS };
  return { ...transaction, hash: invokeV3TransactionHash(transaction) };
};

/** Above what anything here needs, at twice the price of a development chain. */
export const BOUNDS: ResourceBounds = {
  l1Gas: { maxAmount: 0n, maxPricePerUnit: 2_000_000_000n },
  l1DataGas: { maxAmount: 100_000n, maxPricePerUnit: 2_000_000_000n },
  l2Gas: { maxAmount: 200_000_000n, maxPricePerUnit: 2_000_000_000n },
};

/** A private key below the order of the curve. */
export const newPrivateKey = (): bigint => BigInt(`0x${randomBytes(31).toString('hex')}`) + 1n;

const call = async (url: string, method: string, params: object): Promise<unknown> => {
  const { body } = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    signal: AbortSignal.timeout(10_000),
  });
  const { result, error } = answerShape.parse(await body.json());
  if (error === undefined) return result;
  throw new Error(`${method}: ${error.message} (${error.code}) ${JSON.stringify(error.data ?? '')}`);
};

const waitFor = async (rpc: SignerNode['rpc'], hash: Felt): Promise<Sent> => {
  const deadline = Date.now() + RECEIPT_WAIT_MS;
  for (;;) {
    const answer = rpc('starknet_getTransactionReceipt', { transaction_hash: feltToHex(hash) });
    // Until it stands in a block the node may not know it yet.
    const receipt = receiptShape.safeParse(await answer.catch(() => undefined));
    if (receipt.success && receipt.data.block_number !== undefined) {
      const { block_number, execution_status, revert_reason } = receipt.data;
      const revert = revert_reason === undefined ? {} : { revertReason: revert_reason };
      return {
        transactionHash: hash,
        blockNumber: block_number,
        reverted: execution_status === 'REVERTED',
        ...revert,
      };
    }
    if (Date.now() > deadline) throw new Error(`transaction ${feltToHex(hash)} is in no block after 20 s`);
    await delay(50);
  }
};

const invokeJson = (transaction: InvokeV3, signature: readonly Felt[]) => ({
  type: 'INVOKE',
  sender_address: feltToHex(transaction.senderAddress),
  calldata: transaction.calldata.map(feltToHex),
  account_deployment_data: [],
  ...commonJson(transaction, signature),
});

const deployJson = (transaction: DeployAccountV3, signature: readonly Felt[]) => ({
  type: 'DEPLOY_ACCOUNT',
  class_hash: feltToHex(transaction.classHash),
  contract_address_salt: feltToHex(transaction.salt),
  constructor_calldata: transaction.constructorCalldata.map(feltToHex),
  ...commonJson(transaction, signature),
});

const commonJson = (transaction: InvokeV3 | DeployAccountV3, signature: readonly Felt[]) => ({
  version: '0x3',
  signature: signature.map(feltToHex),
  nonce: feltToHex(transaction.nonce),
  tip: feltToHex(transaction.tip),
  paymaster_data: [],
  nonce_data_availability_mode: 'L1',
  fee_data_availability_mode: 'L1',
  resource_bounds: {
    l1_gas: boundJson(transaction.resourceBounds.l1Gas),
    l1_data_gas: boundJson(transaction.resourceBounds.l1DataGas),
    l2_gas: boundJson(transaction.resourceBounds.l2Gas),
  },
});

const boundJson = (bound: ResourceBounds['l2Gas']) => ({
  max_amount: feltToHex(bound.maxAmount),
  max_price_per_unit: feltToHex(bound.maxPricePerUnit),
});
