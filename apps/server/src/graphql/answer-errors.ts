import { formatErrors } from '#libs/api';
import { type GraphQLFormattedError } from 'graphql';
import { type Logger } from 'pino';

export interface AnsweredErrors {
  readonly statusCode: number;
  readonly errors: readonly GraphQLFormattedError[];
}

/** The errors as they are sent. What is our own fault, or that of what we depend on, is logged under the id that is sent. */
export const answerErrors = (
  logger: Logger,
  thrown: readonly unknown[],
  requestId: string,
  executed: boolean,
): AnsweredErrors => {
  const { statusCode, errors, internal, unavailable } = formatErrors(thrown, requestId, executed);
  for (const err of internal) logger.error({ err, requestId }, 'a GraphQL field failed');
  for (const err of unavailable) logger.warn({ code: err.code, err: err.cause, requestId }, err.message);
  return { statusCode: !executed && unavailable.length > 0 ? Math.max(statusCode, 503) : statusCode, errors };
};
