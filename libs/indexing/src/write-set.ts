import type { BlockHeader } from '#libs/chain';
import type { Address, ClassHash } from '#libs/felt';
import type { AccountDeadLetter, AccountFact, PolicyState, SessionState, Versioned } from '#libs/sessions';
import type { PlacedEntries } from '#libs/spending';
import type { Alert } from '#libs/alerts';

/** A fact or dead letter with the block it belongs to. */
export interface Placed<Item> {
  readonly account: Address;
  readonly header: BlockHeader;
  readonly item: Item;
  /** Ordinal among the derived facts of the account in the block; unused for events. */
  readonly ordinal: number;
}

/** An account that starts to be followed inside a run, with nothing before it. */
export interface NewAccount {
  readonly address: Address;
  readonly followedFromBlock: number;
}

/** A contract that emits session events and is no session account. */
interface Rejected {
  readonly address: Address;
  readonly reasonCode: string;
  /** That says so; nothing where the contract was not found. */
  readonly classHash?: ClassHash;
}

/** Everything that one run of blocks writes, in the order of the chain. Committed as one transaction. */
export interface WriteSet {
  readonly headers: BlockHeader[];
  readonly newAccounts: NewAccount[];
  readonly rejected: Rejected[];
  /** Met for the first time with a past that was not searched: read as a whole between two blocks. */
  readonly waiting: Address[];
  readonly facts: Placed<AccountFact>[];
  readonly deadLetters: Placed<AccountDeadLetter>[];
  readonly sessions: Versioned<SessionState>[];
  readonly policies: Versioned<PolicyState>[];
  readonly classes: Versioned<ClassHash>[];
  readonly spending: PlacedEntries[];
  readonly alerts: Alert[];
}

export const emptyWriteSet = (): WriteSet => ({
  headers: [],
  newAccounts: [],
  rejected: [],
  waiting: [],
  facts: [],
  deadLetters: [],
  sessions: [],
  policies: [],
  classes: [],
  spending: [],
  alerts: [],
});
