import { PurserError, type PurserErrorCode, type PurserErrorOptions } from '#libs/api';

const STATUS: { readonly [Code in PurserErrorCode]?: number } = {
  METHOD_NOT_ALLOWED: 405,
  BODY_TOO_LARGE: 413,
  RATE_LIMITED: 429,
  INTROSPECTION_REFUSED: 403,
  TIMEOUT: 504,
};

/** A request that is refused before anything of it runs. */
export class AdmissionError extends PurserError {
  /** Of the HTTP answer. */
  readonly statusCode: number;

  constructor(code: PurserErrorCode, message: string, options: PurserErrorOptions = {}) {
    super(code, message, options);
    this.statusCode = STATUS[code] ?? 400;
  }
}

/** A document that does not fit the schema, with everything that was found. */
export class DocumentRefused extends Error {
  override readonly name = 'DocumentRefused';
  readonly statusCode = 400;

  constructor(readonly errors: readonly Error[]) {
    super('the document was refused');
  }
}
