import { type RawData, WebSocket } from 'ws';
import { maskUrl } from '#libs/config';
import { ChainError } from '../chain.error.ts';
import { type Clock, type Random, systemClock } from '../clock.ts';
import { backOffMs } from '../rpc/back-off.ts';
import type { HeadHint, HeadHints } from './head-hints.ts';

export interface WebSocketHeadHintsOptions {
  /** ws: or wss:. */
  readonly url: string;
  readonly clock?: Clock;
  readonly random?: Random;
  /** A socket that shows no life this long is replaced. Default 30000. */
  readonly silenceMs?: number;
  /** Told of each lost connection, with the URL masked. */
  readonly onLost?: (message: string) => void;
}

const RECONNECT_BASE_MS = 500;
const RECONNECT_CAP_MS = 30_000;
const DEFAULT_SILENCE_MS = 30_000;
const STOPPED = 'stopped';
const MAX_NOTICE_BYTES = 1024 * 1024;

interface Hinter {
  readonly url: string;
  readonly clock: Clock;
  readonly silenceMs: number;
  readonly signal: AbortSignal;
  readonly hint: (hint: HeadHint) => void;
}

/**
 * Hints from starknet_subscribeNewHeads, with reconnects for ever. Of a notice only the start of a reorg is read, and
 * that is proven over HTTP: a lying, doubled or late one costs one poll. @throws ChainError PROVIDER_URL_INVALID
 */
export const createWebSocketHeadHints = (options: WebSocketHeadHintsOptions): HeadHints => {
  if (!URL.canParse(options.url) || !/^wss?:$/.test(new URL(options.url).protocol)) {
    throw new ChainError('PROVIDER_URL_INVALID', `not a ws(s) URL: ${maskUrl(options.url)}`);
  }
  const listeners = new Set<(hint: HeadHint) => void>();
  const stopping = new AbortController();
  const running = keepConnected(options, {
    url: options.url,
    clock: options.clock ?? systemClock,
    silenceMs: options.silenceMs ?? DEFAULT_SILENCE_MS,
    signal: stopping.signal,
    hint: (hint) => {
      for (const listener of listeners) listener(hint);
    },
  });
  return {
    listen: (onHint) => {
      listeners.add(onHint);
      return () => listeners.delete(onHint);
    },
    close: async () => {
      stopping.abort();
      await running;
    },
  };
};

const keepConnected = async (options: WebSocketHeadHintsOptions, hinter: Hinter): Promise<void> => {
  let failures = 0;
  while (!hinter.signal.aborted) {
    const { subscribed, reason } = await connectOnce(hinter);
    if (reason === STOPPED) return;
    failures = subscribed ? 0 : failures + 1;
    options.onLost?.(`${maskUrl(options.url)}: ${reason}`);
    const waitMs = backOffMs(failures, RECONNECT_BASE_MS, RECONNECT_CAP_MS, options.random ?? Math.random);
    await hinter.clock.sleep(waitMs, hinter.signal);
  }
};

interface Connection {
  /** Whether the node took the subscription. */
  readonly subscribed: boolean;
  readonly reason: string;
}

/** One connection from its opening to its end. */
const connectOnce = async (hinter: Hinter): Promise<Connection> => {
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  const socket = new WebSocket(hinter.url, { maxPayload: MAX_NOTICE_BYTES, followRedirects: false });
  const life = { subscribed: false, seen: true };
  socket.on('open', () => {
    life.seen = true;
    socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'starknet_subscribeNewHeads', params: {} }));
  });
  socket.on('message', (text) => {
    life.seen = true;
    const notice = readNotice(text);
    if (notice === 'refusal') end('the node refused the subscription');
    else {
      life.subscribed = true;
      // The answer to the subscription is a hint too: the head may have moved while there was no socket.
      hinter.hint(notice);
    }
  });
  socket.on('pong', () => {
    life.seen = true;
  });
  socket.on('close', (code) => end(`closed with ${code}`));
  socket.on('error', (error) => end(error.name));
  const done = new AbortController();
  const watching = AbortSignal.any([done.signal, hinter.signal]);
  void watchSilence(socket, hinter, life, watching).then(end);
  const reason = await ended;
  done.abort();
  socket.terminate();
  return { subscribed: life.subscribed, reason };
};

// Half-open sockets never say that they are dead. Also ends the connection when we stop.
const watchSilence = async (
  socket: WebSocket,
  hinter: Hinter,
  life: { seen: boolean },
  signal: AbortSignal,
): Promise<string> => {
  while (life.seen) {
    life.seen = false;
    if (socket.readyState === WebSocket.OPEN) socket.ping();
    await hinter.clock.sleep(hinter.silenceMs, signal);
    if (signal.aborted) return STOPPED;
  }
  return 'silent';
};

const readNotice = (message: RawData): HeadHint | 'refusal' => {
  let notice: unknown;
  try {
    notice = JSON.parse(textOf(message));
  } catch {
    return {};
  }
  const { error, method, params } = (notice ?? {}) as Record<string, unknown>;
  if (error !== undefined && error !== null) return 'refusal';
  if (method !== 'starknet_subscriptionReorg') return {};
  const { result } = (params ?? {}) as { result?: { starting_block_number?: unknown } | null };
  const reorgFromBlock = result?.starting_block_number;
  return Number.isSafeInteger(reorgFromBlock) && Number(reorgFromBlock) >= 0
    ? { reorgFromBlock: Number(reorgFromBlock) }
    : {};
};

// Text frames come as one Buffer; anything else is no notice.
const textOf = (message: RawData): string => (Buffer.isBuffer(message) ? message.toString('utf8') : '');
