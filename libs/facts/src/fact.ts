import type { Address, Felt, SessionKey } from '#libs/felt';

/** JSON as it is stored: felts in their printed form, integers that may pass 2^53 as decimal strings. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };
export type JsonObject = Readonly<Record<string, JsonValue>>;

/** `transactionIndex` of what was derived from the state diff of a block: after every transaction. */
export const DERIVED_TRANSACTION_INDEX = 2_147_483_647;

/** Where on the chain. A fact is known by its account and place, so writing it again changes nothing. */
export interface FactPlace {
  readonly blockNumber: number;
  readonly blockHash: Felt;
  readonly transactionIndex: number;
  /** In the transaction; for derived facts their ordinal among those of the account in the block. */
  readonly eventIndex: number;
  readonly transactionHash: Felt | undefined;
}

export interface NewFact extends FactPlace {
  readonly account: Address;
  readonly kind: string;
  readonly sessionKey: SessionKey | undefined;
  readonly token: Address | undefined;
  readonly payload: JsonObject;
}

/** A fact read back, with what its block says of it now. */
export interface Fact extends NewFact {
  readonly timestampSeconds: bigint;
  readonly finality: 'ACCEPTED_ON_L2' | 'ACCEPTED_ON_L1';
  /** False: a reorg left the block. */
  readonly canonical: boolean;
}

/** What could not be decoded, with its reason and everything needed to try again. */
export interface NewDeadLetter extends FactPlace {
  readonly account: Address;
  readonly code: string;
  readonly reason: string;
  readonly raw: JsonObject;
}

export interface DeadLetter extends NewDeadLetter {
  readonly recordedAt: Date;
}
