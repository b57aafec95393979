import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import { createDatabase, type Db, migrate, startTemporaryPostgres } from '#libs/database';

/** One server and one database for all seeds: emptied in between, which is faster than a new one. */
export interface SimPostgres {
  /** As the role that indexes, as all processes do. */
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

/** By whom the indexer is run, and who sets everything up for it. */
export interface SimUrls {
  readonly owner: string;
  readonly indexer: string;
}

export const openSimPostgres = async (
  { owner, indexer: url }: SimUrls,
  stop: () => Promise<void>,
): Promise<SimPostgres> => {
  await migrate({ url: owner });
  const work = createDatabase({
    url,
    maxConnections: 24,
    applicationName: 'purser-sim',
    statementTimeoutMs: 20_000,
  });
  const killer = createDatabase({ url, maxConnections: 1, applicationName: 'purser-sim-killer' });
  const admin = createDatabase({ url: owner, maxConnections: 1, applicationName: 'purser-sim-admin' });
  const list = await tablesOf(admin.db);
  const names = list.join(', ');
  return {
    db: work.db,
    url,
    empty: async () => {
      // Facts refuse to be truncated, by a trigger that their owner may switch off.
      for (const statement of [
        'alter table facts disable trigger user',
        `truncate ${names} restart identity cascade`,
        'alter table facts enable trigger user',
      ]) {
        await sql.raw(statement).execute(admin.db);
      }
    },
    terminate: async (backendPid) => {
      // A role may end its own server processes and those of no other.
      await sql`select pg_terminate_backend(${backendPid}::integer, 5000)`.execute(killer.db);
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
        ...list.map((name) => `alter table ${name} disable trigger user`),
        `truncate ${names} cascade`,
        ...list.map((name) => `insert into ${name} overriding system value select * from replica.${name}`),
        ...list.map((name) => `alter table ${name} enable trigger user`),
      ]),
    stop: async () => {
      await Promise.all([work.close(), killer.close(), admin.close()]);
      await stop();
    },
  };
};

/** What the indexer writes, and what follows from it by trigger. Each behind those that its rows refer to. What organisations say of it goes with it. */
const tablesOf = async (db: Db): Promise<readonly string[]> => {
  const { rows } = await sql<{ name: string; behind: string[] }>`
    select c.relname as name, array(
      select f.confrelid::regclass::text from pg_constraint f
      where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid
    ) as behind
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> 'schema_migrations'
      and (not c.relforcerowsecurity or c.relname = 'follows')
    order by c.relname`.execute(db);
  const ordered: string[] = [];
  while (ordered.length < rows.length) {
    const next = rows.filter(
      ({ name, behind }) =>
        !ordered.includes(name) &&
        behind.every((other) => ordered.includes(other) || !rows.some((row) => row.name === other)),
    );
    if (next.length === 0) throw new Error('tables refer to each other in a circle');
    ordered.push(...next.map(({ name }) => name));
  }
  return ordered;
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
  return openSimPostgres(server.urls, () => server.stop());
};
