import { createClient } from 'graphql-ws';
import { refused } from './answer.ts';
import type { ClientOptions } from './client.ts';
import { PurserApiError } from './client.error.ts';
import type { Operation } from './operation.ts';

export interface SubscribeOptions<Data> {
  /** Of an event: where to go on behind it. */
  readonly cursorOf: (data: Data) => string;
  /** Ends the subscription with its reason. */
  readonly signal?: AbortSignal;
  /** How often in a row a connection that fails is tried again. Default: 10. */
  readonly retries?: number;
  /** Before the first of them, in milliseconds; twice as long before each next one, to 10 s. Default: 500. */
  readonly retryAfterMs?: number;
}

/** Arguments that say where to go on. */
export interface Resumable {
  readonly after?: string | null | undefined;
}

const RETRIES = 10;
const RETRY_AFTER_MS = 500;
const LONGEST_RETRY_MS = 10_000;

/**
 * Events as they come. Where the connection is lost, or the service ended it because too little was read, it goes on behind the last
 * event: nothing is missing and nothing comes twice. Before the first event that holds only where `after` is given.
 * @throws PurserApiError SERVICE_UNAVAILABLE after too many tries, or with the code of the service's own error
 */
export async function* subscribeTo<Data extends object, Variables extends Resumable>(
  options: ClientOptions,
  operation: Operation<Data, Variables>,
  variables: Variables,
  { cursorOf, signal, retries = RETRIES, retryAfterMs = RETRY_AFTER_MS }: SubscribeOptions<Data>,
): AsyncGenerator<Data, void, undefined> {
  let { after } = variables;
  for (let failures = 0; ; failures += 1) {
    signal?.throwIfAborted();
    try {
      for await (const data of connected(options, operation, { ...variables, after }, signal)) {
        failures = 0;
        after = cursorOf(data);
        yield data;
      }
      throw unavailable(options.url);
    } catch (error) {
      signal?.throwIfAborted();
      const resumeAfter = resumeAfterOf(error);
      if (resumeAfter !== undefined) after = resumeAfter;
      else if (!isLost(error) || failures >= retries) throw error;
    }
    await waitFor(Math.min(retryAfterMs * 2 ** failures, LONGEST_RETRY_MS), signal);
  }
}

/** Until the connection ends. */
async function* connected<Data extends object, Variables extends object>(
  { url, key }: ClientOptions,
  { name, text }: Operation<Data, Variables>,
  variables: object,
  signal: AbortSignal | undefined,
): AsyncGenerator<Data, void, undefined> {
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    // Goes into the first message and never into the URL.
    ...(key !== undefined && { connectionParams: { authorization: `Bearer ${key}` } }),
    retryAttempts: 0,
    lazyCloseTimeout: 0,
  });
  const end = (): void => client.terminate();
  signal?.addEventListener('abort', end, { once: true });
  try {
    for await (const { data, errors } of client.iterate<Data>({
      query: text,
      operationName: name,
      variables: { ...variables },
    })) {
      if (errors !== undefined) throw refused(errors, name, url);
      if (data) yield data;
    }
  } catch (error) {
    throw failureOf(error, name, url);
  } finally {
    signal?.removeEventListener('abort', end);
    await client.dispose();
  }
}

/** Closed for good: what was asked, or who asks, is refused. */
const REFUSING_CODES: ReadonlySet<number> = new Set([4400, 4401, 4403, 4406, 4409, 4429]);

const failureOf = (error: unknown, name: string, url: string): unknown => {
  if (error instanceof PurserApiError) return error;
  if (Array.isArray(error)) return refused(error, name, url);
  const { code, reason } = (error ?? {}) as { readonly code?: unknown; readonly reason?: unknown };
  if (typeof code === 'number' && REFUSING_CODES.has(code)) {
    const coded = typeof reason === 'string' && /^[A-Z_]+$/.test(reason) ? reason : 'ANSWER_MALFORMED';
    return new PurserApiError(coded, `the service closed the connection: ${String(reason)}`);
  }
  return unavailable(url, error);
};

const unavailable = (url: string, cause?: unknown): PurserApiError =>
  new PurserApiError('SERVICE_UNAVAILABLE', `no service answers at ${url}`, { cause, retryable: true });

const isLost = (error: unknown): boolean =>
  error instanceof PurserApiError && error.code === 'SERVICE_UNAVAILABLE';

const resumeAfterOf = (error: unknown): string | undefined => {
  if (!(error instanceof PurserApiError) || error.code !== 'SUBSCRIBER_TOO_SLOW') return undefined;
  const { resumeAfter } = error.details;
  return typeof resumeAfter === 'string' ? resumeAfter : undefined;
};

const waitFor = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
