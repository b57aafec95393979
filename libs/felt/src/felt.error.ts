export type FeltErrorCode =
  | 'INVALID_FELT'
  | 'INVALID_ADDRESS'
  | 'INVALID_SESSION_KEY'
  | 'INVALID_U256'
  | 'INVALID_SHORT_STRING';

/** Bad text or a number out of range. Never retryable: the same input fails again. */
export class FeltError extends Error {
  override readonly name = 'FeltError';
  readonly retryable = false;
  readonly code: FeltErrorCode;

  constructor(code: FeltErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
