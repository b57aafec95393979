import { type Dispatcher, Pool } from 'undici';

/** What a node does with one request. Bytes go through the HTTP client of the product. */
export interface Exchange {
  /** The part of the URL behind the host: says which node, and of whose life. */
  readonly path: string;
  readonly body: string;
  readonly isAborted: () => boolean;
  connected(): void;
  start(status: number, headers: Readonly<Record<string, string>>): void;
  data(text: string): void;
  end(): void;
  fail(error: Error): void;
}

export type Serve = (exchange: Exchange) => void;

/** Serves every undici pool in this process without a socket, until the function that it returns is called. */
export const serveInProcess = (serve: Serve): (() => void) => {
  const { prototype } = Pool;
  const own = Object.getOwnPropertyDescriptor(prototype, 'dispatch');
  Object.defineProperty(prototype, 'dispatch', {
    configurable: true,
    writable: true,
    value(this: Pool, options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
      serve(exchangeOf(this, options, handler));
      return true;
    },
  });
  return () => {
    if (own) Object.defineProperty(prototype, 'dispatch', own);
    else Reflect.deleteProperty(prototype, 'dispatch');
  };
};

const exchangeOf = (
  pool: Pool,
  options: Dispatcher.DispatchOptions,
  handler: Dispatcher.DispatchHandler,
): Exchange => {
  let over = false;
  const fail = (error: Error): void => {
    if (over) return;
    over = true;
    handler.onResponseError?.(controller, error);
  };
  const controller = {
    aborted: false,
    paused: false,
    reason: null as Error | null,
    pause: () => undefined,
    resume: () => undefined,
    abort: (reason: Error) => {
      controller.aborted = true;
      controller.reason = reason;
      fail(reason);
    },
  };
  handler.onRequestStart?.(controller, {});
  return {
    path: options.path,
    body: typeof options.body === 'string' ? options.body : '',
    isAborted: () => over,
    connected: () => void pool.emit('connect', new URL('http://sim'), [pool]),
    start: (status, headers) => {
      if (!over) handler.onResponseStart?.(controller, status, { ...headers }, '');
    },
    data: (text) => {
      if (!over) handler.onResponseData?.(controller, Buffer.from(text));
    },
    end: () => {
      if (over) return;
      over = true;
      handler.onResponseEnd?.(controller, {});
    },
    fail,
  };
};
