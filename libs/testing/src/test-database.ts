import postgres from 'postgres';
import { requireTestServer } from './test-server.ts';

export const TEMPLATE = 'template_migrated';

/** As whom triggers can be passed by. Default: in the server's own database. */
export const asSuperuser = async (
  work: (sql: postgres.Sql) => Promise<unknown>,
  database?: string,
): Promise<void> => {
  const url = new URL(requireTestServer().superuserUrl);
  if (database !== undefined) url.pathname = `/${database}`;
  const sql = postgres(url.href, { max: 1, onnotice: () => undefined });
  try {
    await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
};

const serviceUrlOf = (name: string): string => {
  const url = new URL(requireTestServer().serviceUrl);
  url.pathname = `/${name}`;
  return url.href;
};

/** Creates a database owned by the service role. @returns its URL for that role. */
export const createTestDatabase = async (name: string, template?: string): Promise<string> => {
  const from = template === undefined ? '' : `template ${template} strategy file_copy`;
  await asSuperuser((sql) =>
    sql.unsafe(`create database ${name} ${from} owner ${new URL(serviceUrlOf(name)).username}`),
  );
  return serviceUrlOf(name);
};

export const dropTestDatabase = (name: string): Promise<void> =>
  asSuperuser((sql) => sql.unsafe(`drop database if exists ${name} with (force)`));
