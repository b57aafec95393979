import { type Dispatcher, Pool } from 'undici';
import { malformed } from '../answers/fields.ts';
import { ChainError } from '../chain.error.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** The time by the clock of the node. */
  readonly date: string | undefined;
  readonly body: string;
}

export interface HttpTransport {
  post(body: string, signal: AbortSignal): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export interface HttpTransportOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxConnections: number;
  readonly maxAnswerBytes: number;
  readonly onConnect: () => void;
}

/** Keep-alive connections to one URL. No retries, no redirects, no time-outs of its own: those are the caller's. */
export const createHttpTransport = (options: HttpTransportOptions): HttpTransport => {
  const { origin, pathname, search, username, password } = new URL(options.url);
  const path = pathname + search;
  const headers = {
    'content-type': 'application/json',
    ...basicAuth(username, password),
    ...options.headers,
  };
  const pool = new Pool(origin, {
    connections: options.maxConnections,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 30_000,
    allowH2: false,
  });
  pool.on('connect', options.onConnect);
  return {
    post: async (body, signal) => {
      const answer = await pool
        .request({ path, method: 'POST', headers, body, signal })
        .catch((cause: unknown) => {
          throw new ChainError('RPC_UNAVAILABLE', `no answer: ${shortMessage(cause)}`, { cause });
        });
      return {
        status: answer.statusCode,
        retryAfter: headerOf(answer, 'retry-after'),
        date: headerOf(answer, 'date'),
        body: await readBody(answer, options.maxAnswerBytes),
      };
    },
    close: () => pool.destroy(),
  };
};

const readBody = async (answer: Dispatcher.ResponseData, maxBytes: number): Promise<string> => {
  const declared = headerOf(answer, 'content-length');
  try {
    if (declared !== undefined && Number(declared) > maxBytes) throw tooLarge(maxBytes);
    // A declared length is enforced by the parser below us.
    return declared === undefined ? await readCounted(answer, maxBytes) : await answer.body.text();
  } catch (cause) {
    answer.body.destroy();
    if (cause instanceof ChainError) throw cause;
    throw new ChainError('RPC_MALFORMED', `the answer broke off: ${shortMessage(cause)}`, { cause });
  }
};

const readCounted = async (answer: Dispatcher.ResponseData, maxBytes: number): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const tooLarge = (maxBytes: number): ChainError => malformed(`an answer of more than ${maxBytes} bytes`);

const headerOf = (answer: Dispatcher.ResponseData, name: string): string | undefined => {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

const basicAuth = (username: string, password: string): Record<string, string> => {
  if (username === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
};

const shortMessage = (cause: unknown): string => String(cause).slice(0, 200);
