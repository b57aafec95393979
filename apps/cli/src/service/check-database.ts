import { randomInt } from 'node:crypto';
import {
  connectPostgres,
  INDEXER_ROLE,
  requireRoles,
  requireSafeApiRole,
  schemaStatus,
  type Sql,
} from '#libs/database';
import { describeFailure } from '../output/failure.ts';
import type { DatabasePart } from './open-databases.ts';
import type { OpenedServer } from './open-server.ts';

/** One thing that was looked at. */
export interface DatabaseCheck {
  readonly what: 'roles' | 'schema' | 'indexer' | 'API' | 'one database';
  readonly state: 'RIGHT' | 'WRONG' | 'SKIPPED';
  readonly says: string;
}

/** Looks at everything, whatever is wrong before it, by the URLs that are there. Changes nothing. Never throws. */
export const checkDatabase = async ({ urls }: OpenedServer): Promise<readonly DatabaseCheck[]> => {
  const [any] = Object.values(urls);
  if (any === undefined) return [];
  const roles = await tell('roles', () => withConnection(any, checkRoles));
  const schema = await tell('schema', () => checkSchema(any));
  const isThere = schema.state === 'RIGHT';
  return [
    roles,
    schema,
    await tell('indexer', () => checkIndexer(urls)),
    await tell('API', () => (isThere ? checkApi(urls.api) : skipped('its grants come with the schema'))),
    await tell('one database', () => checkSame(urls)),
  ];
};

type Verdict = Omit<DatabaseCheck, 'what'>;

const right = (says: string): Verdict => ({ state: 'RIGHT', says });
const wrong = (says: string): Verdict => ({ state: 'WRONG', says });
const skipped = (says: string): Verdict => ({ state: 'SKIPPED', says });

const tell = async (
  what: DatabaseCheck['what'],
  look: () => Verdict | Promise<Verdict>,
): Promise<DatabaseCheck> => {
  try {
    return { what, ...(await look()) };
  } catch (error) {
    const { code, message } = describeFailure(error);
    return { what, state: 'WRONG', says: `${message} [${code}]` };
  }
};

const withConnection = async <T>(url: string, work: (sql: Sql) => Promise<T>): Promise<T> => {
  const sql = connectPostgres({ url, maxConnections: 1, applicationName: 'purser-check' });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
};

const checkRoles = async (sql: Sql): Promise<Verdict> => {
  await requireRoles(sql);
  return right('the server has them');
};

const checkSchema = async (url: string): Promise<Verdict> => {
  const { databaseVersion, binaryVersion } = await schemaStatus({ url });
  if (databaseVersion === binaryVersion) return right(`version ${databaseVersion}`);
  return wrong(`version ${databaseVersion}; this Purser needs ${binaryVersion}: purser migrate`);
};

const checkIndexer = ({ indexer, owner }: OpenedServer['urls']): Promise<Verdict> => {
  if (indexer === undefined) return Promise.resolve(skipped('INDEXER_DATABASE_URL is not set'));
  if (indexer === owner) return Promise.resolve(right('it is the owner: INDEXER_DATABASE_URL is not set'));
  return withConnection(indexer, async (sql) => {
    const [row] = await sql<{ role: string; isMember: boolean }[]>`
      select session_user::text as role, exists (
        select from pg_roles g where g.rolname = ${INDEXER_ROLE} and pg_has_role(session_user, g.oid, 'USAGE')
      ) as "isMember"`;
    return row?.isMember === true
      ? right(`${row.role} is a member of ${INDEXER_ROLE}`)
      : wrong(`${row?.role ?? 'it'} is no member of ${INDEXER_ROLE}`);
  });
};

const checkApi = async (url: string | undefined): Promise<Verdict> => {
  if (url === undefined) return skipped('API_DATABASE_URL is not set');
  await requireSafeApiRole({ url });
  return right('its role owns nothing, and every table that needs a policy has one');
};

/** A lock that one of them takes is seen by the others: names of hosts and databases may be equal and mean two. */
const checkSame = async (urls: OpenedServer['urls']): Promise<Verdict> => {
  const [first, ...others] = (Object.entries(urls) as [DatabasePart, string][]).map(([part, url]) => ({
    part,
    url,
  }));
  if (first === undefined || others.length === 0) return skipped('there is one URL only');
  const key = randomInt(2 ** 31 - 1);
  return withConnection<Verdict>(first.url, (sql) =>
    sql.begin(async (trx): Promise<Verdict> => {
      await trx`select pg_advisory_xact_lock(${key}::integer, 0)`;
      const blind = await Promise.all(others.map(async (other) => !(await sees(other.url, key))));
      const elsewhere = others.filter((_, at) => blind[at]).map(({ part }) => part);
      return elsewhere.length === 0
        ? right(`${others.length + 1} URLs, one database`)
        : wrong(`not the database of the ${first.part}: ${elsewhere.join(', ')}`);
    }),
  );
};

const sees = (url: string, key: number): Promise<boolean> =>
  withConnection(url, async (sql) => {
    const rows = await sql`
      select 1 from pg_locks where locktype = 'advisory' and classid = ${key}::bigint::oid and granted
        and database = (select oid from pg_database where datname = current_database())`;
    return rows.length > 0;
  });
