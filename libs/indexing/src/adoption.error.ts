export type AdoptionErrorCode =
  | 'ADOPTION_TOO_LARGE'
  | 'ADOPTION_TIMED_OUT'
  | 'ADOPTION_CHAIN_MOVED'
  | 'ADOPTION_UNCONFIRMED';

/** Why one account could not be read as a whole. Always worth another try later; never a fault of the others. */
export class AdoptionError extends Error {
  override readonly name = 'AdoptionError';
  readonly retryable = true;
  readonly code: AdoptionErrorCode;

  constructor(code: AdoptionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
