import type { JsonObject } from './fact.ts';

/** A fact as it is stored: everything in its printed form, which is what read models hold too. */
export interface StoredFact {
  readonly account: string;
  readonly blockNumber: number;
  readonly blockHash: string;
  readonly transactionIndex: number;
  readonly eventIndex: number;
  readonly transactionHash: string | null;
  readonly kind: string;
  readonly sessionKey: string | null;
  readonly token: string | null;
  readonly payload: JsonObject;
}

/** The facts of one account in one block, by their place. */
export interface FactBlock {
  readonly blockNumber: number;
  readonly blockHash: string;
  readonly timestampSeconds: string;
  readonly facts: readonly StoredFact[];
}

/** What the table `accounts` says of an account. */
export interface ProjectedAccount {
  readonly address: string;
  /** Undefined: not followed. Facts of it may be there all the same. */
  readonly followedFromBlock: number | undefined;
  /** Blocks below, of which a history was read that does not reach it yet; both ends inclusive. */
  readonly history?: { readonly fromBlock: number; readonly toBlock: number };
}

/** A row without `network_id`: columns by name, in any form that the column's type reads. */
export type ProjectedRow = Readonly<Record<string, unknown>>;

/** A table that a projection fills. */
export interface ProjectedTable {
  readonly name: string;
  /** The primary key without `network_id`. None of it is ever null. */
  readonly key: readonly string[];
  /** The other columns, those left out that the database fills by itself. */
  readonly columns: readonly string[];
}

/** A contradiction that a fold met in the facts themselves. */
export interface FoldComplaint {
  readonly code: 'FACTS_DISCONTINUOUS';
  readonly account: string;
  readonly blockNumber: number;
  readonly subject: string;
}

/** One account being folded. Rows are handed over as soon as nothing can change them any more. */
export interface AccountProjection {
  /** The next canonical block with facts of the account. */
  block(block: FactBlock): void;
  /** A block that a reorg left. */
  orphaned?(block: FactBlock): void;
  /** Rows finished since the last call, by table; with `end` all that are left. */
  take(end: boolean): Readonly<Record<string, readonly ProjectedRow[]>>;
  complaints?(): readonly FoldComplaint[];
}

/**
 * A read model as a fold over facts: what the index writes block by block, said once more, from the facts alone. A
 * rebuild fills its tables by it, a verification compares with it. Pure.
 */
export interface Projection {
  readonly name: string;
  readonly tables: readonly ProjectedTable[];
  begin(account: ProjectedAccount): AccountProjection;
}
