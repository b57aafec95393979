/** What the client itself found; every other code is the service's own: docs/reference/errors.md. */
export type ClientErrorCode =
  /** Nobody answers there, or not in time. */
  | 'SERVICE_UNAVAILABLE'
  /** What answers is no Purser, or none that knows this question. */
  | 'ANSWER_MALFORMED';

export interface PurserApiErrorDetails extends ErrorOptions {
  /** Whether the same question may be answered later. */
  readonly retryable?: boolean;
  /** The field of the answer that failed, from the root. */
  readonly path?: readonly (string | number)[];
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A question that was not answered. */
export class PurserApiError extends Error {
  override readonly name = 'PurserApiError';
  readonly code: string;
  readonly retryable: boolean;
  readonly path: readonly (string | number)[];
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ClientErrorCode | (string & {}), message: string, more: PurserApiErrorDetails = {}) {
    super(message, more);
    this.code = code;
    this.retryable = more.retryable ?? false;
    this.path = more.path ?? [];
    this.details = more.details ?? {};
  }
}
