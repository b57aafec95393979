import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { TEST_HASHER, testAccess, withDatabase } from '#libs/testing';
import { pino } from 'pino';
import { createServer, type PurserServer } from '../../apps/server/src/create-server.ts';
import type { ServerSettings } from '../../apps/server/src/settings.ts';

const TOKEN = 'a token of this spec';

describe('a server that others reach', () => {
  const database = withDatabase();
  const access = testAccess(database);
  const servers: PurserServer[] = [];

  const serve = async (settings: Partial<ServerSettings>, demoKey?: string): Promise<PurserServer> => {
    const server = await createServer(
      { port: 0, ...settings },
      {
        ...{ db: database.api, networks: [], status: { networks: () => [] } },
        ...{ profiles: { find: () => undefined } as never, logger: pino({ level: 'silent' }) },
        access: { authenticate: access.authenticate, hasher: TEST_HASHER, ...(demoKey && { demoKey }) },
      },
    );
    servers.push(server);
    return server;
  };
  const OPEN = { host: '0.0.0.0', allowedHosts: ['purser.example', '10.0.0.1'] };
  let open: PurserServer;
  beforeAll(async () => {
    open = await serve(OPEN);
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
  });

  const statusOf = async (server: PurserServer, url: string, headers: Record<string, string>) =>
    (await server.app.inject({ method: 'GET', url, headers })).statusCode;

  it.each([
    ['purser.example', 200],
    ['Purser.Example:8443', 200],
    ['10.0.0.1:3000', 200],
    ['localhost', 200],
    ['0.0.0.0:3000', 200],
    ['evil.example', 421],
    ['purser.example.evil.example', 421],
    ['a.purser.example', 421],
  ])('answers by the names that were set: %s', async (host, status) => {
    expect(await statusOf(open, '/livez', { host })).toBe(status);
  });

  it('opens sockets by these names only', async () => {
    const { port, url } = await open.listen();
    expect(url).toBe(`http://127.0.0.1:${port}`);
    const upgrade = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const asked = request({
          ...{ host: '127.0.0.1', port, path: '/graphql' },
          headers: {
            ...{ host, connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
            ...{ 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' },
            'sec-websocket-protocol': 'graphql-transport-ws',
          },
        });
        asked.on('upgrade', (response, socket) => {
          socket.destroy();
          resolve(response.statusCode);
        });
        asked.on('response', (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        asked.on('error', reject);
        asked.end();
      });
    expect([await upgrade('purser.example'), await upgrade('evil.example')]).toEqual([101, 421]);
  });

  it('does not start where it is not called by a name, or with the keys of the sandbox', async () => {
    await expect(serve({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'HOST_REFUSED' });
    await expect(serve(OPEN, 'pur_demo_key')).rejects.toMatchObject({ code: 'HOST_REFUSED' });
  });

  it('tells its metrics to who has the token, and without one on this machine only', async () => {
    const metrics = (server: PurserServer, headers: Record<string, string>) =>
      statusOf(server, '/metrics', { host: 'localhost', ...headers });
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    expect(await metrics(open, {})).toBe(401);
    expect(await metrics(open, bearer(TOKEN))).toBe(401);
    const locked = await serve({ ...OPEN, metricsToken: TOKEN.replaceAll(' ', '-') });
    const token = TOKEN.replaceAll(' ', '-');
    expect(await metrics(locked, bearer(token))).toBe(200);
    expect(await metrics(locked, bearer(`${token}x`))).toBe(401);
    expect(await metrics(locked, {})).toBe(401);
    const local = await serve({ allowedHosts: ['purser.example'] });
    expect(await metrics(local, {})).toBe(200);
    expect(await metrics(local, { host: 'purser.example' })).toBe(401);
    const localLocked = await serve({ metricsToken: token });
    expect([await metrics(localLocked, {}), await metrics(localLocked, bearer(token))]).toEqual([401, 200]);
  });
});
