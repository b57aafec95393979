import { ChainError, isChainError } from '../chain.error.ts';
import type { Clock } from '../clock.ts';
import { retryAfterMs } from './back-off.ts';
import { withDeadline } from './deadline.ts';
import type { HttpAnswer, HttpTransport } from './http-transport.ts';
import { decodeAnswer, encodeRequest, type RpcParams } from './json-rpc.ts';
import type { ProviderCall } from './options.ts';
import { isProviderFault } from './provider-faults.ts';
import { scrub } from './scrub.ts';

export interface RpcAnswer {
  readonly result: unknown;
  readonly bytes: number;
}

/** One JSON-RPC exchange with one URL. Every failure is a ChainError that names the provider and hides the URL. */
export type RpcClient = (method: string, params: RpcParams, signal?: AbortSignal) => Promise<RpcAnswer>;

export interface RpcClientOptions {
  readonly url: string;
  readonly name: string;
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly callDeadlineMs: number;
  readonly count: (method: string, outcome: ProviderCall['outcome']) => void;
}

export const createRpcClient = (options: RpcClientOptions): RpcClient => {
  let lastId = 0;
  return async (method, params, signal) => {
    lastId += 1;
    const id = lastId;
    try {
      const answer = await withDeadline(options.clock, options.callDeadlineMs, signal, (stopped) =>
        options.transport.post(encodeRequest(id, method, params), stopped),
      );
      const result = resultOf(answer, id, options.clock.nowMs());
      options.count(method, 'ok');
      return { result, bytes: answer.body.length };
    } catch (error) {
      if (isChainError(error) && error.code !== 'ABORTED')
        options.count(method, isProviderFault(error.code) ? 'error' : 'ok');
      throw nameProvider(error, options, method);
    }
  };
};

const resultOf = (answer: HttpAnswer, id: number, nowMs: number): unknown => {
  if (answer.status >= 200 && answer.status < 300) return decodeAnswer(answer.body, id);
  throw httpError(answer, id, nowMs);
};

const httpError = (answer: HttpAnswer, id: number, nowMs: number): ChainError => {
  const said = `HTTP ${answer.status}`;
  // A date of the node is measured by its own clock: ours may be off.
  const nodeMs = Date.parse(answer.date ?? '');
  const waitMs = retryAfterMs(answer.retryAfter, Number.isNaN(nodeMs) ? nowMs : nodeMs);
  const retryAfter = waitMs === undefined ? {} : { retryAfterMs: waitMs };
  if (answer.status === 429) return new ChainError('RPC_RATE_LIMITED', said, retryAfter);
  if (answer.status === 401 || answer.status === 403) return new ChainError('RPC_UNAUTHORIZED', said);
  if (answer.status >= 500) return new ChainError('RPC_UNAVAILABLE', said, retryAfter);
  return spokenError(answer, id) ?? new ChainError('RPC_UNAVAILABLE', said, retryAfter);
};

// Some gateways put a JSON-RPC error under 400 or 404.
const spokenError = (answer: HttpAnswer, id: number): ChainError | undefined => {
  try {
    decodeAnswer(answer.body, id);
  } catch (error) {
    if (isChainError(error) && error.rpcCode !== undefined) return error;
  }
  return undefined;
};

const nameProvider = (error: unknown, options: RpcClientOptions, method: string): unknown => {
  if (!isChainError(error) || error.code === 'ABORTED') return error;
  return new ChainError(error.code, `${options.name} ${method}: ${scrub(error.message, options.url)}`, {
    retryable: error.retryable,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(error.rpcCode === undefined ? {} : { rpcCode: error.rpcCode }),
    ...(error.rpcData === undefined ? {} : { rpcData: error.rpcData }),
    cause: error.cause,
  });
};
