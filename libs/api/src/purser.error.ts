import { ERROR_CODES, type PurserErrorCode } from './error-codes/index.ts';

/** Plain data that helps a caller: no text of other systems, no URL, no secret. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

export interface PurserErrorOptions extends ErrorOptions {
  readonly details?: ErrorDetails;
  /** Only where this case differs from what the code says in general. */
  readonly retryable?: boolean;
}

/**
 * A failure that has a code. GraphQL shows it as `extensions { code retryable details }`; its message is
 * written for the caller, so it never quotes what another system said.
 */
export class PurserError extends Error {
  override readonly name = 'PurserError';
  readonly code: PurserErrorCode;
  readonly retryable: boolean;
  readonly details: ErrorDetails | undefined;

  constructor(code: PurserErrorCode, message: string, options: PurserErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.retryable = options.retryable ?? ERROR_CODES[code].retryable;
    this.details = options.details;
  }

  /** What GraphQL copies into the error of a field. */
  get extensions(): Record<string, unknown> {
    return {
      code: this.code,
      retryable: this.retryable,
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}
