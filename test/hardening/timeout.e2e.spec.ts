import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { connectPostgres, type Sql } from '#libs/database';
import { withDatabase, withLogins } from '#libs/testing';
import { at, HEAD, withServer } from '../api/with-server.ts';
import { openPeer } from './socket-peer.ts';

const QUERY = '{ sessions { nodes { account } } }';

describe('an answer that takes too long', () => {
  const database = withDatabase();
  const logins = withLogins(database);
  const spec = withServer(database, { settings: { port: 0, answerWithinMs: 2_000 } });
  let url = '';
  let key = '';

  beforeAll(async () => {
    await spec.rows.head(spec.networkId, HEAD);
    url = `${(await spec.server.listen()).url}/graphql`;
    key = await spec.access.keyOf('ADMIN');
    expect((await spec.ask('{ viewer { name } }')).codes).toEqual([]);
  });

  /** What others run and waits for a lock. */
  const statementsOf = (watcher: Sql) =>
    watcher<{ query: string }[]>`
      select query from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and state = 'active' and wait_event_type = 'Lock'`;

  it('is TIMEOUT over both, and its statement is gone from the server', async () => {
    const owner = connectPostgres({ url: database.url, maxConnections: 1 });
    const watcher = connectPostgres({
      url: await logins.create('in role pg_read_all_stats'),
      maxConnections: 1,
    });
    const peer = await openPeer(url);
    await peer.init(key);
    try {
      expect(await statementsOf(watcher)).toEqual([]);
      await owner.unsafe('begin; lock table session_versions, session_keys in access exclusive mode');
      const asked = [spec.ask(QUERY), peer.ask('1', { query: QUERY })] as const;
      const seen = await eventually(
        () => statementsOf(watcher),
        ({ length }) => length >= 2,
      );
      expect(seen.length).toBeGreaterThanOrEqual(2);
      const [http, [message]] = await Promise.all(asked);
      // Of the field: its statement ended with the request, and nothing had to be given up.
      expect([http.status, http.codes]).toEqual([200, ['TIMEOUT']]);
      expect(at(message, 'payload', 'errors', 0, 'extensions', 'code')).toBe('TIMEOUT');
      expect(http.errors[0]?.extensions.retryable).toBe(true);
      // The lock is still held: what waited for it did not get it, it was cancelled.
      expect(
        await eventually(
          () => statementsOf(watcher),
          ({ length }) => length === 0,
        ),
      ).toEqual([]);
    } finally {
      await owner.unsafe('rollback');
      await owner.end();
      await watcher.end();
      await peer.close();
    }
    expect((await spec.ask(QUERY)).codes).toEqual([]);
  });
});

const eventually = async <T>(look: () => Promise<T>, isIt: (seen: T) => boolean): Promise<T> => {
  for (let tries = 0; tries < 200; tries += 1) {
    const seen = await look();
    if (isIt(seen)) return seen;
    await delay(25);
  }
  return look();
};
