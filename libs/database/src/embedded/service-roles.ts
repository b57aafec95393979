import postgres from 'postgres';
import { thrownCode } from '../database.error.ts';
import { API_ROLE, INDEXER_ROLE } from '../scoped/database-roles.ts';
import { pause } from './file-lock.ts';

const OWNER_ROLE = 'purser';
const SERVICE_DATABASE = 'purser';

/** By what a process does: migrate and repair, index, or answer requests. */
export interface ServicePasswords {
  readonly owner: string;
  readonly indexer: string;
  readonly api: string;
}

/** A URL for each role, to one database. */
export type ServiceUrls = { readonly [Role in keyof ServicePasswords]: string };

const NAMES: ServiceUrls = { owner: OWNER_ROLE, indexer: INDEXER_ROLE, api: API_ROLE };

export const urlOf = (user: string, password: string, port: number, database: string): string =>
  `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;

export const serviceUrls = (passwords: ServicePasswords, port: number): ServiceUrls => ({
  owner: urlOf(NAMES.owner, passwords.owner, port, SERVICE_DATABASE),
  indexer: urlOf(NAMES.indexer, passwords.indexer, port, SERVICE_DATABASE),
  api: urlOf(NAMES.api, passwords.api, port, SERVICE_DATABASE),
});

const connect = (url: string) => postgres(url, { max: 1, connect_timeout: 5, onnotice: () => undefined });

/**
 * The service works as roles of its own: a superuser would pass even forced row-level security. Only the owner has
 * tables. Repeatable, so that a server of an older Purser gets those it lacks; sets the passwords each time, so that a
 * lost state file does not lock us out.
 */
export const ensureRoles = async (superuserUrl: string, passwords: ServicePasswords): Promise<void> => {
  const sql = connect(superuserUrl);
  try {
    for (const role of ['owner', 'indexer', 'api'] as const) {
      await ensureRole(sql, NAMES[role], passwords[role]);
    }
    const databases = await sql`select 1 from pg_database where datname = ${SERVICE_DATABASE}`;
    if (databases.length === 0) await sql.unsafe(`create database ${SERVICE_DATABASE} owner ${OWNER_ROLE}`);
  } finally {
    await sql.end({ timeout: 5 });
  }
};

const ensureRole = async (sql: postgres.Sql, name: string, password: string): Promise<void> => {
  const roles = await sql`select 1 from pg_roles where rolname = ${name}`;
  const verb = roles.length === 0 ? 'create' : 'alter';
  const attributes = 'login inherit nosuperuser nocreatedb nocreaterole noreplication nobypassrls';
  await sql.unsafe(`${verb} role ${name} ${attributes} password '${password}'`);
};

/** Whether this very server answers: right password, right data directory. Waits while it starts or stops. */
export const answersFrom = async (superuserUrl: string, clusterDir: string): Promise<boolean> => {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const sql = connect(superuserUrl);
    try {
      const [row] = await sql<{ data_directory: string }[]>`show data_directory`;
      return row?.data_directory === clusterDir;
    } catch (error) {
      // 57P03: starting up or shutting down.
      if (thrownCode(error) !== '57P03') return false;
    } finally {
      await sql.end({ timeout: 1 });
    }
    await pause(50);
  }
  return false;
};

/** Clients other than the given application name: somebody else who needs the server. */
export const hasOtherClients = async (superuserUrl: string): Promise<boolean> => {
  const sql = connect(superuserUrl);
  try {
    const rows = await sql`
      select 1 from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() limit 1`;
    return rows.length > 0;
  } finally {
    await sql.end({ timeout: 1 });
  }
};
