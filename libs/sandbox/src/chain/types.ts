import type { Behaviour } from '../behaviour.ts';
import type { ClassRegistry } from '../classes/class-registry.ts';
import type { StateDiffJson } from '../state/changes-json.ts';
import type { StateChanges } from '../state/state-reader.ts';
import type { GasPrices } from '../transactions/gas.ts';
import type { BlockRecord, TransactionRecord } from './block-record.ts';
import type { BlockTime } from './block-time.ts';

/** What listeners hear: notices of subscriptions and the log on disk are made from these. */
export type ChainNotice =
  | { readonly kind: 'PRE_CONFIRMED'; readonly transaction: TransactionRecord }
  | { readonly kind: 'BLOCK'; readonly block: BlockRecord }
  | { readonly kind: 'REORG'; readonly aborted: readonly BlockRecord[] }
  | { readonly kind: 'ACCEPTED_ON_L1'; readonly blockNumber: number };

export interface ChainOptions {
  readonly chainId: bigint;
  readonly seed: number;
  readonly behaviour: Behaviour;
  readonly classes: ClassRegistry;
  readonly time: BlockTime;
  readonly prices: GasPrices;
  /** Whether each transaction closes a block. */
  readonly blockPerTransaction: boolean;
}

export interface GenesisState {
  /** Is there before the first block and in no state diff. */
  readonly predeployed: StateChanges;
  /** The state diff of block 0. */
  readonly diff: StateDiffJson;
}
