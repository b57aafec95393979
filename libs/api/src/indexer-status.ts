import { type Felt } from '#libs/felt';

export interface StatusBlock {
  readonly blockNumber: number;
  readonly blockHash: Felt;
  readonly timestampSeconds: bigint;
  readonly finality?: 'ACCEPTED_ON_L2' | 'ACCEPTED_ON_L1';
}

export interface ProgressStatus {
  readonly done: number;
  readonly total: number;
  readonly ratePerSecond?: number;
  readonly secondsLeft?: number;
}

/** Of a network that no process has begun to index. The database numbers them from 1. */
export const UNKNOWN_NETWORK_ID = 0;

/** What the indexer knows of one network, kept in memory: reading it costs nothing and never fails. */
export interface NetworkStatus {
  /** In the database, or UNKNOWN_NETWORK_ID. */
  readonly networkId: number;
  readonly chainId: Felt;
  readonly label: string;
  readonly sandbox: boolean;
  /** The newest block of the chain that a node told of. */
  readonly head?: StatusBlock;
  /** The newest block that is committed. */
  readonly indexed?: StatusBlock;
  /** The newest block that is final on Ethereum. */
  readonly finalizedBlock?: number;
  readonly lagBlocks?: number;
  readonly lagSeconds?: number;
  /** How long there was work and no block was committed. */
  readonly stalledSeconds?: number;
  readonly progress?: ProgressStatus;
  /** Accounts whose current state is being read, while any wait for that. */
  readonly accounts?: ProgressStatus;
  /** A sentence without URLs or secrets. */
  readonly lastError?: string;
  /** Set while nothing but a person gets the indexing going again: the code of the reason. */
  readonly stopped?: string;
}

/** Port: implemented by the indexer in the same process, or over the database where another process indexes. */
export interface IndexerStatus {
  networks(): readonly NetworkStatus[];
}

export const INDEXER_STATUS = Symbol('IndexerStatus');
