import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { at, HEAD, withServer } from '../api/with-server.ts';
import { openPeer } from './socket-peer.ts';

const MINUTE_MS = 60_000;
const VIEWER = '{ viewer { name } }';

describe('what a key may ask in a minute', () => {
  let nowMs = 0;
  const clock = { nowMilliseconds: () => nowMs };
  const spec = withServer(withDatabase(), {
    ...{ clock, unitsPerMinute: 6_000 },
    settings: { port: 0, requestsPerMinuteWithoutKey: 3 },
  });
  let url = '';
  let key = '';

  beforeAll(async () => {
    await spec.rows.head(spec.networkId, HEAD);
    url = `${(await spec.server.listen()).url}/graphql`;
    key = await spec.access.keyOf('ADMIN');
  });

  beforeEach(() => {
    nowMs += MINUTE_MS;
  });

  const ask = async (query: string, headers: Record<string, string> = { 'x-api-key': key }) => {
    const body = JSON.stringify({ query });
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    const { errors = [] } = (await answer.json()) as { errors?: readonly unknown[] };
    const header = (name: string): number => Number(answer.headers.get(name));
    return {
      status: answer.status,
      code: at(errors, 0) === undefined ? undefined : at(errors, 0, 'extensions', 'code'),
      details: at(errors, 0) === undefined ? undefined : at(errors, 0, 'extensions', 'details'),
      cost: header('x-query-cost'),
      left: header('ratelimit-remaining'),
      retryAfter: header('retry-after'),
    };
  };
  /** 905 units. */
  const DEAR =
    '{ sessions(first: 100) { nodes { account policies { token } asOf { blockNumber } history { complete } lifecycle { revoked } } } }';

  it('goes down by what each question costs, and comes back with time', async () => {
    const first = await ask(VIEWER);
    expect([first.status, first.cost, first.left]).toEqual([200, 6, 5_994]);
    const { cost, left } = await ask(DEAR);
    expect(left).toBe(5_994 - cost);
    nowMs += MINUTE_MS / 60;
    expect((await ask(VIEWER)).left).toBe(Math.min(5_994, left + 100 - 6));
  });

  it('is used up at some time: RATE_LIMITED over both, with how long to wait', async () => {
    const { cost } = await ask(DEAR);
    for (let n = 1; n < Math.floor(6_000 / cost); n += 1) expect((await ask(DEAR)).status).toBe(200);
    const refused = await ask(DEAR);
    expect([refused.status, refused.code]).toEqual([429, 'RATE_LIMITED']);
    expect(refused.details).toEqual({ retryAfterSeconds: refused.retryAfter });
    expect(refused.retryAfter).toBeGreaterThan(0);
    const peer = await openPeer(url);
    await peer.init(key);
    const [message] = await peer.ask('1', { query: DEAR });
    expect(at(message, 'payload', 0, 'extensions', 'code')).toBe('RATE_LIMITED');
    expect(at(message, 'payload', 0, 'extensions', 'details')).toEqual(refused.details);
    nowMs += refused.retryAfter * 1_000;
    const [answer] = await peer.ask('2', { query: DEAR });
    expect(at(answer, 'type')).toBe('next');
    await peer.close();
  });

  it('is each key’s own', async () => {
    const { text } = await spec.access.makeKey(1, {});
    for (let n = 0; n < 10; n += 1) await ask(DEAR);
    expect((await ask(DEAR)).status).toBe(429);
    expect((await ask(DEAR, { 'x-api-key': text })).status).toBe(200);
  });

  it('is used up by questions that are refused, too', async () => {
    for (let n = 0; n < 1_199; n += 1) await ask('{ nothing }');
    expect((await ask('{ nothing }')).code).toBe('BAD_QUERY');
    expect((await ask('{ nothing }')).code).toBe('RATE_LIMITED');
  });

  it('is little without a key, and for keys that are refused; others of the address are not hindered', async () => {
    const codes = [];
    for (const headers of [{}, { 'x-api-key': 'x' }, {}, {}, { 'x-api-key': 'x' }] as Record<
      string,
      string
    >[]) {
      codes.push((await ask(VIEWER, headers)).code);
    }
    expect(codes).toEqual([
      'UNAUTHENTICATED',
      'KEY_MALFORMED',
      'UNAUTHENTICATED',
      'RATE_LIMITED',
      'RATE_LIMITED',
    ]);
    expect((await ask(VIEWER)).status).toBe(200);
    const peer = await openPeer(url);
    peer.send({ type: 'connection_init', payload: { authorization: 'Bearer x' } });
    expect(await peer.closed).toEqual({ code: 4429, reason: 'RATE_LIMITED' });
  });
});
