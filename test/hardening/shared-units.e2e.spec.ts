import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { takeUnitsIn } from '#libs/access';
import { createScopedDatabase, type ScopedConnection } from '#libs/database';
import { testAccess, withDatabase } from '#libs/testing';
import { pino } from 'pino';
import { createServer, type PurserServer } from '../../apps/server/src/create-server.ts';
import { at } from '../api/with-server.ts';

const MINUTE_MS = 60_000;
/** Six units. */
const VIEWER = '{ viewer { name } }';

describe('two servers on one database', () => {
  const database = withDatabase();
  let nowMs = 0;
  const clock = { nowMilliseconds: () => nowMs };
  const access = testAccess(database, { unitsPerMinute: 600 });
  const servers: PurserServer[] = [];
  let pool: ScopedConnection;
  let nowhere: ScopedConnection;
  let leases = 0;
  let key = '';

  const serve = async (units: ScopedConnection): Promise<PurserServer> => {
    const { authenticate, hasher } = access;
    return createServer(
      {},
      {
        ...{ db: database.api, networks: [], status: { networks: () => [] }, clock },
        ...{ profiles: { find: () => undefined } as never, logger: pino({ level: 'silent' }) },
        access: { authenticate, hasher, takeUnits: takeUnitsIn(units.db, clock) },
      },
    );
  };

  beforeAll(async () => {
    const onQuery = ({ query }: { readonly query: { readonly sql: string } }) => {
      if (query.sql.includes('take_units')) leases += 1;
    };
    pool = createScopedDatabase({ url: database.urls.api, maxConnections: 4, onQuery });
    nowhere = createScopedDatabase({ url: 'postgres://nobody@127.0.0.1:1/none', maxConnections: 1 });
    servers.push(await serve(pool), await serve(pool));
    key = await access.keyOf('ADMIN');
  });

  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await Promise.all([pool.close(), nowhere.close()]);
  });

  beforeEach(() => {
    nowMs += 2 * MINUTE_MS;
    leases = 0;
  });

  const ask = async (server: PurserServer | undefined, text = key): Promise<string> => {
    const headers = { 'x-api-key': text };
    const payload = { query: VIEWER };
    const answer = await server?.app.inject({ method: 'POST', url: '/graphql', headers, payload });
    const body: unknown = answer?.json();
    return answer?.statusCode === 200 ? 'answered' : String(at(body, 'errors', 0, 'extensions', 'code'));
  };
  const count = (told: readonly string[], what: string): number => told.filter((one) => one === what).length;

  it('give a key its minute once, asked by turns', async () => {
    const told: string[] = [];
    for (let n = 0; n < 130; n += 1) told.push(await ask(servers[n % 2]));
    expect([count(told, 'answered'), count(told, 'RATE_LIMITED')]).toEqual([100, 30]);
    // One for a twentieth, and one each in vain.
    expect(leases).toBeLessThanOrEqual(22);
    nowMs += MINUTE_MS / 10;
    expect([await ask(servers[0]), await ask(servers[1])]).toEqual(['answered', 'answered']);
  });

  it('give a key its minute once, asked at the same time', async () => {
    const told = await Promise.all(Array.from({ length: 130 }, (_, n) => ask(servers[n % 2])));
    expect([count(told, 'answered'), count(told, 'RATE_LIMITED')]).toEqual([100, 30]);
  });

  it('give each key its own', async () => {
    const { text } = await access.makeKey(1, {});
    for (let n = 0; n < 101; n += 1) await ask(servers[0]);
    expect([await ask(servers[1]), await ask(servers[1], text)]).toEqual(['RATE_LIMITED', 'answered']);
  });

  it('let nobody through where the database does not say what is left', async () => {
    const cut = await serve(nowhere);
    expect(await ask(cut)).toBe('INDEX_UNAVAILABLE');
    await cut.close();
  });
});
