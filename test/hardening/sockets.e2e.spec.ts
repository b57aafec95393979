import { setTimeout as delay } from 'node:timers/promises';
import { actFor, revokeKey } from '#libs/access';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { inTransaction } from '#libs/database';
import { asAddress, asKey, withDatabase } from '#libs/testing';
import { WebSocket } from 'ws';
import { at, HEAD, withServer } from '../api/with-server.ts';
import { CANARY } from './corpus/entry.ts';
import { openPeer, type PeerOptions } from './socket-peer.ts';

const QUERY = '{ indexer { network } }';
const SITE = 'https://console.example';

describe('a socket', () => {
  const database = withDatabase();
  const settings = {
    port: 0,
    corsOrigins: [SITE],
    socketInitWithinMs: 300,
    socketRecheckMs: 100,
    maxSocketsOfOne: 5,
  };
  const spec = withServer(database, { settings });
  let base = '';
  let key = '';
  const open = (options?: PeerOptions) => openPeer(`${base}/graphql`, options);

  beforeAll(async () => {
    await spec.rows.head(spec.networkId, HEAD);
    const account = asAddress(0xa1n);
    await spec.rows.account(spec.networkId, account);
    await spec.rows.session(spec.networkId, account, asKey(1n));
    base = (await spec.server.listen()).url;
    key = await spec.access.keyOf('ADMIN');
  });

  const welcomed = async () => {
    const peer = await open();
    await peer.init(key);
    return peer;
  };

  it('answers as HTTP does, errors and all', async () => {
    const peer = await welcomed();
    const queries = [
      '{ viewer { name role rights } }',
      '{ sessions(first: 1) { nodes { account status } asOf { blockNumber } } }',
      '{ sessions(first: 0) { nodes { account } } indexer { network } }',
      '{ digest(account: "0x1") { digest } }',
      '{ sessions(first: "x") { nothing } }',
    ];
    for (const [id, query] of queries.entries()) {
      const http = await spec.ask(query);
      const [message] = await peer.ask(`${id}`, { query });
      const errors = http.errors.length > 0 ? { errors: http.errors } : {};
      const whole = { data: http.data, ...errors };
      expect(message?.payload).toEqual(message?.type === 'error' ? http.errors : whole);
    }
    await peer.close();
  });

  it.each<[string, string, PeerOptions, string]>([
    ['a foreign host', '/graphql', { headers: { host: 'evil.example' } }, '421'],
    ['a page of another site', '/graphql', { headers: { origin: 'https://evil.example' } }, '403'],
    ['a page of nowhere', '/graphql', { headers: { origin: 'null' } }, '403'],
    ['a page of this name on another port', '/graphql', { headers: { origin: 'http://127.0.0.1:1' } }, '403'],
    ['another path', '/other', {}, '404'],
  ])('is not opened for %s', async (_who, path, options, status) => {
    await expect(openPeer(`${base}${path}`, options)).rejects.toThrow(status);
  });

  it('is opened for pages of our own and of sites that were set', async () => {
    for (const origin of [base, SITE]) await (await open({ headers: { origin } })).close();
  });

  it.each<[string, unknown, number, string]>([
    ['a key that is none', { authorization: `Bearer ${CANARY}` }, 4401, 'KEY_MALFORMED'],
    ['a key of another scheme', { Authorization: 'Basic YTpi' }, 4401, 'UNAUTHENTICATED'],
    ['a key that is no text', { authorization: { a: CANARY } }, 4401, 'UNAUTHENTICATED'],
    ['a private key beside it', { privateKey: CANARY }, 4400, 'SECRET_REJECTED'],
    ['a prototype beside it', JSON.parse('{"__proto__":{"a":1}}'), 4400, 'BAD_INPUT'],
  ])('is closed on %s', async (_what, payload, code, reason) => {
    const peer = await open();
    peer.send({ type: 'connection_init', payload: payload as object });
    expect(await peer.closed).toEqual({ code, reason });
    expect(JSON.stringify(spec.logged)).not.toContain(CANARY);
  });

  it('is opened without a key, for nobody', async () => {
    const peer = await open();
    await peer.init();
    const [message] = await peer.ask('1', { query: QUERY });
    expect(at(message, 'payload', 'errors', 0, 'extensions', 'code')).toBe('UNAUTHENTICATED');
    await peer.close();
  });

  it('is closed when nobody says who asks', async () => {
    expect((await (await open()).closed).code).toBe(4408);
  });

  it.each<[string, (object | string | Buffer)[], number]>([
    ['a question before that', [{ id: '1', type: 'subscribe', payload: { query: QUERY } }], 4401],
    ['saying so twice', [{ type: 'connection_init' }, { type: 'connection_init' }], 4429],
    ['no JSON', ['{'], 4400],
    ['JSON that is no object', ['[]'], 4400],
    ['a message without a type', [{ id: '1' }], 4400],
    ['a message of no known type', [{ type: 'nothing' }], 4400],
    ['a message that only servers send', [{ type: 'connection_ack' }], 4400],
    ['bytes', [Buffer.from('{"type":"connection_init"}')], 1003],
    ['a message of 1 MB', ['x'.repeat(1_000_000)], 1009],
  ])('is closed on %s', async (_what, messages, code) => {
    const peer = await open();
    for (const message of messages) peer.send(message);
    expect((await peer.closed).code).toBe(code);
  });

  it('is closed on an id that is taken or too long', async () => {
    for (const ids of [['a', 'a'], ['x'.repeat(200)]]) {
      const peer = await welcomed();
      for (const id of ids) peer.send({ id, type: 'subscribe', payload: { query: QUERY } });
      expect((await peer.closed).code).toBe(ids.length === 2 ? 4409 : 4400);
    }
  });

  it('is not opened for the older protocol', async () => {
    await expect(open({ protocol: 'graphql-ws' })).rejects.toThrow('subprotocol');
  });

  it('ends when its key is revoked, also while nothing is asked', async () => {
    const { keyId, text } = await spec.access.makeKey(1, { role: 'AUDITOR' });
    const peer = await open();
    await peer.init(text);
    await inTransaction(database.db, async (trx) => {
      await actFor(trx, 1);
      const actor = { kind: 'HOST', id: 'spec', name: 'spec' } as const;
      await revokeKey({ trx, organisationId: 1, actor }, keyId);
    });
    spec.access.authenticator.forget(keyId);
    expect(await peer.closed).toEqual({ code: 4403, reason: 'KEY_REVOKED' });
  });

  it('is closed on pings without end', async () => {
    const peer = await open();
    for (let n = 0; n < 250; n += 1) peer.socket.ping();
    // 1006: the goodbye went down between pongs that were still to be read.
    expect([1006, 4429]).toContain((await peer.closed).code);
  });

  it('is one of few for one key', async () => {
    const { text } = await spec.access.makeKey(1, {});
    const peers = await Promise.all(Array.from({ length: 5 }, () => open()));
    for (const peer of peers) await peer.init(text);
    const more = await open();
    more.send({ type: 'connection_init', payload: { authorization: `Bearer ${text}` } });
    expect(await more.closed).toEqual({ code: 4429, reason: 'RATE_LIMITED' });
    for (const peer of peers) await peer.close();
  });
});

