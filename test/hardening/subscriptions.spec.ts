import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AccessError } from '#libs/access';
import type { Principal, RequestContext } from '#libs/api';
import { GraphQLInt, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { pino } from 'pino';
import { Gateway } from '../../apps/server/src/graphql/gateway.ts';
import { OperationRunner } from '../../apps/server/src/graphql/operation-runner.ts';
import { createPurserMetrics } from '../../apps/server/src/metrics/purser-metrics.ts';
import { RequestMeter } from '../../apps/server/src/rate/request-meter.ts';
import { DEFAULT_SERVER_SETTINGS } from '../../apps/server/src/settings.ts';
import { serveSockets, type SocketServer } from '../../apps/server/src/ws/socket-server.ts';
import { at } from '../api/with-server.ts';
import { openPeer } from './socket-peer.ts';

/** A source that says how many listen, and gives what it is told to. */
class Ticks {
  private readonly listeners = new Set<(tick: IteratorResult<number, undefined>) => void>();
  open = 0;

  /** Resolves when so many listeners were told. */
  async tell(value: number): Promise<void> {
    for (let tries = 0; this.listeners.size < this.open && tries < 100; tries += 1) await delay(5);
    for (const listener of this.listeners) listener({ done: false, value });
    this.listeners.clear();
  }

  listen(): AsyncIterableIterator<number, undefined, undefined> {
    this.open += 1;
    let waiting: ((tick: IteratorResult<number, undefined>) => void) | undefined;
    return {
      next: () =>
        new Promise((resolve) => {
          waiting = resolve;
          this.listeners.add(resolve);
        }),
      return: () => {
        this.open -= 1;
        if (waiting) this.listeners.delete(waiting);
        return Promise.resolve({ done: true, value: undefined });
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }
}

const PRINCIPAL = {
  ...{ kind: 'KEY', id: 'key1', name: 'one', role: 'ADMIN', rights: new Set(), validUntilMs: undefined },
  organisation: { id: 1, publicId: 'org_1', name: 'one', kind: 'SHARED' },
  ...{ scope: { organisationId: 1 }, unitsPerMinute: 100_000 },
} as const satisfies Principal;

const schemaOf = (ticks: Ticks, contexts: RequestContext[]): GraphQLSchema => {
  const tick: GraphQLObjectType<number, RequestContext> = new GraphQLObjectType({
    name: 'Tick',
    fields: () => ({
      number: {
        type: new GraphQLNonNull(GraphQLInt),
        resolve: (value, _args, context) => {
          contexts.push(context);
          if (value < 0) throw new Error('postgres://secret@host');
          return value;
        },
      },
      next: { type: tick, resolve: (value) => value + 1 },
      long: { type: GraphQLString, resolve: (value) => 'x'.repeat(value) },
    }),
  });
  const subscribe = () => ticks.listen();
  const fields = {
    tick: { type: tick, args: { first: { type: GraphQLInt } }, subscribe, resolve: (value: number) => value },
  };
  return new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'Query',
      fields: { name: { type: GraphQLString, resolve: () => 'one' } },
    }),
    subscription: new GraphQLObjectType({ name: 'Subscription', fields }),
  });
};

