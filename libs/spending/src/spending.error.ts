export type SpendingErrorCode = 'USE_FACT_MALFORMED' | 'MOVEMENT_FACT_MALFORMED';

/** A fact that the ledgers are folded from does not have the shape it is written with: a fault of ours. */
export class SpendingError extends Error {
  readonly code: SpendingErrorCode;
  readonly retryable = false;

  constructor(code: SpendingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SpendingError';
    this.code = code;
  }
}
