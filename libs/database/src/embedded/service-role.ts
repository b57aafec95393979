import postgres from 'postgres';
import { thrownCode } from '../database.error.ts';
import { pause } from './file-lock.ts';

export const SERVICE_ROLE = 'purser';
export const SERVICE_DATABASE = 'purser';

export const urlOf = (user: string, password: string, port: number, database: string): string =>
  `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;

const connect = (url: string) => postgres(url, { max: 1, connect_timeout: 5, onnotice: () => undefined });

/**
 * The service works as a role of its own: a superuser would pass even forced row-level security.
 * Repeatable; sets the password each time, so that a lost state file does not lock us out.
 */
export const ensureServiceRole = async (superuserUrl: string, password: string): Promise<void> => {
  const sql = connect(superuserUrl);
  try {
    const roles = await sql`select 1 from pg_roles where rolname = ${SERVICE_ROLE}`;
    const verb = roles.length === 0 ? 'create' : 'alter';
    const attributes = 'login nosuperuser nocreatedb nocreaterole noreplication nobypassrls';
    await sql.unsafe(`${verb} role ${SERVICE_ROLE} ${attributes} password '${password}'`);
    const databases = await sql`select 1 from pg_database where datname = ${SERVICE_DATABASE}`;
    if (databases.length === 0) await sql.unsafe(`create database ${SERVICE_DATABASE} owner ${SERVICE_ROLE}`);
  } finally {
    await sql.end({ timeout: 5 });
  }
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
