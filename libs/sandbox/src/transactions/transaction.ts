import {
  contractAddressOf,
  declareV3TransactionHash,
  deployAccountV3TransactionHash,
  invokeV3TransactionHash,
  type ResourceBounds,
} from '#libs/account';
import type { Address, ClassHash, Felt } from '#libs/felt';

/** L1 or L2: only L1 is in force, but both are hashed. */
export type DataAvailabilityMode = 'L1' | 'L2';

interface CommonFields {
  /** 3, or 3 + 2^128 for a query. */
  readonly version: bigint;
  readonly signature: readonly bigint[];
  readonly nonce: bigint;
  readonly resourceBounds: ResourceBounds;
  readonly tip: bigint;
  readonly paymasterData: readonly bigint[];
  readonly nonceMode: DataAvailabilityMode;
  readonly feeMode: DataAvailabilityMode;
}

export interface InvokeTransaction extends CommonFields {
  readonly type: 'INVOKE';
  readonly senderAddress: bigint;
  readonly calldata: readonly bigint[];
  readonly accountDeploymentData: readonly bigint[];
}

export interface DeployAccountTransaction extends CommonFields {
  readonly type: 'DEPLOY_ACCOUNT';
  readonly classHash: bigint;
  readonly salt: bigint;
  readonly constructorCalldata: readonly bigint[];
}

export interface DeclareTransaction extends CommonFields {
  readonly type: 'DECLARE';
  readonly senderAddress: bigint;
  readonly classHash: bigint;
  readonly compiledClassHash: bigint;
  readonly accountDeploymentData: readonly bigint[];
}

export type Transaction = InvokeTransaction | DeployAccountTransaction | DeclareTransaction;

/** 2^128: what a version has on top when the transaction is only a query. */
const QUERY_OFFSET = 2n ** 128n;

export const isQuery = (transaction: Transaction): boolean => transaction.version >= QUERY_OFFSET;

export const deployedAddressOf = (transaction: DeployAccountTransaction): bigint =>
  contractAddressOf({
    classHash: transaction.classHash,
    salt: transaction.salt as Felt,
    constructorCalldata: transaction.constructorCalldata as readonly Felt[],
    deployer: 0n,
  });

/** Who pays: the sender, or the account that is being deployed. */
export const senderOf = (transaction: Transaction): bigint =>
  transaction.type === 'DEPLOY_ACCOUNT' ? deployedAddressOf(transaction) : transaction.senderAddress;

/** The protocol's transaction hash. @throws AccountError TRANSACTION_MALFORMED for a number beyond its type. */
export const transactionHashOf = (transaction: Transaction, chainId: bigint): bigint => {
  const common = {
    chainId: chainId as Felt,
    nonce: transaction.nonce,
    resourceBounds: transaction.resourceBounds,
    tip: transaction.tip,
    version: transaction.version,
    paymasterData: transaction.paymasterData as readonly Felt[],
    nonceDataAvailabilityMode: modeNumber(transaction.nonceMode),
    feeDataAvailabilityMode: modeNumber(transaction.feeMode),
  };
  switch (transaction.type) {
    case 'INVOKE':
      return invokeV3TransactionHash({
        ...common,
        senderAddress: transaction.senderAddress as Address,
        calldata: transaction.calldata as readonly Felt[],
        accountDeploymentData: transaction.accountDeploymentData as readonly Felt[],
      });
    case 'DEPLOY_ACCOUNT':
      return deployAccountV3TransactionHash({
        ...common,
        classHash: transaction.classHash as ClassHash,
        salt: transaction.salt as Felt,
        constructorCalldata: transaction.constructorCalldata as readonly Felt[],
      });
    case 'DECLARE':
      return declareV3TransactionHash({
        ...common,
        senderAddress: transaction.senderAddress as Address,
        classHash: transaction.classHash as ClassHash,
        compiledClassHash: transaction.compiledClassHash as Felt,
        accountDeploymentData: transaction.accountDeploymentData as readonly Felt[],
      });
  }
};

const modeNumber = (mode: DataAvailabilityMode): number => (mode === 'L1' ? 0 : 1);
