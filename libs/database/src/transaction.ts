import type { IsolationLevel } from 'kysely';
import type { Db, Trx } from './database.ts';
import { DatabaseError, databaseErrorCode, toDatabaseError } from './database.error.ts';

export interface TransactionOptions {
  readonly isolationLevel?: IsolationLevel;
  /** How often to run the work in all, when each failure was retryable. The work must be repeatable. Default 1. */
  readonly attempts?: number;
  /**
   * Asked when the connection broke during COMMIT: look at a row that only this transaction writes (the cursor)
   * and say whether it is there. Without it the caller gets COMMIT_OUTCOME_UNKNOWN.
   */
  readonly wasCommitted?: (db: Db) => Promise<boolean>;
}

/**
 * Runs the work in one transaction: all of it is committed, or none.
 * @throws DatabaseError for faults of the database; whatever the work throws passes through after a rollback.
 */
export const inTransaction = async <T>(
  db: Db,
  work: (trx: Trx) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> => {
  const attempts = options.attempts ?? 1;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runOnce(db, work, options);
    } catch (error) {
      const retryable = error instanceof DatabaseError && error.retryable;
      if (!retryable || attempt >= attempts) throw error;
      await pause(attempt);
    }
  }
};

const runOnce = async <T>(
  db: Db,
  work: (trx: Trx) => Promise<T>,
  options: TransactionOptions,
): Promise<T> => {
  let finished: { readonly value: T } | undefined;
  const builder = options.isolationLevel
    ? db.transaction().setIsolationLevel(options.isolationLevel)
    : db.transaction();
  try {
    return await builder.execute(async (trx) => {
      const value = await work(trx);
      finished = { value };
      return value;
    });
  } catch (error) {
    const lostInCommit = finished !== undefined && databaseErrorCode(error) === 'CONNECTION_LOST';
    if (!lostInCommit || finished === undefined) throw toDatabaseError(error);
    return await resolveUnknownCommit(db, finished.value, options, error);
  }
};

const resolveUnknownCommit = async <T>(
  db: Db,
  value: T,
  options: TransactionOptions,
  cause: unknown,
): Promise<T> => {
  const unknown = new DatabaseError('COMMIT_OUTCOME_UNKNOWN', 'the connection broke during commit', {
    cause,
  });
  if (options.wasCommitted === undefined) throw unknown;
  let committed: boolean;
  try {
    committed = await options.wasCommitted(db);
  } catch {
    throw unknown;
  }
  if (committed) return value;
  throw new DatabaseError('CONNECTION_LOST', 'the connection broke before the commit took effect', { cause });
};

const pause = (attempt: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, 20 * 2 ** attempt * (0.5 + Math.random())));
