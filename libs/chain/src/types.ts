import type { Address, ClassHash, Felt } from '#libs/felt';

/** A network is its chain id plus the hash of block 0: devnets and forks share chain ids. */
export interface NetworkIdentity {
  readonly chainId: Felt;
  readonly genesisHash: Felt;
}

export type BlockFinality = 'ACCEPTED_ON_L2' | 'ACCEPTED_ON_L1';

export interface BlockHeader {
  readonly blockNumber: number;
  readonly blockHash: Felt;
  readonly parentHash: Felt;
  readonly timestampSeconds: bigint;
  readonly finality: BlockFinality;
  /** Absent where the node does not say: before RPC 0.10, and 0 in old blocks. */
  readonly transactionCount?: number;
  readonly eventCount?: number;
}

export interface ChainEvent {
  readonly fromAddress: Address;
  readonly keys: readonly Felt[];
  readonly data: readonly Felt[];
}

export type TransactionType = 'INVOKE' | 'DEPLOY_ACCOUNT' | 'DEPLOY' | 'DECLARE' | 'L1_HANDLER';

/** A transaction with its receipt. What a kind of transaction does not have is absent. */
export interface TransactionReceipt {
  readonly transactionHash: Felt;
  readonly transactionIndex: number;
  readonly type: TransactionType;
  readonly version: bigint;
  readonly executionStatus: 'SUCCEEDED' | 'REVERTED';
  readonly revertReason?: string;
  readonly actualFee: { readonly amount: bigint; readonly unit: string };
  readonly events: readonly ChainEvent[];
  /** The account of an invoke or declare; the deployed account of a deploy; absent of an L1 handler. */
  readonly senderAddress?: Address;
  readonly calldata?: readonly Felt[];
  readonly signature?: readonly Felt[];
  readonly nonce?: bigint;
  /** Class of a deploy or declare. */
  readonly classHash?: ClassHash;
  /** What else the hash of a v3 transaction covers. */
  readonly v3?: TransactionV3Terms;
}

export interface ResourceBound {
  readonly maxAmount: bigint;
  readonly maxPricePerUnit: bigint;
}

export interface TransactionV3Terms {
  readonly tip: bigint;
  readonly l1Gas: ResourceBound;
  readonly l2Gas: ResourceBound;
  /** Absent in old transactions, whose hash does not cover it. */
  readonly l1DataGas?: ResourceBound;
  readonly paymasterData: readonly Felt[];
  readonly accountDeploymentData: readonly Felt[];
  readonly nonceDataAvailabilityMode: 'L1' | 'L2';
  readonly feeDataAvailabilityMode: 'L1' | 'L2';
  readonly proofFacts?: readonly Felt[];
}

export interface BlockWithReceipts {
  readonly header: BlockHeader;
  readonly transactions: readonly TransactionReceipt[];
  /** Size of the answer it came in; what the follower bounds its runs by. */
  readonly answerBytes?: number;
}

export interface StateUpdate {
  readonly blockHash: Felt;
  readonly storageDiffs: ReadonlyMap<bigint, ReadonlyMap<bigint, Felt>>;
  readonly nonces: ReadonlyMap<bigint, Felt>;
  readonly replacedClasses: ReadonlyMap<bigint, ClassHash>;
  readonly deployedContracts: ReadonlyMap<bigint, ClassHash>;
}

/** One exact block. Only the hash form survives a reorg. */
export type BlockPin = { readonly blockNumber: number } | { readonly blockHash: Felt };
export type BlockRef = BlockPin | 'latest' | 'l1_accepted';

export interface EventQuery {
  readonly fromBlock: number;
  readonly toBlock: number;
  /** Of `toBlock`. A node that is behind or on another branch then refuses, instead of leaving out what it lacks. */
  readonly toBlockHash?: Felt;
  /** Absent: any contract. An empty list: none, and no request is made. */
  readonly address?: Address | readonly Address[];
  /** Alternatives per position; an empty list at a position matches anything. */
  readonly keys: readonly (readonly Felt[])[];
}

export interface EmittedEvent extends ChainEvent {
  readonly blockNumber: number;
  readonly blockHash: Felt;
  readonly transactionHash: Felt;
  /** Since RPC 0.10. */
  readonly transactionIndex?: number;
  readonly eventIndex?: number;
}

export interface OrderedEvent {
  /** Counts through all events of one part of a transaction (validation, execution, fee), failed calls left out. */
  readonly order: number;
  readonly keys: readonly Felt[];
  readonly data: readonly Felt[];
}

/** One call that ran, with all that it called. */
export interface Invocation {
  readonly contractAddress: Address;
  readonly entryPointSelector: Felt;
  readonly calldata: readonly Felt[];
  /** 0 where the protocol itself called. */
  readonly callerAddress: bigint;
  readonly entryPointType: 'EXTERNAL' | 'L1_HANDLER' | 'CONSTRUCTOR';
  readonly callType: 'CALL' | 'LIBRARY_CALL' | 'DELEGATE';
  readonly classHash: ClassHash;
  readonly result: readonly Felt[];
  /** Its effects were taken back, with those of everything under it; the caller may have gone on. */
  readonly isReverted: boolean;
  readonly calls: readonly Invocation[];
  readonly events: readonly OrderedEvent[];
}

