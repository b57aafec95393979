import type { Call, Debit, ExecutionPath, OutsideExecution, Refusal } from '#libs/account';
import type { Address, Felt, SessionKey } from '#libs/felt';
import type { BlockTransaction } from './block-transaction.ts';

/** SUCCEEDED and REVERTED as the transaction; FAILED_INSIDE: taken back inside a transaction that succeeded. */
type UseOutcome = 'SUCCEEDED' | 'REVERTED' | 'FAILED_INSIDE';

/** One session-signed request that reached the account, before the state says what came of it. */
export interface Attempt {
  readonly transaction: BlockTransaction;
  readonly path: ExecutionPath;
  readonly sessionKey: SessionKey;
  readonly signature: { readonly r: Felt; readonly s: Felt };
  readonly signatureValidUntilSeconds: bigint;
  /** Undefined where the calldata is not in the standard's form. */
  readonly calls: readonly Call[] | undefined;
  /** Whether the sender's own account made the call. An INVOKE always is. */
  readonly topLevel: boolean;
  /** Who called the account; undefined where nothing tells. */
  readonly caller: bigint | undefined;
  readonly outside: OutsideExecution | undefined;
  /** Which inner calls failed, by index, as a trace tells; undefined without one. */
  readonly failedCalls: readonly (boolean | undefined)[] | undefined;
}

/** What the rules say on the state before a use that came to nothing. UNKNOWN: a rule that nobody has shown decides. */
export type UseRefusal =
  | { readonly kind: 'REFUSED'; readonly refusal: Refusal; readonly confirmed: boolean }
  | { readonly kind: 'UNKNOWN'; readonly reasons: readonly string[] };

export interface UsedCall extends Call {
  /** Undefined: the class does not tell and it was not traced. */
  readonly failed: boolean | undefined;
}

/** A call that a session key consumed, or was denied. */
export interface SessionUse extends Omit<Attempt, 'calls' | 'failedCalls'> {
  /** Among the uses of the account in the transaction. */
  readonly ordinal: number;
  readonly outcome: UseOutcome;
  /** Whether it took one of the key's calls. */
  readonly burned: boolean;
  readonly attribution: 'REPLAY' | 'TRACE';
  readonly calls: readonly UsedCall[] | undefined;
  /** Undefined where other calls of the key in the block are not explained. */
  readonly callsUsedBefore: bigint | undefined;
  readonly callsUsedAfter: bigint | undefined;
  readonly maxCalls: bigint;
  /** Undefined where the window rule of the class is not verified, or the policies are not explained. */
  readonly debits: readonly Debit[] | undefined;
  /** Undefined where it succeeded, and where no rule of the account refuses: something else made it fail. */
  readonly refusal: UseRefusal | undefined;
}

/** A change of a key that no transaction of the block explains. */
export interface UnexplainedChange {
  readonly sessionKey: SessionKey;
  /** Calls that storage counts beyond the explained ones; may be negative, or 0 where only a policy differs. */
  readonly delta: bigint;
  readonly reason: 'NO_TRANSACTION_EXPLAINS' | 'TRACE_UNAVAILABLE';
  readonly callsUsedAfter: bigint;
  /** Tokens whose policy is not as the explained debits leave it. */
  readonly tokens: readonly Address[];
  /** Transactions that may be behind it. */
  readonly transactionHashes: readonly Felt[];
}
