import { FeltError } from '#libs/felt';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ERROR_CODES, isPurserErrorCode, type PurserErrorCode } from './error-codes/index.ts';
import { PurserError } from './purser.error.ts';
import { quietMessage } from './quiet-message.ts';

const MAX_MESSAGE_LENGTH = 500;

export interface FormattedErrors {
  readonly statusCode: number;
  readonly errors: readonly GraphQLFormattedError[];
  /** Faults of the service itself: to be logged with the request id, never sent. */
  readonly internal: readonly unknown[];
  /** What we depend on did not answer: the causes belong into the log as well. */
  readonly unavailable: readonly PurserError[];
}

/**
 * Turns whatever was thrown into errors that carry a code of the list. What has no code is a fault of the
 * service: the caller learns the request id and nothing else.
 */
export const formatErrors = (
  thrown: readonly unknown[],
  requestId: string,
  executed: boolean,
): FormattedErrors => {
  const internal: unknown[] = [];
  const errors = thrown.flatMap(unwrap).map((error) => {
    const classified = classify(error);
    if (classified !== undefined) return print(error, classified);
    internal.push(rootCause(error));
    const failure = new PurserError('INTERNAL', 'The service failed; the request id finds it in the log.', {
      details: { requestId },
    });
    return print(error, failure);
  });
  const unavailable = thrown.flatMap(unwrap).map(rootCause).filter(isUnavailable);
  return {
    statusCode: executed ? 200 : statusOf(thrown, internal.length > 0),
    errors,
    internal,
    unavailable,
  };
};

const isUnavailable = (error: unknown): error is PurserError =>
  error instanceof PurserError && error.retryable && error.cause !== undefined;

interface Classified {
  readonly message: string;
  readonly extensions: Record<string, unknown>;
}

const classify = (error: unknown): Classified | undefined => {
  const original = error instanceof GraphQLError ? error.originalError : error;
  if (original instanceof PurserError) return { message: original.message, extensions: original.extensions };
  if (original instanceof FeltError) return coded(feltCode(original.code), original.message);
  if (error instanceof GraphQLError && isPurserErrorCode(error.extensions['code'])) {
    return { message: quietMessage(error), extensions: error.extensions };
  }
  const refused = refusedRequest(original);
  if (refused !== undefined) return refused;
  if (error instanceof GraphQLError && (original === undefined || original instanceof GraphQLError)) {
    const code = error.message.startsWith('Variable "$') ? 'BAD_INPUT' : 'BAD_QUERY';
    return coded(code, quietMessage(error));
  }
  return undefined;
};

const feltCode = (code: FeltError['code']): PurserErrorCode => (isPurserErrorCode(code) ? code : 'BAD_INPUT');

/** Errors of the HTTP layer say by their status that the request was at fault. */
const refusedRequest = (error: unknown): Classified | undefined => {
  const status = statusCodeOf(error);
  if (status === undefined || status < 400 || status >= 500) return undefined;
  if (status === 413) return coded('BODY_TOO_LARGE', 'The body of the request is too large.');
  if (status === 405) return coded('METHOD_NOT_ALLOWED', ERROR_CODES.METHOD_NOT_ALLOWED.description);
  // What the HTTP layer says of a body that is no JSON quotes it.
  return coded('BAD_QUERY', 'The request is malformed: a POST with a JSON body is expected.');
};

const coded = (code: PurserErrorCode, message: string): Classified => ({
  message,
  extensions: { code, retryable: ERROR_CODES[code].retryable },
});

const print = (error: unknown, { message, extensions }: Classified): GraphQLFormattedError => ({
  message: message.length > MAX_MESSAGE_LENGTH ? `${message.slice(0, MAX_MESSAGE_LENGTH)}...` : message,
  ...(error instanceof GraphQLError && error.locations !== undefined ? { locations: error.locations } : {}),
  ...(error instanceof GraphQLError && error.path !== undefined ? { path: error.path } : {}),
  extensions,
});

/** mercurius wraps the errors of parsing and validation into one error with a list. */
const unwrap = (error: unknown): unknown[] => {
  const original = error instanceof GraphQLError ? error.originalError : error;
  const list =
    original !== undefined && original !== null ? (original as { errors?: unknown }).errors : undefined;
  return Array.isArray(list) && list.length > 0 ? list : [error];
};

const rootCause = (error: unknown): unknown =>
  error instanceof GraphQLError && error.originalError !== undefined ? error.originalError : error;

const statusCodeOf = (error: unknown): number | undefined => {
  if (typeof error !== 'object' || error === null) return undefined;
  const status = (error as { statusCode?: unknown }).statusCode;
  return typeof status === 'number' ? status : undefined;
};

const statusOf = (thrown: readonly unknown[], hasInternal: boolean): number => {
  if (hasInternal) return 500;
  const [first] = thrown;
  return statusCodeOf(first instanceof GraphQLError ? first.originalError : first) ?? 400;
};
