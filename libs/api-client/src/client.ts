import { readAnswer } from './answer.ts';
import { PurserApiError } from './client.error.ts';
import type { Operation } from './operation.ts';
import { type Resumable, type SubscribeOptions, subscribeTo } from './subscribe.ts';

export interface ClientOptions {
  /** Of the service, without /graphql. */
  readonly url: string;
  /** An API key, a sign-in or a token of the identity provider. Goes into a header and nowhere else. */
  readonly key?: string | undefined;
  /** The longest that a question may take, in milliseconds. Default: 15,000. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
}

export interface PurserClient {
  /**
   * Asks one question. Fields at the root that are null only beside an error are there: an error is thrown.
   * @throws PurserApiError SERVICE_UNAVAILABLE, ANSWER_MALFORMED, or with the code of the service's own error.
   */
  request<Data extends object, Variables extends object>(
    operation: Operation<Data, Variables>,
    variables: Variables,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Data>;

  /**
   * Events as they come, over a WebSocket that is opened again where it is lost, behind the last event that was read.
   * @throws PurserApiError, while it is read
   */
  subscribe<Data extends object, Variables extends Resumable>(
    operation: Operation<Data, Variables>,
    variables: Variables,
    options: SubscribeOptions<Data>,
  ): AsyncGenerator<Data, void, undefined>;
}

const TIMEOUT_MS = 15_000;

/** Asks a running service: questions over HTTP, subscriptions over WebSocket. */
export const createPurserClient = (options: ClientOptions): PurserClient => ({
  request: async (operation, variables, { signal } = {}) => {
    const body = JSON.stringify({ query: operation.text, operationName: operation.name, variables });
    return readAnswer(await send(options, body, signal), operation, options.url);
  },
  subscribe: (operation, variables, subscription) => subscribeTo(options, operation, variables, subscription),
});

const send = async (
  { url, key, timeoutMs = TIMEOUT_MS, fetch: ask = fetch }: ClientOptions,
  body: string,
  signal: AbortSignal | undefined,
): Promise<string> => {
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await ask(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
      },
      body,
      // A key goes to the service that was named, and not where it says.
      redirect: 'error',
      signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
    });
    return await answer.text();
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new PurserApiError('SERVICE_UNAVAILABLE', `no service answers at ${url}`, {
      cause,
      retryable: true,
    });
  }
};
