import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { startTemporaryPostgres } from '../embedded/temporary-postgres.ts';
import {
  createDatabase,
  createScopedDatabase,
  migrate,
  NO_ORGANISATION,
  type ScopedConnection,
} from '../index.ts';

jest.setTimeout(120_000);

/** A server of its own: what specs beside this one commit would be news to everybody. */
describe('an answer that is shared, where nobody writes', () => {
  let server: Awaited<ReturnType<typeof startTemporaryPostgres>>;
  let connection: ScopedConnection;

  beforeAll(async () => {
    server = await startTemporaryPostgres({ prefix: 'purser-shared-' });
    await migrate({ url: server.url });
    connection = createScopedDatabase({
      url: server.urls.api,
      maxConnections: 3,
    });
  });

  afterAll(async () => {
    await connection.close();
    await server.stop();
  });

  const share = (text: string) =>
    connection.db.readShared(NO_ORGANISATION, sql<{ n: number }>`${sql.raw(text)}`);

  it('is read once by many who ask at a time, and by those who ask after them', async () => {
    const slow = `select 1 as n, pg_sleep(0.2)::text`;
    const answers = await Promise.all(Array.from({ length: 8 }, () => share(slow)));
    answers.push(await share(slow));
    // The very same rows: read once.
    expect(new Set(answers).size).toBe(1);
  });

  it('is read anew as soon as anybody committed anything', async () => {
    const count = 'select count(*)::integer as n from networks';
    expect([(await share(count))[0]?.n, (await share(count))[0]?.n]).toEqual([0, 0]);
    const owner = createDatabase({ url: server.url, maxConnections: 1 });
    await owner.sql`insert into networks (chain_id, genesis_hash, label) values ('0x1', '0x1', 'x')`;
    const after = await share(count);
    expect(after).toEqual([{ n: 1 }]);
    expect(await share(count)).toBe(after);
    await owner.close();
  });

  it('is read anew when one commits late, who began before others that were done', async () => {
    const count = `select count(*)::integer as n from networks where label = 'late'`;
    const owner = createDatabase({ url: server.url, maxConnections: 2 });
    const late = await owner.sql.reserve();
    await late.unsafe('begin');
    await late.unsafe(`insert into networks (chain_id, genesis_hash, label) values ('0x2', '0x2', 'late')`);
    await owner.sql`insert into networks (chain_id, genesis_hash, label) values ('0x3', '0x3', 'x')`;
    expect((await share(count))[0]?.n).toBe(0);
    await late.unsafe('commit');
    late.release();
    expect((await share(count))[0]?.n).toBe(1);
    await owner.close();
  });

  it('is waited for without keeping a connection', async () => {
    const slow = `select 2 as n, pg_sleep(0.5)::text`;
    const order: string[] = [];
    await Promise.all([
      Promise.all(Array.from({ length: 9 }, () => share(slow))).then(() => order.push('slow')),
      connection.db.read(NO_ORGANISATION, sql`select 1`).then(() => order.push('quick')),
    ]);
    expect(order).toEqual(['quick', 'slow']);
  });
});
