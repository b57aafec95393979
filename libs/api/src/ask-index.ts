import { DatabaseError, toDatabaseError } from '#libs/database';
import { PurserError } from './purser.error.ts';

const UNAVAILABLE: ReadonlySet<DatabaseError['code']> = new Set([
  'CONNECTION_FAILED',
  'CONNECTION_LOST',
  'DEADLOCK',
  'SERIALIZATION_FAILURE',
  'DISK_FULL',
]);

/**
 * Runs a question to the index; a database that does not answer is INDEX_UNAVAILABLE, never an empty result. A statement that the
 * server cancelled, because its time or that of the request was over, is TIMEOUT.
 */
export const askIndex = async <T>(question: () => Promise<T>): Promise<T> => {
  try {
    return await question();
  } catch (thrown) {
    const error = toDatabaseError(thrown);
    if (error instanceof DatabaseError && error.code === 'STATEMENT_TIMEOUT') throw timedOut(error);
    if (error instanceof DatabaseError && UNAVAILABLE.has(error.code))
      throw indexUnavailable(error.code, error);
    throw error;
  }
};

const timedOut = (cause: unknown): PurserError =>
  new PurserError('TIMEOUT', 'The answer took too long; the question to the index was cancelled.', { cause });

export const indexUnavailable = (reason: string, cause?: unknown): PurserError =>
  new PurserError('INDEX_UNAVAILABLE', 'The index could not be read.', { details: { reason }, cause });
