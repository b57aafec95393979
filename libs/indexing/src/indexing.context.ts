import type { ProfileRegistry } from '#libs/account';
import type { BlockHeader, ChainCursor, ChainSource, Clock } from '#libs/chain';
import type { Db } from '#libs/database';
import type { Cursor } from '#libs/facts';
import type { Felt } from '#libs/felt';
import type { AccountStateCache } from './account-state-cache.ts';
import type { Registry } from './account-registry.ts';
import type { ClassCatalogue } from './class-catalogue.ts';

/** A log that takes fixed fields and a sentence. */
export interface IndexingLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What indexing one network works with. The cursor follows what is committed; states and registry what is folded. */
export interface IndexingContext {
  readonly db: Db;
  readonly source: ChainSource;
  readonly networkId: number;
  readonly chainId: Felt;
  readonly catalogue: ClassCatalogue;
  readonly states: AccountStateCache;
  readonly profiles: ProfileRegistry;
  readonly registry: Registry;
  readonly discovery: boolean;
  /** Every block from 0 was searched for session events: an account met for the first time has no history. */
  readonly searchedFromGenesis: boolean;
  /** The first block that is read one by one. */
  readonly firstBlock: number;
  /** Alerts of earlier blocks are kept and not sent: they were there before Purser was. */
  readonly alertsFromBlock: number;
  readonly lowCallsThreshold: number;
  readonly deliverAlerts: boolean;
  readonly log: IndexingLog;
  readonly clock: Clock;
  /** Of the read models that the states in memory were read from: a commit over others is refused. */
  generation: number;
  cursor: ChainCursor | undefined;
  /** The newest block known to be final. */
  finalizedBlock: number | undefined;
  /** Somebody accepted that final blocks were replaced, once. */
  acceptsReorgBelowFinality: boolean;
  /** The block of the cursor. */
  cursorHeader: BlockHeader | undefined;
}

/** Where a commit expects the cursor to stand. */
export const expectedCursor = ({
  cursor,
  generation,
}: Pick<IndexingContext, 'cursor' | 'generation'>): Cursor | undefined => cursor && { ...cursor, generation };
