import type { Address, Felt } from '#libs/felt';

/** One inner call of a transaction. `to` is 0 only where the chain itself carried a call to nobody. */
export interface Call {
  readonly to: Address;
  readonly selector: Felt;
  readonly calldata: readonly Felt[];
}

/** An event as the chain emitted it; `keys[0]` is the selector of its name. */
export interface RawEvent {
  readonly fromAddress: Address;
  readonly keys: readonly Felt[];
  readonly data: readonly Felt[];
}

/** How a call reaches the account: its own transaction, or `execute_from_outside_v2` inside somebody else's. */
export type ExecutionPath = 'INVOKE' | 'OUTSIDE_EXECUTION';
