import postgres from 'postgres';
import { type DatabaseUrls, requireTestServer } from './test-server.ts';

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

const urlsOf = (database: string): DatabaseUrls => {
  const { owner, indexer, api } = requireTestServer().urls;
  const inDatabase = (server: string): string => {
    const url = new URL(server);
    url.pathname = `/${database}`;
    return url.href;
  };
  return { owner: inDatabase(owner), indexer: inDatabase(indexer), api: inDatabase(api) };
};

/** Creates a database of its owner. @returns its URLs for each role. */
export const createTestDatabase = async (name: string, template?: string): Promise<DatabaseUrls> => {
  const from = template === undefined ? '' : `template ${template} strategy file_copy`;
  const urls = urlsOf(name);
  await asSuperuser((sql) =>
    sql.unsafe(`create database ${name} ${from} owner ${new URL(urls.owner).username}`),
  );
  return urls;
};

export const dropTestDatabase = (name: string): Promise<void> =>
  asSuperuser((sql) => sql.unsafe(`drop database if exists ${name} with (force)`));
