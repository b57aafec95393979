export type VerificationErrorCode =
  | 'NOTHING_INDEXED'
  | 'FACTS_DAMAGED'
  | 'CHAIN_UNSETTLED'
  | 'NOTHING_TO_RESUME'
  | 'INCIDENT_UNKNOWN'
  | 'ACCOUNT_UNKNOWN'
  | 'BLOCK_UNKNOWN'
  | 'DIGEST_TOO_LARGE'
  | 'EXPORT_INVALID'
  | 'EXPORT_OF_OTHER_NETWORK';

/** Why the index could not be verified, rebuilt or resumed. */
export class VerificationError extends Error {
  override readonly name = 'VerificationError';
  readonly code: VerificationErrorCode;
  readonly retryable: boolean;

  constructor(code: VerificationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryable = code === 'CHAIN_UNSETTLED';
  }
}
