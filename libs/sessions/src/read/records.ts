import type { SessionData, SpendingPolicy } from '#libs/account';
import type { Source } from '#libs/api';
import type { Address, ClassHash, Felt, SessionKey } from '#libs/felt';
import type { ServedNetwork } from './ports.ts';

/** The block that an answer speaks of. */
export interface AnswerBlock {
  readonly blockNumber: number;
  readonly blockHash: Felt;
  readonly timestampSeconds: bigint;
  readonly finality: 'ACCEPTED_ON_L2' | 'ACCEPTED_ON_L1';
}

/** Which blocks the index has read for an account without a gap, up to the answer's block. */
export interface CoverageRecord {
  /** First block whose state is known; nothing when none is. */
  readonly stateFrom: number | undefined;
  /** First block whose session events are known. */
  readonly eventsFrom: number | undefined;
  /** The back-fill that is not finished; nothing where there is none. */
  readonly backfill?: BackfillRecord | undefined;
}

/** How far a back-fill is. */
export interface BackfillRecord {
  readonly callsMade: number;
  /** Undefined before it is known. */
  readonly callsLeft: number | undefined;
  readonly callsPerSecond: number | undefined;
}

export const NO_COVERAGE: CoverageRecord = {
  stateFrom: undefined,
  eventsFrom: undefined,
};

/** Where an answer comes from: the same for every row of it. */
export interface Origin {
  readonly network: ServedNetwork;
  readonly block: AnswerBlock;
  readonly source: Source;
}

export type Lifecycle = 'REGISTERED' | 'REVOKED';

/** One session key of one account at one block. */
export interface SessionRecord {
  readonly account: Address;
  readonly sessionKey: SessionKey;
  readonly data: SessionData;
  /** Undefined: the list is not known, which is not the same as empty. */
  readonly allowedEntrypoints: readonly Felt[] | undefined;
  readonly lifecycle: Lifecycle;
  readonly lifecycleBlock: number | undefined;
  readonly lifecycleTransaction: Felt | undefined;
  /** Undefined: not known. */
  readonly classHash: ClassHash | undefined;
  readonly coverage: CoverageRecord;
}

/** One spending policy of one session key at one block. */
export interface PolicyRecord {
  readonly account: Address;
  readonly sessionKey: SessionKey;
  readonly token: Address;
  readonly policy: SpendingPolicy;
  readonly classHash: ClassHash | undefined;
  readonly coverage: CoverageRecord;
}
