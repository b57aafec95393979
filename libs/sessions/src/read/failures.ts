import { AccountError } from '#libs/account';
import { PurserError } from '#libs/api';
import { type ChainErrorCode, isChainError } from '#libs/chain';

export { askIndex, indexUnavailable } from '#libs/api';

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
