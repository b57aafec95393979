import { PurserError, type PurserErrorCode, type PurserErrorOptions } from '#libs/api';
import type { Refusal } from './refusals/refusal.ts';

const STATUS = {
  UNAUTHENTICATED: 401,
  KEY_MALFORMED: 401,
  KEY_UNKNOWN: 401,
  KEY_EXPIRED: 401,
  KEY_REVOKED: 401,
  FORBIDDEN: 403,
  TOKEN_INVALID: 401,
  SIGN_IN_REFUSED: 401,
  SESSION_SIGNATURE_REFUSED: 401,
  CHALLENGE_EXPIRED: 401,
  NOT_A_MEMBER: 403,
  ORGANISATION_REQUIRED: 400,
  SIGN_IN_UNAVAILABLE: 503,
  RATE_LIMITED: 429,
} as const satisfies { [Code in PurserErrorCode]?: number };

export type AccessErrorCode = keyof typeof STATUS;

/** Somebody may not, or is not known. */
export class AccessError extends PurserError {
  /** Of the HTTP answer, where nothing else was answered. */
  readonly statusCode: (typeof STATUS)[AccessErrorCode];
  /** Of a credential that tells whom its refusal concerns. Not part of any answer. */
  refusal: Refusal | undefined;

  constructor(code: AccessErrorCode, message: string, options: PurserErrorOptions = {}) {
    super(code, message, options);
    this.statusCode = STATUS[code];
  }
}
