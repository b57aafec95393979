import type { Address, ClassHash, Felt } from '#libs/felt';
import { encodeShortString, poseidonHash, U128_MAX, U32_MAX, U64_MAX } from '#libs/felt';
import { AccountError } from '../account.error.ts';
import { contractAddressOf } from './contract-address.ts';

/** A bound on one kind of gas: u64 units at a u128 price in FRI. */
export interface ResourceBound {
  readonly maxAmount: bigint;
  readonly maxPricePerUnit: bigint;
}

/** The three bounds of a version 3 transaction. */
export interface ResourceBounds {
  readonly l1Gas: ResourceBound;
  readonly l1DataGas: ResourceBound;
  readonly l2Gas: ResourceBound;
}

/** What every version 3 transaction has. Lists and modes left out are empty and 0 (L1), as wallets send them. */
export interface TransactionV3 {
  readonly chainId: Felt;
  readonly nonce: bigint;
  readonly resourceBounds: ResourceBounds;
  readonly tip: bigint;
  /** 3, or 3 + 2^128 for a query that cannot be executed. */
  readonly version?: bigint;
  readonly paymasterData?: readonly Felt[];
  readonly nonceDataAvailabilityMode?: number;
  readonly feeDataAvailabilityMode?: number;
}

/** An INVOKE: `calldata` is that of `__execute__`. */
export interface InvokeV3 extends TransactionV3 {
  readonly senderAddress: Address;
  readonly calldata: readonly Felt[];
  readonly accountDeploymentData?: readonly Felt[];
  /** Hashed only where there are any. */
  readonly proofFacts?: readonly Felt[];
}

/** A DEPLOY_ACCOUNT. Its sender is the address that follows from these three. */
export interface DeployAccountV3 extends TransactionV3 {
  readonly classHash: ClassHash;
  readonly salt: Felt;
  readonly constructorCalldata: readonly Felt[];
}

/** A DECLARE of a Sierra class. */
export interface DeclareV3 extends TransactionV3 {
  readonly senderAddress: Address;
  readonly classHash: ClassHash;
  readonly compiledClassHash: Felt;
  readonly accountDeploymentData?: readonly Felt[];
}

const INVOKE = encodeShortString('invoke');
const DEPLOY_ACCOUNT = encodeShortString('deploy_account');
const DECLARE = encodeShortString('declare');
const L1_GAS = encodeShortString('L1_GAS');
const L2_GAS = encodeShortString('L2_GAS');
const L1_DATA_GAS = encodeShortString('L1_DATA');

/** Hash of an INVOKE version 3. @throws AccountError TRANSACTION_MALFORMED for a bound, tip or mode beyond its type. */
export const invokeV3TransactionHash = (tx: InvokeV3): Felt =>
  hashV3(INVOKE, tx.senderAddress, tx, [
    poseidonHash(tx.accountDeploymentData ?? []),
    poseidonHash(tx.calldata),
    ...(tx.proofFacts?.length ? [poseidonHash(tx.proofFacts)] : []),
  ]);

/** Hash of a DEPLOY_ACCOUNT version 3; the address follows from class, salt and constructor calldata. @throws as invoke. */
export const deployAccountV3TransactionHash = (tx: DeployAccountV3): Felt =>
  hashV3(DEPLOY_ACCOUNT, contractAddressOf({ ...tx, deployer: 0n }), tx, [
    poseidonHash(tx.constructorCalldata),
    tx.classHash,
    tx.salt,
  ]);

/** Hash of a DECLARE version 3. @throws as invoke. */
export const declareV3TransactionHash = (tx: DeclareV3): Felt =>
  hashV3(DECLARE, tx.senderAddress, tx, [
    poseidonHash(tx.accountDeploymentData ?? []),
    tx.classHash,
    tx.compiledClassHash,
  ]);

const hashV3 = (prefix: Felt, sender: Address, tx: TransactionV3, rest: readonly bigint[]): Felt =>
  poseidonHash([
    prefix,
    tx.version ?? 3n,
    sender,
    feeHash(tx.tip, tx.resourceBounds),
    poseidonHash(tx.paymasterData ?? []),
    tx.chainId,
    tx.nonce,
    (upTo(U32_MAX, 'nonce mode', BigInt(tx.nonceDataAvailabilityMode ?? 0)) << 32n) +
      upTo(U32_MAX, 'fee mode', BigInt(tx.feeDataAvailabilityMode ?? 0)),
    ...rest,
  ]);

const feeHash = (tip: bigint, bounds: ResourceBounds): Felt =>
  poseidonHash([
    upTo(U64_MAX, 'tip', tip),
    packBound(L1_GAS, bounds.l1Gas),
    packBound(L2_GAS, bounds.l2Gas),
    packBound(L1_DATA_GAS, bounds.l1DataGas),
  ]);

const packBound = (name: Felt, bound: ResourceBound): bigint =>
  (name << 192n) +
  (upTo(U64_MAX, 'max_amount', bound.maxAmount) << 128n) +
  upTo(U128_MAX, 'max_price_per_unit', bound.maxPricePerUnit);

const upTo = (max: bigint, name: string, value: bigint): bigint => {
  if (value < 0n || value > max)
    throw new AccountError('TRANSACTION_MALFORMED', `${name} is beyond its type`);
  return value;
};