describe('a subscription', () => {
  const ticks = new Ticks();
  const contexts: RequestContext[] = [];
  const http = createServer();
  let isRevoked = false;
  let principal: Principal = PRINCIPAL;
  let sockets: SocketServer;
  let url = '';

  beforeAll(async () => {
    const settings = { ...DEFAULT_SERVER_SETTINGS, socketRecheckMs: 50, socketWriteWithinMs: 200 };
    const logger = pino({ level: 'silent' });
    const schema = schemaOf(ticks, contexts);
    const authenticate = () =>
      isRevoked ? Promise.reject(new AccessError('KEY_REVOKED', 'revoked')) : Promise.resolve(principal);
    const gateway = new Gateway({
      ...{ access: { authenticate, hasher: {} as never }, logger, limits: settings, answerWithinMs: 1_000 },
      metrics: createPurserMetrics(),
      meter: new RequestMeter({ nowMilliseconds: () => Date.now() }, 60),
      schema: () => schema,
      run: new OperationRunner({ schema: () => schema, settings }).run,
    });
    sockets = serveSockets(http, { gateway, settings, logger, addressOf: () => '127.0.0.1' });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/graphql`;
  });

  afterAll(async () => {
    await sockets.close();
    await new Promise((resolve) => http.close(resolve));
  });

  beforeEach(() => {
    isRevoked = false;
    principal = PRINCIPAL;
  });

  const welcomed = async () => {
    const peer = await openPeer(url);
    await peer.init('any');
    return peer;
  };
  const opened = async (count: number): Promise<number> => {
    for (let tries = 0; ticks.open !== count && tries < 200; tries += 1) await delay(5);
    return ticks.open;
  };
  const subscribe = (id: string, query = 'subscription { tick { number } }') => ({
    id,
    type: 'subscribe',
    payload: { query },
  });

  it('tells each event with a context of its own, beside questions on the same socket', async () => {
    const peer = await welcomed();
    peer.send(subscribe('s'));
    expect(await opened(1)).toBe(1);
    contexts.length = 0;
    await ticks.tell(1);
    expect((await peer.next()).payload).toEqual({ data: { tick: { number: 1 } } });
    const [answer] = await peer.ask('q', { query: '{ name }' });
    expect(answer?.payload).toEqual({ data: { name: 'one' } });
    await ticks.tell(2);
    expect((await peer.next()).payload).toEqual({ data: { tick: { number: 2 } } });
    expect(new Set(contexts.map(({ loaders }) => loaders)).size).toBe(2);
    expect(new Set(contexts.map(({ deadlineAtMs }) => deadlineAtMs)).size).toBe(2);
    await peer.close();
    expect(await opened(0)).toBe(0);
  });

  it('says nothing of a fault of ours but the id that finds it', async () => {
    const peer = await welcomed();
    peer.send(subscribe('s'));
    await opened(1);
    await ticks.tell(-1);
    const { payload } = await peer.next();
    expect(at(payload, 'errors', 0, 'extensions', 'code')).toBe('INTERNAL');
    expect(JSON.stringify(payload)).not.toContain('secret');
    await peer.close();
  });

  it('frees its source at once when it is not wanted any more, without waiting for an event', async () => {
    const peer = await welcomed();
    for (const id of ['a', 'b', 'c']) peer.send(subscribe(id));
    expect(await opened(3)).toBe(3);
    peer.send({ id: 'b', type: 'complete' });
    expect(await opened(2)).toBe(2);
    peer.socket.terminate();
    expect(await opened(0)).toBe(0);
  });

  it.each([
    [
      'too deep',
      `subscription { tick { ${'next { '.repeat(12)} number ${'} '.repeat(12)} } }`,
      'QUERY_TOO_DEEP',
    ],
    [
      'with too many aliases',
      `subscription { tick { ${Array.from({ length: 31 }, (_, n) => `a${n}: number`).join(' ')} } }`,
      'QUERY_TOO_MANY_ALIASES',
    ],
    ['of two fields', 'subscription { a: tick { number } b: tick { number } }', 'BAD_QUERY'],
    ['of an unknown field', 'subscription { tick { nothing } }', 'BAD_QUERY'],
    ['with a secret', 'subscription { tick(privateKey: "0x1") { number } }', 'SECRET_REJECTED'],
    ['of many tokens', `subscription { tick { ${'number '.repeat(2_001)} } }`, 'QUERY_TOO_LONG'],
  ])('is refused when it is %s', async (_how, query, code) => {
    const peer = await welcomed();
    const [{ type, payload } = { type: '' }] = await peer.ask('1', { query });
    expect([type, at(payload, 0, 'extensions', 'code')]).toEqual(['error', code]);
    expect(ticks.open).toBe(0);
    await peer.close();
  });

  it('ends with its socket where nothing that is told to it is taken', async () => {
    const peer = await welcomed();
    peer.send(subscribe('s', 'subscription { tick { long } }'));
    expect(await opened(1)).toBe(1);
    peer.socket.pause();
    await ticks.tell(30_000_000);
    expect(await opened(0)).toBe(0);
    peer.socket.resume();
    expect((await peer.closed).code).toBe(1006);
  });

  it('ends with its socket when the key sees something else', async () => {
    const peer = await welcomed();
    peer.send(subscribe('s'));
    expect(await opened(1)).toBe(1);
    principal = { ...PRINCIPAL, scope: { organisationId: 1, only: { accounts: [], labels: ['till'] } } };
    expect(await peer.closed).toEqual({ code: 4403, reason: 'ACCESS_CHANGED' });
    expect(await opened(0)).toBe(0);
  });

  it('ends with its socket when the key is revoked', async () => {
    const peer = await welcomed();
    peer.send(subscribe('s'));
    expect(await opened(1)).toBe(1);
    isRevoked = true;
    expect(await peer.closed).toEqual({ code: 4403, reason: 'KEY_REVOKED' });
    expect(await opened(0)).toBe(0);
  });
});
