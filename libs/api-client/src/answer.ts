import { PurserApiError } from './client.error.ts';
import type { Operation } from './operation.ts';

interface AnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly retryable?: boolean; readonly details?: object };
}

/**
 * The data of an answer. A service that knows the fields that were asked for answers in their shape, by the rules of GraphQL, so
 * what is checked here is that something of the kind answers.
 */
export const readAnswer = <Data extends object, Variables>(
  text: string,
  operation: Operation<Data, Variables>,
  url: string,
): Data => {
  const answer = parseJson(text, url);
  if (!isObject(answer)) throw malformed(url);
  const { data, errors } = answer;
  if (errors !== undefined) throw refused(errors, operation.name, url);
  if (!isObject(data)) throw malformed(url);
  return data as Data;
};

/** A field at the root that is null only beside an error. @throws PurserApiError ANSWER_MALFORMED where it is not there */
export const present = <Value>(value: Value | null | undefined): Value => {
  if (value !== null && value !== undefined) return value;
  throw new PurserApiError('ANSWER_MALFORMED', 'a field of the answer is missing, and no error says why');
};

const parseJson = (text: string, url: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed(url, cause);
  }
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The first of the errors of an answer. */
export const refused = (errors: unknown, name: string, url: string): PurserApiError => {
  const [error] = Array.isArray(errors) ? (errors as unknown[]) : [];
  if (!isAnswerError(error)) return malformed(url);
  const { message, path, extensions } = error;
  const { code = 'INTERNAL', retryable, details } = extensions ?? {};
  // The question is ours, so a service that does not know its fields is of another version.
  if (code === 'BAD_QUERY') return malformed(url, new Error(`${name}: ${message}`));
  return new PurserApiError(code, message, {
    ...(retryable !== undefined && { retryable }),
    ...(path !== undefined && { path }),
    ...(details !== undefined && { details: details as Readonly<Record<string, unknown>> }),
  });
};

const isAnswerError = (error: unknown): error is AnswerError =>
  isObject(error) && typeof error['message'] === 'string';

const malformed = (url: string, cause?: unknown): PurserApiError =>
  new PurserApiError('ANSWER_MALFORMED', `what answers at ${url} is not a Purser of this version`, { cause });
