import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import { createDatabase, type Db, migrate, startTemporaryPostgres } from '#libs/database';

/** One server and one database for all seeds: emptied in between, which is faster than a new one. */
export interface SimPostgres {
  readonly db: Db;
  readonly url: string;
  empty(): Promise<void>;
  terminate(backendPid: number): Promise<void>;
  /** Keeps everything as it is now. */
  copy(): Promise<void>;
  /** Everything is as it was at the last copy. */
  goBack(): Promise<void>;
  stop(): Promise<void>;
}

const NOTICED_AFTER_MS = 50;

export const openSimPostgres = async (url: string, stop: () => Promise<void>): Promise<SimPostgres> => {
  await migrate({ url });
  const work = createDatabase({
    url,
    maxConnections: 24,
    applicationName: 'purser-sim',
    statementTimeoutMs: 20_000,
  });
  const admin = createDatabase({ url, maxConnections: 1, applicationName: 'purser-sim-admin' });
  const tables = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'schema_migrations'
  `.execute(admin.db);
  const list = tables.rows.map(({ name }) => name);
  const names = list.join(', ');
  return {
    db: work.db,
    url,
    empty: async () => {
      // Facts refuse to be truncated, by a trigger that their owner may switch off.
      for (const statement of [
        'alter table facts disable trigger user',
        `truncate ${names} restart identity`,
        'alter table facts enable trigger user',
      ]) {
        await sql.raw(statement).execute(admin.db);
      }
    },
    terminate: async (backendPid) => {
      await sql`select pg_terminate_backend(${backendPid}::integer, 5000)`.execute(admin.db);
      // Until the client has noticed: when it does must not depend on the host.
      await setTimeout(NOTICED_AFTER_MS);
    },
    copy: () =>
      inOneTransaction(admin.db, [
        'drop schema if exists replica cascade',
        'create schema replica',
        ...list.map((name) => `create table replica.${name} as table ${name}`),
      ]),
    goBack: () =>
      inOneTransaction(admin.db, [
        // Neither triggers nor foreign keys: rows come in any order.
        'set local session_replication_role = replica',
        `truncate ${names}`,
        ...list.map(
          (name) => `insert into ${name} overriding system value select * from replica.${name}`,
        ),
      ]),
    stop: async () => {
      await Promise.all([work.close(), admin.close()]);
      await stop();
    },
  };
};

const inOneTransaction = (db: Db, statements: readonly string[]): Promise<void> =>
  db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (trx) => {
      for (const statement of statements) await sql.raw(statement).execute(trx);
    });

export const startSimPostgres = async (): Promise<SimPostgres> => {
  const server = await startTemporaryPostgres({ prefix: `purser-sim-${process.pid}-` });
  return openSimPostgres(server.url, () => server.stop());
};
