/** What a contract sees of the transaction that runs. */
export interface TransactionView {
  readonly version: bigint;
  readonly senderAddress: bigint;
  readonly transactionHash: bigint;
  readonly signature: readonly bigint[];
  readonly nonce: bigint;
  readonly chainId: bigint;
}

/** What runs: validation sees rounded figures, so that it gives the same result for a while. */
export type ExecutionMode = 'VALIDATE' | 'EXECUTE';

export interface BlockView {
  readonly blockNumber: number;
  readonly timestampSeconds: bigint;
  readonly sequencerAddress: bigint;
}

export type CallOutcome =
  | { readonly ok: true; readonly result: readonly bigint[] }
  | { readonly ok: false; readonly panicData: readonly bigint[] };

/** The syscalls a native contract has, bound to the contract it runs in. */
export interface ContractContext {
  readonly address: bigint;
  readonly callerAddress: bigint;
  readonly block: BlockView;
  readonly transaction: TransactionView;
  readonly argumentErrors: ArgumentErrors;
  read(slot: bigint): bigint;
  write(slot: bigint, value: bigint): void;
  emit(keys: readonly bigint[], data: readonly bigint[]): void;
  /** A failing call is rolled back and reported. @throws FatalExecution where there is no contract. */
  call(to: bigint, selector: bigint, calldata: readonly bigint[]): CallOutcome;
  deploy(classHash: bigint, salt: bigint, calldata: readonly bigint[], fromZero: boolean): bigint;
  replaceClass(classHash: bigint): void;
}

export type EntryPoint = (context: ContractContext, calldata: readonly bigint[]) => readonly bigint[];

/**
 * How a class words a bad argument: NUMBERED as 'Failed to deserialize param #1' of newer compilers, PLAIN as
 * 'Input too short for arguments' of Cairo 2.1.
 */
export type ArgumentErrors = 'NUMBERED' | 'PLAIN';

/** A contract written in TypeScript: entry points by selector. */
export interface NativeContract {
  readonly argumentErrors: ArgumentErrors;
  readonly constructor: EntryPoint | undefined;
  readonly entryPoints: ReadonlyMap<bigint, EntryPoint>;
}

/** Classes by hash, as far as they can be executed. */
export type ClassLookup = (classHash: bigint) => NativeContract | undefined;