describe('a thousand messages on one socket', () => {
  const spec = withServer(withDatabase(), { settings: { port: 0, socketMessagesPerSecond: 500 } });
  let url = '';
  let key = '';

  beforeAll(async () => {
    await spec.rows.head(spec.networkId, HEAD);
    url = `${(await spec.server.listen()).url}/graphql`;
    ({ text: key } = await spec.access.makeKey(1, {}));
  });

  it('are all answered, each with its own answer', async () => {
    const peer = await openPeer(url);
    await peer.init(key);
    const left = Array.from({ length: 1_000 }, (_, n) => n);
    // One message fewer than is allowed at once was sent for the connection itself.
    left.pop();
    const lane = async (name: string): Promise<void> => {
      for (let n = left.pop(); n !== undefined; n = left.pop()) {
        answers.set(n, ask(`${name}-${n}`, `{ viewer { a${n}: name } }`));
        await answers.get(n);
      }
    };
    const answers = new Map<number, Promise<unknown>>();
    const byId = new Map<string, (payload: unknown) => void>();
    peer.socket.on('message', (data) => {
      const {
        id = '',
        type,
        payload,
      } = JSON.parse((data as Buffer).toString()) as { id?: string; type: string; payload?: unknown };
      if (type !== 'complete') byId.get(id)?.(payload);
    });
    const ask = (id: string, query: string): Promise<unknown> => {
      const { promise, resolve } = Promise.withResolvers<unknown>();
      byId.set(id, resolve);
      peer.send({ id, type: 'subscribe', payload: { query } });
      return promise;
    };
    await Promise.all(Array.from({ length: 20 }, (_, n) => lane(`lane${n}`)));
    expect(answers.size).toBe(999);
    for (const [n, answer] of answers)
      expect(await answer).toEqual({ data: { viewer: { [`a${n}`]: 'of a spec' } } });
    await peer.close();
  });

  it('at once and more are not: the socket is closed, the server answers others', async () => {
    const [flood, other] = [await openPeer(url), await openPeer(url)];
    await flood.init(key);
    await other.init(key);
    for (let n = 0; n < 3_000; n += 1)
      flood.send({ id: `${n}`, type: 'subscribe', payload: { query: QUERY } });
    const { code, reason } = await flood.closed;
    expect([code, reason]).toEqual([4429, 'Too many messages']);
    const [message] = await other.ask('1', { query: '{ viewer { name } }' });
    expect(message?.type).toMatch(/next|error/);
    await other.close();
  });

  it('of which too many are open at once are refused, one by one', async () => {
    const peer = await openPeer(url);
    const { text } = await spec.access.makeKey(1, {});
    await peer.init(text);
    for (let n = 0; n < 80; n += 1) peer.send({ id: `${n}`, type: 'subscribe', payload: { query: QUERY } });
    await delay(0);
    while (new Set(peer.received.flatMap(({ id }) => id ?? [])).size < 80) await peer.next();
    const refused = peer.received.filter(({ type }) => type === 'error');
    expect(refused.length).toBeGreaterThan(0);
    expect(at(refused[0], 'payload', 0, 'extensions', 'code')).toBe('RATE_LIMITED');
    expect(peer.socket.readyState).toBe(WebSocket.OPEN);
    await peer.close();
  });
});

describe('a server that stops', () => {
  const spec = withServer(withDatabase(), { settings: { port: 0 } });

  it('says goodbye to its sockets, and does not wait for those that say nothing', async () => {
    const { url } = await spec.server.listen();
    const [one, silent] = [await openPeer(`${url}/graphql`), await openPeer(`${url}/graphql`)];
    silent.socket.pause();
    await spec.server.close();
    expect(await one.closed).toEqual({ code: 1001, reason: 'Going away' });
    silent.socket.resume();
    await silent.closed;
    await expect(openPeer(`${url}/graphql`)).rejects.toThrow();
  });
});
