export type DatabaseErrorCode =
  | 'CONNECTION_FAILED'
  | 'CONNECTION_LOST'
  | 'DEADLOCK'
  | 'SERIALIZATION_FAILURE'
  | 'STATEMENT_TIMEOUT'
  | 'READ_ONLY_SERVER'
  | 'DISK_FULL'
  | 'UNIQUE_VIOLATION'
  | 'CONSTRAINT_VIOLATION'
  | 'INSERT_ONLY'
  | 'FACT_MALFORMED'
  | 'COMMIT_OUTCOME_UNKNOWN'
  | 'ROLLED_BACK'
  | 'CURSOR_CONFLICT'
  | 'WRITER_LOCK_LOST'
  | 'NUMBER_OUT_OF_RANGE'
  | 'SCOPE_MALFORMED'
  | 'UNSCOPED_STATEMENT'
  | 'STATEMENT_VARIES'
  | 'ROLES_MISSING'
  | 'API_ROLE_UNSAFE'
  | 'MIGRATION_CHANGED'
  | 'MIGRATION_FAILED'
  | 'MIGRATION_FILES_INVALID'
  | 'SCHEMA_NEWER_THAN_BINARY'
  | 'SCHEMA_OLDER_THAN_BINARY'
  | 'EMBEDDED_POSTGRES_MISSING'
  | 'EMBEDDED_POSTGRES_VERSION'
  | 'EMBEDDED_POSTGRES_FAILED'
  | 'QUERY_FAILED';

const RETRYABLE: ReadonlySet<DatabaseErrorCode> = new Set([
  'CONNECTION_FAILED',
  'CONNECTION_LOST',
  'DEADLOCK',
  'SERIALIZATION_FAILURE',
  'STATEMENT_TIMEOUT',
  'READ_ONLY_SERVER',
]);

/**
 * A fault of the database. `retryable` promises that nothing of the attempt was committed and that
 * the same work may be tried again; an unknown outcome is therefore not retryable.
 */
export class DatabaseError extends Error {
  override readonly name: string = 'DatabaseError';
  readonly code: DatabaseErrorCode;
  readonly retryable: boolean;

  constructor(code: DatabaseErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryable = RETRYABLE.has(code);
  }
}

const BY_SQLSTATE: Readonly<Record<string, DatabaseErrorCode>> = {
  '40P01': 'DEADLOCK',
  '40001': 'SERIALIZATION_FAILURE',
  '57014': 'STATEMENT_TIMEOUT',
  '55P03': 'STATEMENT_TIMEOUT',
  // After a fail-over, while we still talk to what is a replica now.
  '25006': 'READ_ONLY_SERVER',
  '25P03': 'CONNECTION_LOST',
  '53100': 'DISK_FULL',
  '53300': 'CONNECTION_FAILED',
  '57P01': 'CONNECTION_LOST',
  '57P02': 'CONNECTION_LOST',
  '57P03': 'CONNECTION_FAILED',
  '23505': 'UNIQUE_VIOLATION',
  '23001': 'INSERT_ONLY',
};

const BY_DRIVER_CODE: Readonly<Record<string, DatabaseErrorCode>> = {
  CONNECTION_CLOSED: 'CONNECTION_LOST',
  CONNECTION_ENDED: 'CONNECTION_LOST',
  CONNECTION_DESTROYED: 'CONNECTION_LOST',
  ECONNRESET: 'CONNECTION_LOST',
  EPIPE: 'CONNECTION_LOST',
  ETIMEDOUT: 'CONNECTION_LOST',
  CONNECT_TIMEOUT: 'CONNECTION_FAILED',
  ECONNREFUSED: 'CONNECTION_FAILED',
  ENOTFOUND: 'CONNECTION_FAILED',
  EAI_AGAIN: 'CONNECTION_FAILED',
  ECONNABORTED: 'CONNECTION_LOST',
  ENETRESET: 'CONNECTION_LOST',
  ENOTCONN: 'CONNECTION_LOST',
  EHOSTDOWN: 'CONNECTION_FAILED',
  EHOSTUNREACH: 'CONNECTION_FAILED',
  ENETDOWN: 'CONNECTION_FAILED',
  ENETUNREACH: 'CONNECTION_FAILED',
  EADDRNOTAVAIL: 'CONNECTION_FAILED',
};

const sqlStateCode = (state: string): DatabaseErrorCode => {
  const known = BY_SQLSTATE[state];
  if (known !== undefined) return known;
  if (state.startsWith('08')) return 'CONNECTION_LOST';
  // Refused at the door: a password that is being changed, a database that is being restored.
  if (state.startsWith('28') || state === '3D000') return 'CONNECTION_FAILED';
  if (state.startsWith('23')) return 'CONSTRAINT_VIOLATION';
  return 'QUERY_FAILED';
};

/** The code a thrown value carries. Not by instanceof: errors of the socket are of another realm where specs run in a vm. */
export const thrownCode = (error: unknown): string | undefined => {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error;
  return hasCode && typeof error.code === 'string' ? error.code : undefined;
};

export const thrownMessage = (error: unknown): string => {
  const hasMessage = typeof error === 'object' && error !== null && 'message' in error;
  return hasMessage && typeof error.message === 'string' ? error.message : String(error);
};

/** Whatever the operating system says to connecting or resolving a name, nothing was sent. */
const isOfConnecting = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'syscall' in error &&
  (error.syscall === 'connect' || error.syscall === 'getaddrinfo');

/** Names the fault of whatever the driver threw, or nothing where it was not the driver. */
export const databaseErrorCode = (error: unknown): DatabaseErrorCode | undefined => {
  if (error instanceof DatabaseError) return error.code;
  const code = thrownCode(error);
  if (code === undefined) return undefined;
  if (isOfConnecting(error)) return BY_DRIVER_CODE[code] ?? 'CONNECTION_FAILED';
  // Every SQLSTATE has a digit; EPERM and the like have none.
  return BY_DRIVER_CODE[code] ?? (/^(?=.*[0-9])[0-9A-Z]{5}$/.test(code) ? sqlStateCode(code) : undefined);
};

/** Wraps what the driver threw; errors of other origin pass through unchanged. */
export const toDatabaseError = (error: unknown): unknown => {
  if (error instanceof DatabaseError) return error;
  const code = databaseErrorCode(error);
  return code === undefined ? error : new DatabaseError(code, thrownMessage(error), { cause: error });
};
