import { EXIT } from './exit-codes.ts';

export type CliErrorCode =
  | 'ALREADY_RUNNING'
  | 'ANSWER_MALFORMED'
  | 'ARGUMENT_INVALID'
  | 'ATTRIBUTION_INCOMPLETE'
  | 'AUDIT_BROKEN'
  | 'BACKFILL_CANCELLED'
  | 'BACKFILL_NOT_OPEN'
  | 'BACKFILL_NOT_RESUMABLE'
  | 'CLASS_PROFILES_INVALID'
  | 'CONFIRMATION_REQUIRED'
  | 'DATABASE_UNFIT'
  | 'DATABASE_URL_REQUIRED'
  | 'DEMO_FAILED'
  | 'DIGESTS_DIFFER'
  | 'IMPORT_INVALID'
  | 'EXPORT_BROKEN'
  | 'INDEX_DIFFERS'
  | 'FILE_UNREADABLE'
  | 'FILE_UNWRITABLE'
  | 'INTERRUPTED'
  | 'KEY_PEPPER_REQUIRED'
  | 'NETWORK_REQUIRED'
  | 'NETWORK_UNKNOWN'
  | 'NODE_REQUIRED'
  | 'NOT_STARTED_YET'
  | 'PORT_TAKEN'
  | 'RESUME_REQUIRED'
  | 'SECRETS_MALFORMED'
  | 'SERVICE_UNAVAILABLE'
  | 'SHUTDOWN_TIMEOUT';

export interface CliErrorOptions extends ErrorOptions {
  /** What the person may do about it. */
  readonly hint?: string;
  /** Default UNAVAILABLE (69). */
  readonly exitCode?: number;
}

/** A failure that the person at the terminal can act on. Printed without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: string;
  readonly exitCode: number;
  readonly hint: string | undefined;

  /** A code of ours, or the one that the service answered with. */
  constructor(code: CliErrorCode | (string & {}), message: string, options: CliErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.exitCode = options.exitCode ?? EXIT.UNAVAILABLE;
    this.hint = options.hint;
  }
}
