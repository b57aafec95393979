import type { ClassHash, Felt, SessionKey, Address } from '#libs/felt';
import type { EventShapes } from '#libs/account';
import type { ReplayBlock } from '../uses/replay-account-block.ts';
import type { SessionUse, UnexplainedChange } from '../uses/use.ts';
import type { PolicyState, SessionState } from './account-state.ts';

/** An event with its place on the chain. */
export interface LocatedEvent {
  readonly fromAddress: Address;
  readonly keys: readonly Felt[];
  readonly data: readonly Felt[];
  readonly transactionIndex: number;
  readonly transactionHash: Felt;
  readonly eventIndex: number;
}

/** A grant as the owner's calldata gives it: the event leaves the list out. */
export interface OwnerGrant {
  readonly transactionIndex: number;
  readonly sessionKey: SessionKey;
  readonly allowedEntrypoints: readonly Felt[];
}

/** What one block did to one account, as the node gave it. */
export interface AccountBlock {
  readonly blockNumber: number;
  readonly events: readonly LocatedEvent[];
  readonly ownerGrants: readonly OwnerGrant[];
  /** Slots that the block changed, with their value after it. */
  readonly storage: ReadonlyMap<bigint, Felt>;
  /** Set where the block deployed the account or replaced its class. */
  readonly newClass: { readonly classHash: ClassHash; readonly eventShapes: EventShapes } | undefined;
  /** What attributing uses needs. Left out: the state is folded, and nobody is said to have changed it. */
  readonly replay?: ReplayBlock;
}

/** A fact before it is given its block. Derived facts stand at the end of the block. */
export interface AccountFact {
  readonly origin:
    | {
        readonly type: 'EVENT';
        readonly transactionIndex: number;
        readonly transactionHash: Felt;
        readonly eventIndex: number;
      }
    | { readonly type: 'DERIVED' };
  readonly kind: string;
  readonly sessionKey: SessionKey | undefined;
  readonly token: Address | undefined;
  readonly payload: Readonly<Record<string, FactValue>>;
}

/** Felts as 0x hex, numbers as decimal strings: JSON holds no bigint. */
export type FactValue =
  | string
  | boolean
  | null
  | readonly FactValue[]
  | { readonly [name: string]: FactValue };

/** Something that could not be read, kept with its reason. */
export interface AccountDeadLetter {
  readonly event: LocatedEvent | undefined;
  /** Whose words in storage it is; an event says so itself. */
  readonly sessionKey?: SessionKey;
  readonly token?: Address;
  readonly code: string;
  readonly reason: string;
}

/** What a block changed of an account: only entries that differ from the state before. */
export interface AccountChanges {
  readonly facts: readonly AccountFact[];
  readonly deadLetters: readonly AccountDeadLetter[];
  readonly sessions: readonly SessionState[];
  readonly policies: readonly PolicyState[];
  readonly newClass: AccountBlock['newClass'];
  /** The uses of the block, in its order; the facts hold them too. */
  readonly uses: readonly SessionUse[];
  readonly unexplained: readonly UnexplainedChange[];
  /** Not empty: the uses are not settled. To be folded again with the traces of these transactions. */
  readonly needsTraces: readonly Felt[];
}