/** What a transaction did. An execution that was taken back as a whole is absent: there is only its reason. */
export interface TransactionTrace {
  readonly transactionHash: Felt;
  readonly type: TransactionType;
  readonly validate?: Invocation;
  readonly execute?: Invocation;
  readonly revertReason?: string;
  readonly feeTransfer?: Invocation;
  readonly constructorInvocation?: Invocation;
  readonly functionInvocation?: Invocation;
}

export interface StorageWithUpdateBlock {
  readonly value: Felt;
  /** The block that wrote it last; 0: none did. Absent where the node does not tell. */
  readonly lastUpdateBlock: number | undefined;
}

/** A contract whose class and words are wanted. */
export interface ContractQuestion {
  readonly address: Address;
  readonly slots: readonly Felt[];
}

/** What stands at a contract at one block. */
export interface ContractWords {
  /** Undefined: unknown, as where no contract stands. */
  readonly classHash: ClassHash | undefined;
  /** In the order of the slots asked for. Undefined: unknown. */
  readonly words: readonly Felt[] | undefined;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** Whoever can say what was emitted. */
export type EventWitness = Pick<ChainSource, 'events'>;

/**
 * One network as its nodes tell it. Every answer is checked against what was asked before it gets here.
 * All methods fail with ChainError; its `retryable` says whether the same question may succeed later.
 */
export interface ChainSource {
  network(options?: CallOptions): Promise<NetworkIdentity>;
  head(options?: CallOptions): Promise<BlockHeader>;
  /** @throws ChainError BLOCK_NOT_FOUND */
  header(ref: BlockRef, options?: CallOptions): Promise<BlockHeader>;
  /** The node's own newest L1-accepted block; nothing while there is none. */
  l1AcceptedHead(options?: CallOptions): Promise<BlockHeader | undefined>;
  /** @throws ChainError BLOCK_NOT_FOUND, ANSWER_MISMATCH when counts or hashes contradict each other. */
  block(ref: BlockRef, options?: CallOptions): Promise<BlockWithReceipts>;
  /** With addresses: only those, whether or not the node can filter. @throws ChainError BLOCK_NOT_FOUND */
  stateUpdate(blockHash: Felt, addresses?: readonly Address[], options?: CallOptions): Promise<StateUpdate>;
  /**
   * Each matching event of the range once, in pages. Pages stand in chain order within one filter; where a node's
   * limits made us split the filter (many keys or addresses) the parts follow one another, so sort by position.
   */
  events(query: EventQuery, options?: CallOptions): AsyncIterable<readonly EmittedEvent[]>;
  /**
   * Each provider alone, in order of preference. That a node leaves events out shows in nothing that it says itself;
   * another one may tell them.
   */
  witnesses(): readonly EventWitness[];
  /** @throws ChainError CONTRACT_NOT_FOUND, BLOCK_NOT_FOUND */
  storageAt(address: Address, slot: Felt, ref: BlockRef, options?: CallOptions): Promise<Felt>;
  /** With the block of the last update, where a node tells. @throws ChainError CONTRACT_NOT_FOUND, BLOCK_NOT_FOUND */
  storageWithUpdateBlock(
    address: Address,
    slot: Felt,
    ref: BlockRef,
    options?: CallOptions,
  ): Promise<StorageWithUpdateBlock>;
  /**
   * Classes and words of several contracts in one call, out of a proof of storage; nodes take about 100 slots and
   * contracts at once, and have proofs of the newest blocks only. Absent where a source never has such.
   * @throws ChainError STORAGE_PROOF_UNAVAILABLE, BLOCK_NOT_FOUND
   */
  contractWords?(
    asked: readonly ContractQuestion[],
    blockHash: Felt,
    options?: CallOptions,
  ): Promise<readonly ContractWords[]>;
  /** @throws ChainError ENTRYPOINT_NOT_FOUND, CONTRACT_NOT_FOUND, CONTRACT_ERROR */
  call(
    address: Address,
    selector: Felt,
    calldata: readonly Felt[],
    ref: BlockRef,
    options?: CallOptions,
  ): Promise<readonly Felt[]>;
  /** Nothing where no contract stands. */
  classHashAt(address: Address, ref: BlockRef, options?: CallOptions): Promise<ClassHash | undefined>;
  /** The parsed ABI; nothing where the class was declared without one. @throws ChainError CLASS_NOT_FOUND */
  classAbi(classHash: ClassHash, ref: BlockRef, options?: CallOptions): Promise<unknown>;
  /** @throws ChainError CONTRACT_NOT_FOUND */
  nonceAt(address: Address, ref: BlockRef, options?: CallOptions): Promise<Felt>;
  /**
   * A node finds it by hash, whatever branch it stands on: the caller makes sure that the block is still the one.
   * @throws ChainError TRANSACTION_NOT_FOUND, TRACE_UNAVAILABLE, RPC_METHOD_NOT_FOUND where no provider has it.
   */
  traceTransaction(transactionHash: Felt, options?: CallOptions): Promise<TransactionTrace>;
  close(): Promise<void>;
}
