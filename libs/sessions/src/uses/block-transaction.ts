import type { Address, Felt } from '#libs/felt';

/** What replaying needs of a transaction with its receipt. */
export interface BlockTransaction {
  readonly transactionHash: Felt;
  readonly transactionIndex: number;
  readonly type: 'INVOKE' | 'DEPLOY_ACCOUNT' | 'DEPLOY' | 'DECLARE' | 'L1_HANDLER';
  readonly version: bigint;
  readonly executionStatus: 'SUCCEEDED' | 'REVERTED';
  readonly revertReason?: string;
  readonly actualFee: { readonly amount: bigint; readonly unit: string };
  readonly senderAddress?: Address;
  readonly calldata?: readonly Felt[];
  readonly signature?: readonly Felt[];
}

/** One call of a trace with what it called. */
export interface TracedCall {
  readonly contractAddress: Address;
  readonly entryPointSelector: Felt;
  readonly calldata: readonly Felt[];
  readonly callerAddress: bigint;
  readonly callType: 'CALL' | 'LIBRARY_CALL' | 'DELEGATE';
  readonly result: readonly Felt[];
  readonly isReverted: boolean;
  readonly calls: readonly TracedCall[];
  readonly events: readonly { readonly order: number }[];
}

/** What a transaction did, call by call. */
export interface TracedTransaction {
  readonly validate?: TracedCall;
  readonly execute?: TracedCall;
  readonly functionInvocation?: TracedCall;
  readonly constructorInvocation?: TracedCall;
}

/** The traces that were asked for, by transaction hash; UNAVAILABLE where no provider has one. */
export type Traces = ReadonlyMap<bigint, TracedTransaction | 'UNAVAILABLE'>;

export const traceOf = (
  traces: Traces,
  { transactionHash }: BlockTransaction,
): TracedTransaction | undefined => {
  const found = traces.get(transactionHash);
  return found === 'UNAVAILABLE' ? undefined : found;
};
