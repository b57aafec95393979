import { AccountError } from '#libs/account';
import { PurserError } from '#libs/api';
import { type ChainErrorCode, isChainError } from '#libs/chain';
import { DatabaseError, toDatabaseError } from '#libs/database';

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

/** The node said that the question makes no sense for this contract: that is an answer, and not its absence. */
const ANSWERED: ReadonlySet<ChainErrorCode> = new Set(['CONTRACT_ERROR', 'ENTRYPOINT_NOT_FOUND']);

/**
 * Runs a question to a node and gives each failure its code. What the account answered and cannot be read is
 * SESSION_INVALID_RESPONSE (or INVALID_SPENDING_POLICY); everything else that went wrong is NODE_UNAVAILABLE.
 */
export const askNode = async <T>(question: () => Promise<T>): Promise<T> => {
  try {
    return await question();
  } catch (error) {
    if (error instanceof PurserError) throw error;
    if (error instanceof AccountError) throw unreadableAnswer(error);
    if (!isChainError(error)) throw error;
    if (error.code === 'CONTRACT_NOT_FOUND') {
      throw new PurserError('CONTRACT_NOT_FOUND', 'There is no contract at this address.', { cause: error });
    }
    if (ANSWERED.has(error.code)) {
      throw new PurserError('SESSION_INVALID_RESPONSE', 'The account refused to tell its session data.', {
        details: { reason: error.code },
        cause: error,
      });
    }
    throw new PurserError('NODE_UNAVAILABLE', 'The node did not give a usable answer.', {
      details: { reason: error.code },
      cause: error,
    });
  }
};

const unreadableAnswer = (error: AccountError): PurserError => {
  const code = error.code === 'INVALID_SPENDING_POLICY' ? error.code : 'SESSION_INVALID_RESPONSE';
  return new PurserError(code, `The account's answer cannot be read: ${error.message}.`, { cause: error });
};
