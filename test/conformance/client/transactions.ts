import { type CompiledSierra, hash } from 'starknet';
import type { SignedTransaction } from '#libs/testing';
import { type KeyPair, sign } from './keys.ts';
import { flattenCalls, toHex, type WireCall } from './wire-call.ts';

type Sign = (transactionHash: bigint) => readonly bigint[];

export const byOwner =
  (owner: KeyPair): Sign =>
  (transactionHash) =>
    sign(transactionHash, owner);

/** Far above what anything here costs, and far below what the payers have. */
const BOUNDS = {
  l1_gas: { max_amount: 100_000n, max_price_per_unit: 10n ** 10n },
  l2_gas: { max_amount: 2_000_000_000n, max_price_per_unit: 10n ** 10n },
  l1_data_gas: { max_amount: 100_000n, max_price_per_unit: 10n ** 10n },
};

const WIRE_COMMON = {
  version: '0x3',
  resource_bounds: Object.fromEntries(
    Object.entries(BOUNDS).map(([resource, { max_amount, max_price_per_unit }]) => [
      resource,
      { max_amount: toHex(max_amount), max_price_per_unit: toHex(max_price_per_unit) },
    ]),
  ),
  tip: '0x0',
  paymaster_data: [],
  nonce_data_availability_mode: 'L1',
  fee_data_availability_mode: 'L1',
};

type HashArguments = Parameters<typeof hash.calculateInvokeTransactionHash>[0];

const hashCommon = (chainId: bigint, nonce: bigint) => ({
  version: '0x3' as const,
  // starknet.js types the two public networks only.
  chainId: toHex(chainId) as HashArguments['chainId'],
  nonce: toHex(nonce),
  nonceDataAvailabilityMode: 0 as const,
  feeDataAvailabilityMode: 0 as const,
  resourceBounds: BOUNDS,
  tip: 0n,
  paymasterData: [],
});

export interface InvokeRequest {
  readonly sender: bigint;
  readonly chainId: bigint;
  readonly nonce: bigint;
  readonly calls: readonly WireCall[];
  readonly sign: Sign;
}

export const invoke = ({
  sender,
  chainId,
  nonce,
  calls,
  sign: signHash,
}: InvokeRequest): SignedTransaction => {
  const calldata = flattenCalls(calls).map(toHex);
  const transactionHash = hash.calculateInvokeTransactionHash({
    ...hashCommon(chainId, nonce),
    senderAddress: toHex(sender),
    compiledCalldata: calldata,
    accountDeploymentData: [],
  });
  const body = {
    type: 'INVOKE',
    ...WIRE_COMMON,
    sender_address: toHex(sender),
    calldata,
    signature: signHash(BigInt(transactionHash)).map(toHex),
    nonce: toHex(nonce),
    account_deployment_data: [],
  };
  return { kind: 'INVOKE', hash: transactionHash, body };
};

export interface DeployAccountRequest {
  readonly classHash: bigint;
  readonly owner: KeyPair;
  readonly salt: bigint;
  readonly chainId: bigint;
}

export const accountAddress = ({ classHash, owner, salt }: Omit<DeployAccountRequest, 'chainId'>): bigint =>
  BigInt(hash.calculateContractAddressFromHash(toHex(salt), toHex(classHash), [toHex(owner.publicKey)], 0));

export const deployAccount = (request: DeployAccountRequest): SignedTransaction => {
  const { classHash, owner, salt, chainId } = request;
  const constructorCalldata = [toHex(owner.publicKey)];
  const transactionHash = hash.calculateDeployAccountTransactionHash({
    ...hashCommon(chainId, 0n),
    contractAddress: toHex(accountAddress(request)),
    classHash: toHex(classHash),
    compiledConstructorCalldata: constructorCalldata,
    salt: toHex(salt),
  });
  const body = {
    type: 'DEPLOY_ACCOUNT',
    ...WIRE_COMMON,
    class_hash: toHex(classHash),
    contract_address_salt: toHex(salt),
    constructor_calldata: constructorCalldata,
    signature: sign(BigInt(transactionHash), owner).map(toHex),
    nonce: '0x0',
  };
  return { kind: 'DEPLOY_ACCOUNT', hash: transactionHash, body };
};

export interface DeclareRequest {
  readonly sender: bigint;
  readonly chainId: bigint;
  readonly nonce: bigint;
  readonly sign: Sign;
  readonly sierra: CompiledSierra;
  readonly classHash: string;
  readonly compiledClassHash: string;
}

export const declare = (request: DeclareRequest): SignedTransaction => {
  const { sender, chainId, nonce, sierra, classHash, compiledClassHash } = request;
  const transactionHash = hash.calculateDeclareTransactionHash({
    ...hashCommon(chainId, nonce),
    classHash,
    compiledClassHash,
    senderAddress: toHex(sender),
    accountDeploymentData: [],
  });
  const body = {
    type: 'DECLARE',
    ...WIRE_COMMON,
    sender_address: toHex(sender),
    compiled_class_hash: compiledClassHash,
    signature: request.sign(BigInt(transactionHash)).map(toHex),
    nonce: toHex(nonce),
    contract_class: {
      sierra_program: sierra.sierra_program,
      contract_class_version: sierra.contract_class_version,
      entry_points_by_type: sierra.entry_points_by_type,
      abi: JSON.stringify(sierra.abi),
    },
    account_deployment_data: [],
  };
  return { kind: 'DECLARE', hash: transactionHash, body };
};
