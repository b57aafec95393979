import { beforeAll, describe, expect, it } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { HEAD, withServer } from '../api/with-server.ts';
import { openPeer } from './socket-peer.ts';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];
const VIEWER = '{ viewer { name } }';

describe.each([
  ['proxies on this machine are trusted', LOOPBACK, true],
  ['proxies of another network are', ['10.0.0.0/8', 'fd00::/8'], false],
])('addresses, where %s', (_what, trustedProxies, believed) => {
  const spec = withServer(withDatabase(), {
    settings: { port: 0, requestsPerMinuteWithoutKey: 1, trustedProxies },
    clock: { nowMilliseconds: () => 0 },
  });
  let url = '';
  let next = 0;

  beforeAll(async () => {
    await spec.rows.head(spec.networkId, HEAD);
    url = `${(await spec.server.listen()).url}/graphql`;
  });

  const statusOf = async (forwarded: string, more: Record<string, string> = {}): Promise<number> =>
    (
      await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': forwarded, ...more },
        body: JSON.stringify({ query: VIEWER }),
      })
    ).status;
  const closeOf = async (forwarded: string): Promise<number> => {
    const peer = await openPeer(url, { headers: { 'x-forwarded-for': forwarded } });
    peer.send({ type: 'connection_init', payload: { authorization: 'Bearer x' } });
    return (await peer.closed).code;
  };
  const somebody = (): string => {
    next += 1;
    return `203.0.113.${next}`;
  };

  it(`are ${believed ? 'those that the header names' : 'those of the peers'}, over HTTP and over WebSocket`, async () => {
    const [one, two, three] = [somebody(), somebody(), somebody()];
    expect(await statusOf(one)).toBe(200);
    expect(await statusOf(`198.51.100.1, ${one}`)).toBe(429);
    expect(await closeOf(one)).toBe(4429);
    expect(await statusOf(two)).toBe(believed ? 200 : 429);
    for (const other of [somebody(), somebody()])
      expect(await statusOf(other, { 'x-api-key': 'x' })).toBe(believed ? 401 : 429);
    expect(await closeOf(three)).toBe(believed ? 4401 : 4429);
  });
});
