import type { Call } from '#libs/account';
import type { Address, Felt, SessionKey } from '#libs/felt';
import type { Authority } from '../movements/authority.ts';
import type { DebitCause, MovementCause } from './causes.ts';

/** A transaction of a block, for one account. */
export interface TransactionPlace {
  readonly transactionIndex: number;
  readonly transactionHash: Felt;
}

/** A transfer out of the account, into it beside one, or to itself. */
export interface TokenMovement extends TransactionPlace {
  readonly eventIndex: number;
  readonly token: Address;
  readonly direction: 'OUT' | 'IN' | 'SELF';
  /** Who got it, or gave it. */
  readonly counterparty: Felt;
  readonly amount: bigint;
  readonly authorities: readonly Authority[];
  readonly sender: Felt | undefined;
  readonly relays: readonly Felt[];
}

/** What the account counted of one call, as the use says. */
export interface UseDebit {
  readonly callIndex: number;
  readonly token: Address;
  readonly selector: Felt;
  readonly amount: bigint;
  readonly spentBefore: bigint;
  readonly spentAfter: bigint;
  readonly windowStartSeconds: bigint;
  readonly windowStarted: boolean;
}

export interface UsedCall extends Call {
  /** Undefined: the class does not tell, and it was not traced. */
  readonly failed: boolean | undefined;
}

/** A call of a session key that was burned, as the fact of the use says. */
export interface SessionUse extends TransactionPlace {
  /** The place of the use in its transaction. */
  readonly useIndex: number;
  readonly sessionKey: SessionKey;
  /** Burned, and nothing of it ran. */
  readonly isReverted: boolean;
  /** Undefined: the calldata is not in the standard's form. */
  readonly calls: readonly UsedCall[] | undefined;
  /** Undefined: the window rule of the class is not verified, or the policy not explained: nothing is claimed. */
  readonly debits: readonly UseDebit[] | undefined;
}

/** A row of the ledger of what the contract counted. */
export interface DebitEntry extends UseDebit, TransactionPlace {
  readonly useIndex: number;
  readonly sessionKey: SessionKey;
  /** The recipient, or the spender that was approved. */
  readonly counterparty: Felt;
  readonly cause: DebitCause;
  /** What moved for it; 0 where nothing did. */
  readonly movedAmount: bigint;
}

/** A row of the ledger of what moved. */
export interface MovementEntry extends TransactionPlace {
  readonly eventIndex: number;
  readonly token: Address;
  readonly direction: TokenMovement['direction'];
  readonly counterparty: Felt;
  readonly amount: bigint;
  readonly sender: Felt | undefined;
  readonly cause: MovementCause;
  /** Set where one key alone can have moved it. */
  readonly sessionKey: SessionKey | undefined;
  /** The use and the call that it belongs to, where one alone can. */
  readonly useIndex: number | undefined;
  readonly callIndex: number | undefined;
}

/** A spender that a session key let draw a token. How much is left of it only the token says. */
export interface ApprovalEntry extends TransactionPlace {
  readonly useIndex: number;
  readonly callIndex: number;
  readonly sessionKey: SessionKey;
  readonly token: Address;
  readonly spender: Felt;
}

/** What one account did to both ledgers, in the order of the chain. */
export interface LedgerEntries {
  readonly debits: readonly DebitEntry[];
  readonly movements: readonly MovementEntry[];
  readonly approvals: readonly ApprovalEntry[];
}
