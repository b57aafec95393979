/** What was wrong with the input. Codes stay: callers switch on them. */
export type AccountErrorCode =
  | 'SESSION_INVALID_RESPONSE'
  | 'INVALID_SPENDING_POLICY'
  | 'INVALID_SIGNATURE_MODE'
  | 'INVALID_PRIVATE_KEY'
  | 'INVALID_PROFILES'
  | 'INVALID_ABI'
  | 'EVENT_MALFORMED'
  | 'CALLDATA_MALFORMED'
  | 'TRANSACTION_MALFORMED'
  | 'INVALID_CAPABILITIES';

/** What the account standard does not allow in the input. Never retryable: the same input fails again. */
export class AccountError extends Error {
  override readonly name = 'AccountError';
  readonly retryable = false;
  readonly code: AccountErrorCode;
  /** Every fault found, where the input is a whole file. One entry, the message, otherwise. */
  readonly faults: readonly string[];

  constructor(
    code: AccountErrorCode,
    message: string,
    options?: ErrorOptions & { faults?: readonly string[] },
  ) {
    super(message, options);
    this.code = code;
    this.faults = options?.faults ?? [message];
  }
}
