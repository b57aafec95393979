/** Why a session key is refused. Codes stay: clients switch on them. */
export type RefusalCode =
  | 'SESSION_NOT_REGISTERED'
  | 'SESSION_EXPIRED'
  | 'SESSION_MAX_CALLS_EXCEEDED'
  | 'SESSION_ENTRYPOINT_NOT_ALLOWED'
  | 'SIGNATURE_OUTLIVES_SESSION'
  | 'INVALID_SIGNATURE'
  | 'INVALID_CALL'
  | 'SPENDING_PER_CALL_EXCEEDED'
  | 'SPENDING_WINDOW_EXCEEDED'
  | 'SPENDING_OVERFLOW'
  | 'OUTSIDE_EXECUTION_INVALID_CALLER'
  | 'OUTSIDE_EXECUTION_TOO_EARLY'
  | 'OUTSIDE_EXECUTION_TOO_LATE'
  | 'OUTSIDE_EXECUTION_NONCE_USED'
  | 'OWNER_ACTION_REFUSED';

/** The rule of the contract that refused; several rules share a code, and several share a panic text. */
export type RefusalRule =
  | 'SIGNATURE_EXPIRY'
  | 'SIGNATURE_WITHIN_SESSION'
  | 'REGISTERED'
  | 'SESSION_EXPIRY'
  | 'CALLS_LEFT'
  | 'ADMIN_SELECTOR'
  | 'SELF_CALL'
  | 'WHITELIST'
  | 'SIGNATURE'
  | 'CALLDATA_LENGTH'
  | 'AMOUNT_RANGE'
  | 'PER_CALL'
  | 'WINDOW_END_OVERFLOW'
  | 'SPENT_OVERFLOW'
  | 'WINDOW'
  | 'CALLER'
  | 'EXECUTE_AFTER'
  | 'EXECUTE_BEFORE'
  | 'NONCE'
  | 'GRANT'
  | 'REVOKE'
  | 'SIGNATURE_MODE';

/** A refusal as the contract would give it. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly rule: RefusalRule;
  /** The contract's own text. Absent where it returns 0 without one, as all of `__validate__` does. */
  readonly panicText?: string;
  /** Position of the first call that broke the rule. */
  readonly callIndex?: number;
  /** The numbers compared: seconds, counts, base units, selectors. */
  readonly details: Readonly<Record<string, bigint>>;
}

/** The texts accounts of this standard panic with. One text covers several causes: it confirms a code, never gives it. */
export const PANIC_TEXTS = {
  perCall: 'Spending: exceeds per-call',
  window: 'Spending: exceeds window limit',
  calldataTooShort: 'Spending: calldata too short',
  invalidAmount: 'Spending: invalid amount',
  u64Overflow: 'u64_add Overflow',
  u256Overflow: 'u256_add Overflow',
  unauthorizedSelector: 'Session: unauthorized selector',
  validUntilExceeded: 'Session: valid_until exceeded',
  zeroKey: 'Session: zero key',
  zeroExpiry: 'Session: zero expiry',
  zeroCalls: 'Session: zero calls',
  notRegistered: 'Session: not registered',
  invalidMode: 'Session: invalid mode',
  modeDowngrade: 'Session: mode downgrade',
  invalidCaller: 'SRC9: invalid caller',
  tooEarly: 'SRC9: now <= execute_after',
  tooLate: 'SRC9: now >= execute_before',
  duplicatedNonce: 'SRC9: duplicated nonce',
  invalidSignature: 'SRC9: invalid signature',
  accountInvalidCaller: 'Account: invalid caller',
  accountUnauthorized: 'Account: unauthorized',
} as const;
