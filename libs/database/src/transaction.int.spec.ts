import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { startTcpProxy, type TcpProxy, withDatabase } from '#libs/testing';
import {
  createDatabase,
  type DatabaseConnection,
  DatabaseError,
  type Db,
  inTransaction,
  type Trx,
} from './index.ts';

const insert = (trx: Trx | Db, id: number) => sql`insert into marks values (${id})`.execute(trx);

describe('inTransaction', () => {
  const database = withDatabase({ migrated: false });
  const ids = async () =>
    (await sql<{ id: number }>`select id from marks order by id`.execute(database.db)).rows.map((r) => r.id);

  beforeAll(() => database.sql.unsafe('create table marks (id integer primary key)'));
  beforeEach(() => database.sql.unsafe('truncate marks'));

  it('commits all of the work, or none of it when the work throws', async () => {
    expect(await inTransaction(database.db, async (trx) => (await insert(trx, 1), 'value'))).toBe('value');
    const failing = inTransaction(database.db, async (trx) => {
      await insert(trx, 2);
      throw new RangeError('mine');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await ids()).toEqual([1]);
  });

  it('names the faults of the database', async () => {
    const twice = inTransaction(database.db, async (trx) => (await insert(trx, 1), await insert(trx, 1)));
    await expect(twice).rejects.toMatchObject({ code: 'UNIQUE_VIOLATION', retryable: false });
    const slow = inTransaction(database.db, async (trx) => {
      await sql`set local statement_timeout = 50`.execute(trx);
      await sql`select pg_sleep(5)`.execute(trx);
    });
    await expect(slow).rejects.toMatchObject({ code: 'STATEMENT_TIMEOUT', retryable: true });
  });

  it('is not fooled by a failure that the work swallowed: the server undid everything', async () => {
    const swallowing = inTransaction(database.db, async (trx) => {
      await insert(trx, 1);
      await sql`select 1 / 0`.execute(trx).catch(() => undefined);
    });
    await expect(swallowing).rejects.toMatchObject({ code: 'ROLLED_BACK', retryable: false });
    expect(await ids()).toEqual([]);
  });

  it('never goes on outside of its transaction when the server closed the connection in between', async () => {
    let runs = 0;
    const work = async (trx: Trx) => {
      runs += 1;
      await insert(trx, 1);
      if (runs === 1) {
        const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
        await database.sql`select pg_terminate_backend(${rows[0]!.pid}::integer)`;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      await insert(trx, 2);
    };
    await expect(inTransaction(database.db, work)).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      retryable: true,
    });
    expect(await ids()).toEqual([]);
    await inTransaction(database.db, work, { attempts: 2 });
    expect(await ids()).toEqual([1, 2]);
  });

  it('refuses to write on a server that only reads, and may be tried elsewhere', async () => {
    const onReplica = inTransaction(database.db, async (trx) => {
      await sql`set transaction read only`.execute(trx);
      await insert(trx, 1);
    });
    await expect(onReplica).rejects.toMatchObject({ code: 'READ_ONLY_SERVER', retryable: true });
  });

  it('runs again after a deadlock, so that both sides get through', async () => {
    await insert(database.db, 1);
    await insert(database.db, 2);
    const touch = (trx: Trx, id: number) => sql`update marks set id = id where id = ${id}`.execute(trx);
    let bothHoldOne = 0;
    const cross = (first: number, second: number) =>
      inTransaction(
        database.db,
        async (trx) => {
          await touch(trx, first);
          bothHoldOne += 1;
          while (bothHoldOne < 2) await new Promise((resolve) => setTimeout(resolve, 5));
          await touch(trx, second);
        },
        { attempts: 5 },
      );
    await expect(Promise.all([cross(1, 2), cross(2, 1)])).resolves.toHaveLength(2);
    expect(bothHoldOne).toBeGreaterThan(2);
  });

  it('runs again after a serialization failure', async () => {
    let runs = 0;
    const add = () =>
      inTransaction(
        database.db,
        async (trx) => {
          runs += 1;
          const { rows } = await sql<{
            next: number;
          }>`select coalesce(max(id), 0) + 1 as next from marks`.execute(trx);
          await insert(trx, rows[0]!.next);
        },
        { attempts: 10, isolationLevel: 'serializable' },
      ).catch((error: unknown) => {
        // Two that computed the same number may meet at the key before the server sees the conflict.
        if (!(error instanceof DatabaseError) || error.code !== 'UNIQUE_VIOLATION') throw error;
      });
    await Promise.all([add(), add(), add()]);
    expect(runs).toBeGreaterThanOrEqual(3);
    expect((await ids())[0]).toBe(1);
  });
});

describe('a connection that breaks during commit', () => {
  const database = withDatabase({ migrated: false });
  let proxy: TcpProxy;
  let client: DatabaseConnection;
  const isThere = (id: number) => async (db: Db) =>
    (await sql`select 1 from marks where id = ${id}`.execute(db)).rows.length === 1;

  beforeAll(async () => {
    await database.sql.unsafe('create table marks (id integer primary key)');
    const url = new URL(database.url);
    proxy = await startTcpProxy(Number(url.port));
    url.port = String(proxy.port);
    client = createDatabase({ url: url.href, maxConnections: 2 });
  });

  afterAll(async () => {
    await client.close();
    await proxy.close();
  });

  const breakCommit = (
    id: number,
    mode: 'BEFORE_FORWARDING' | 'AFTER_FORWARDING',
    wasCommitted?: (db: Db) => Promise<boolean>,
  ) =>
    inTransaction(
      client.db,
      async (trx) => {
        await insert(trx, id);
        proxy.cutAt('commit', mode);
        return id;
      },
      wasCommitted ? { wasCommitted } : {},
    );

  it('counts as committed when the row is there', async () => {
    await expect(breakCommit(1, 'AFTER_FORWARDING', isThere(1))).resolves.toBe(1);
    expect(await isThere(1)(database.db)).toBe(true);
  });

  it('counts as never happened, and may be tried again, when the row is not there', async () => {
    await expect(breakCommit(2, 'BEFORE_FORWARDING', isThere(2))).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      retryable: true,
    });
    expect(await isThere(2)(database.db)).toBe(false);
  });

  it('stays unknown, and not retryable, when nobody can tell', async () => {
    const unknown = { code: 'COMMIT_OUTCOME_UNKNOWN', retryable: false };
    await expect(breakCommit(3, 'BEFORE_FORWARDING')).rejects.toMatchObject(unknown);
    const cannotTell = () => Promise.reject(new Error('no'));
    await expect(breakCommit(4, 'BEFORE_FORWARDING', cannotTell)).rejects.toMatchObject(unknown);
  });

  it('is a lost connection when it breaks before the commit', async () => {
    const work = inTransaction(client.db, async (trx) => {
      proxy.cutAt('insert into marks', 'AFTER_FORWARDING');
      await insert(trx, 5);
    });
    await expect(work).rejects.toMatchObject({ code: 'CONNECTION_LOST', retryable: true });
    expect(await isThere(5)(database.db)).toBe(false);
  });

  it('works again afterwards', async () => {
    await expect(inTransaction(client.db, (trx) => insert(trx, 6))).resolves.toBeDefined();
  });
});
