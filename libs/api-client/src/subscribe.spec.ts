import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type WebSocket, WebSocketServer } from 'ws';
import { createPurserClient } from './client.ts';
import type { Operation } from './operation.ts';

interface Tick {
  readonly tick: { readonly cursor: string };
}
const TICKS: Operation<Tick, { readonly after?: string | null }> = {
  name: 'Ticks',
  text: 'subscription Ticks($after: String) { tick(after: $after) { cursor } }',
};

/** What a service does with one connection after the other. `subscribed`: the variables of the subscription. */
type Script = (tell: (type: string, payload?: unknown) => void, socket: WebSocket) => void;

let http: Server | undefined;
let sockets: WebSocketServer | undefined;

/** @returns where it is, and what was sent to it: keys and variables. */
const serve = async (...scripts: Script[]) => {
  const seen: unknown[] = [];
  http = createServer().listen(0, '127.0.0.1');
  sockets = new WebSocketServer({ server: http, path: '/graphql' });
  sockets.on('connection', (socket) => {
    const script = scripts.shift();
    socket.on('message', (data) => {
      const { id, type, payload } = JSON.parse((data as Buffer).toString()) as {
        id?: string;
        type: string;
        payload?: { variables?: unknown };
      };
      if (type === 'connection_init') {
        seen.push(payload);
        socket.send('{"type":"connection_ack"}');
      } else if (type === 'subscribe') {
        seen.push(payload?.variables);
        script?.((kind, told) => socket.send(JSON.stringify({ id, type: kind, payload: told })), socket);
      }
    });
  });
  await once(http, 'listening');
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, seen };
};

const tick = (cursor: string) => ({ data: { tick: { cursor } } });
const refusal = (code: string, details = {}) => [{ message: code, extensions: { code, details } }];

const listen = (url: string, after?: string, signal?: AbortSignal) =>
  createPurserClient({ url, key: 'secret' }).subscribe(TICKS, after === undefined ? {} : { after }, {
    cursorOf: ({ tick: { cursor } }) => cursor,
    ...{ retries: 2, retryAfterMs: 5 },
    ...(signal && { signal }),
  });

const take = async (events: AsyncGenerator<Tick>, count: number): Promise<string[]> => {
  const cursors: string[] = [];
  while (cursors.length < count) {
    const next = await events.next();
    if (next.done === true) break;
    cursors.push(next.value.tick.cursor);
  }
  return cursors;
};

afterEach(() => {
  for (const socket of sockets?.clients ?? []) socket.terminate();
  sockets?.close();
  http?.closeAllConnections();
  http?.close();
});

describe('a subscription of the client', () => {
  it('gives the key at the start, and goes on behind the last event where the connection is lost', async () => {
    const { url, seen } = await serve(
      (tell, socket) => {
        tell('next', tick('a'));
        tell('next', tick('b'));
        setTimeout(() => socket.terminate(), 20);
      },
      (tell) => tell('next', tick('c')),
    );
    const events = listen(url, 'start');
    expect(await take(events, 3)).toEqual(['a', 'b', 'c']);
    await events.return();
    const key = { authorization: 'Bearer secret' };
    expect(seen).toEqual([key, { after: 'start' }, key, { after: 'b' }]);
  });

  it('goes on where the service says, where it read too slowly', async () => {
    const { url, seen } = await serve(
      (tell) => tell('error', refusal('SUBSCRIBER_TOO_SLOW', { resumeAfter: 'x' })),
      (tell, socket) => socket.close(1001, 'Going away'),
      (tell) => tell('next', tick('y')),
    );
    const events = listen(url);
    expect(await take(events, 1)).toEqual(['y']);
    await events.return();
    expect(seen.filter((one) => !JSON.stringify(one).includes('Bearer'))).toEqual([
      {},
      { after: 'x' },
      { after: 'x' },
    ]);
  });

  it.each([
    ['the service', (tell: Parameters<Script>[0]) => tell('error', refusal('BAD_CURSOR')), 'BAD_CURSOR'],
    [
      'an event',
      (tell: Parameters<Script>[0]) => tell('next', { data: null, errors: refusal('INTERNAL') }),
      'INTERNAL',
    ],
    [
      'a closed door',
      (_tell: Parameters<Script>[0], socket: WebSocket) => socket.close(4403, 'KEY_REVOKED'),
      'KEY_REVOKED',
    ],
  ])('ends in the error of %s, and is not tried again', async (_of, script, code) => {
    const { url, seen } = await serve(script);
    await expect(take(listen(url), 1)).rejects.toMatchObject({ code });
    expect(seen).toHaveLength(2);
  });

  it('is SERVICE_UNAVAILABLE where nobody answers for long', async () => {
    const { url } = await serve();
    http?.close();
    http?.closeAllConnections();
    await expect(take(listen(url), 1)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      retryable: true,
    });
  });

  it('ends with its caller, whether or not something comes', async () => {
    const { url } = await serve((tell) => tell('next', tick('a')));
    const stop = new AbortController();
    const events = listen(url, undefined, stop.signal);
    expect(await take(events, 1)).toEqual(['a']);
    const waiting = events.next();
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
});
