import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { createFakeClock, type FakeClock, until } from '../../testing/fake-clock.ts';
import type { HeadHint, HeadHints } from './head-hints.ts';
import { createWebSocketHeadHints } from './web-socket-head-hints.ts';

interface Harness {
  readonly server: WebSocketServer;
  readonly sockets: WebSocket[];
  readonly requests: string[];
  readonly hints: HeadHints;
  readonly lost: string[];
  readonly clock: FakeClock;
  heard: number;
}

const SILENCE_MS = 40_000;
let harness: Harness;

const start = async (): Promise<Harness> => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', autoPong: false });
  await once(server, 'listening');
  const [sockets, requests, lost]: [WebSocket[], string[], string[]] = [[], [], []];
  server.on('connection', (socket) => {
    sockets.push(socket);
    socket.on('message', (text: Buffer) => requests.push(text.toString()));
  });
  const clock = createFakeClock({ jumpBelowMs: SILENCE_MS });
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/SECRETKEY`;
  const hints = createWebSocketHeadHints({
    url,
    clock,
    random: () => 0.5,
    silenceMs: SILENCE_MS,
    onLost: (message) => lost.push(message),
  });
  const started: Harness = { server, sockets, requests, hints, lost, clock, heard: 0 };
  hints.listen(() => {
    started.heard += 1;
  });
  harness = started;
  return started;
};

afterEach(async () => {
  await harness.hints.close();
  for (const socket of harness.sockets) socket.terminate();
  harness.server.close();
});

const notice = JSON.stringify({ jsonrpc: '2.0', method: 'starknet_subscriptionNewHeads', params: {} });

describe('WebSocket head hints', () => {
  it('subscribes to new heads and passes each notice on', async () => {
    const { sockets, requests } = await start();
    await until('the request', () => requests.length === 1);
    expect(JSON.parse(requests[0]!)).toMatchObject({ method: 'starknet_subscribeNewHeads' });
    for (const text of [notice, notice, 'not even JSON']) sockets[0]!.send(text);
    await until('the hints', () => harness.heard === 3);
  });

  it('passes on where a reorg began', async () => {
    const { sockets, requests, hints } = await start();
    await until('the request', () => requests.length === 1);
    const heard: HeadHint[] = [];
    hints.listen((hint) => heard.push(hint));
    const reorg = (result: unknown): string =>
      JSON.stringify({ method: 'starknet_subscriptionReorg', params: { subscription_id: '1', result } });
    const broken = [{ starting_block_number: -1 }, { starting_block_number: '2' }, {}, null];
    for (const result of [{ starting_block_number: 2, ending_block_number: 4 }, ...broken]) {
      sockets[0]!.send(reorg(result));
    }
    sockets[0]!.send('null');
    await until('the hints', () => heard.length === 6);
    expect(heard).toEqual([{ reorgFromBlock: 2 }, {}, {}, {}, {}, {}]);
  });

  it('connects again when the socket is lost, and hints then: the head may have moved', async () => {
    const { sockets, requests, lost } = await start();
    await until('the request', () => requests.length === 1);
    sockets[0]!.send(notice);
    await until('the hint', () => harness.heard === 1);
    sockets[0]!.terminate();
    await until('another request', () => requests.length === 2);
    sockets[1]!.send(JSON.stringify({ jsonrpc: '2.0', id: 1, result: 'subscription' }));
    await until('the hint', () => harness.heard === 2);
    expect(lost).toHaveLength(1);
    expect(lost[0]).not.toContain('SECRETKEY');
  });

  it('waits longer after each failure', async () => {
    const { sockets, clock } = await start();
    const refusal = JSON.stringify({ id: 1, error: { code: -32601, message: 'no' } });
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await until('the connection', () => sockets.length === attempt + 1);
      sockets[attempt]!.send(refusal);
    }
    await until('the fifth', () => sockets.length === 5);
    expect(clock.sleeps.filter((ms) => ms < SILENCE_MS)).toEqual([750, 1500, 3000, 6000]);
    expect(harness.heard).toBe(0);
  });

  it('keeps a quiet socket that answers pings, and replaces it when it does not', async () => {
    const { sockets, requests, lost, clock } = await start();
    await until('the request', () => requests.length === 1);
    const lively = { answering: true };
    // A notice with each pong shows when the answer has arrived.
    sockets[0]!.on('ping', () => {
      if (!lively.answering) return;
      sockets[0]!.pong();
      sockets[0]!.send(notice);
    });
    for (let round = 1; round <= 3; round += 1) {
      await clock.advance(SILENCE_MS);
      await until('the answer', () => harness.heard === round);
    }
    expect(lost).toEqual([]);
    lively.answering = false;
    await clock.advance(SILENCE_MS);
    await clock.advance(SILENCE_MS);
    await until('the next connection', () => sockets.length === 2);
    expect(lost[0]).toContain('silent');
  });

  it('closes at once', async () => {
    const { hints, requests } = await start();
    await until('the request', () => requests.length === 1);
    await hints.close();
  });

  it('refuses what is no ws URL, without showing it', async () => {
    await start();
    for (const url of ['https://x/SECRETKEY', 'SECRETKEY']) {
      expect(() => createWebSocketHeadHints({ url })).toThrow(
        expect.objectContaining({
          code: 'PROVIDER_URL_INVALID',
          message: expect.not.stringContaining('SECRETKEY'),
        }),
      );
    }
  });
});
