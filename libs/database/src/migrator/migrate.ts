import { connectPostgres, type Sql } from '../database.ts';
import { DatabaseError, thrownMessage, toDatabaseError } from '../database.error.ts';
import { requireRoles } from '../scoped/database-roles.ts';
import { type Migration, readMigrations, shippedMigrationsDir } from './migration-files.ts';

export interface MigrateOptions {
  readonly url: string;
  /** Default: the migrations that come with this Purser. */
  readonly folder?: string;
}

export interface SchemaStatus {
  /** Version of the database; 0 when empty. */
  readonly databaseVersion: number;
  /** Newest version this binary knows. */
  readonly binaryVersion: number;
}

interface Applied {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

// Any constant will do; it only has to differ from other users of advisory locks in this database.
const MIGRATION_LOCK = '5784321099';

const TABLE = `create table if not exists schema_migrations (
  version integer primary key,
  name text not null,
  checksum text not null,
  applied_at timestamptz not null default now()
)`;

/**
 * Brings the schema to the newest version, one transaction per file: killed half-way, the next start goes on.
 * Several processes may call it at once; one works, the others wait and find nothing left to do.
 * @returns names of the migrations this call applied.
 * @throws DatabaseError ROLES_MISSING before anything is changed; MIGRATION_FAILED, MIGRATION_CHANGED, SCHEMA_NEWER_THAN_BINARY
 */
export const migrate = async (options: MigrateOptions): Promise<readonly string[]> => {
  const migrations = await readMigrations(options.folder ?? shippedMigrationsDir());
  return withMigrationConnection(options.url, async (sql) => {
    await requireRoles(sql);
    await sql`select pg_advisory_lock(${MIGRATION_LOCK}::bigint)`;
    await sql.unsafe(TABLE);
    const applied = await listApplied(sql);
    refuseUnfit(applied, migrations);
    const pending = migrations.slice(applied.length);
    for (const migration of pending) await apply(sql, migration);
    return pending.map(({ name }) => name);
  });
};

/**
 * For processes that do not migrate: refuses a schema of another version than this binary knows.
 * @throws DatabaseError SCHEMA_NEWER_THAN_BINARY, SCHEMA_OLDER_THAN_BINARY, MIGRATION_CHANGED
 */
export const requireCurrentSchema = async (options: MigrateOptions): Promise<void> => {
  const migrations = await readMigrations(options.folder ?? shippedMigrationsDir());
  const applied = await withMigrationConnection(options.url, listAppliedIfAny);
  refuseUnfit(applied, migrations);
  if (applied.length < migrations.length) {
    throw new DatabaseError(
      'SCHEMA_OLDER_THAN_BINARY',
      `the database has schema version ${applied.length}, this Purser needs ${migrations.length}: run purser migrate`,
    );
  }
};

export const schemaStatus = async (options: MigrateOptions): Promise<SchemaStatus> => {
  const migrations = await readMigrations(options.folder ?? shippedMigrationsDir());
  const applied = await withMigrationConnection(options.url, listAppliedIfAny);
  return { databaseVersion: applied.at(-1)?.version ?? 0, binaryVersion: migrations.length };
};

const withMigrationConnection = async <T>(url: string, work: (sql: Sql) => Promise<T>): Promise<T> => {
  const sql = connectPostgres({
    url,
    maxConnections: 1,
    applicationName: 'purser-migrate',
    statementTimeoutMs: 0,
  });
  try {
    return await work(sql);
  } catch (error) {
    throw toDatabaseError(error);
  } finally {
    // Ending the only connection also gives the advisory lock back.
    await sql.end({ timeout: 5 });
  }
};

const listApplied = (sql: Sql): Promise<Applied[]> =>
  sql<Applied[]>`select version, name, checksum from schema_migrations order by version`;

const listAppliedIfAny = async (sql: Sql): Promise<Applied[]> => {
  const [table] = await sql<
    { found: boolean }[]
  >`select to_regclass('schema_migrations') is not null as found`;
  return table?.found === true ? listApplied(sql) : [];
};

const refuseUnfit = (applied: readonly Applied[], migrations: readonly Migration[]): void => {
  const newest = applied.at(-1)?.version ?? 0;
  if (newest > migrations.length) {
    throw new DatabaseError(
      'SCHEMA_NEWER_THAN_BINARY',
      `the database has schema version ${newest}, this Purser knows versions up to ${migrations.length}: start a newer Purser`,
    );
  }
  const changed = applied.find(({ checksum }, index) => checksum !== migrations[index]?.checksum);
  if (changed !== undefined) {
    throw new DatabaseError(
      'MIGRATION_CHANGED',
      `${changed.name} was applied with other contents than migrations/ has now: migrations only go forward`,
    );
  }
};

const apply = async (sql: Sql, { version, name, checksum, sql: text }: Migration): Promise<void> => {
  try {
    await sql.begin(async (trx) => {
      await trx.unsafe(text);
      await trx`insert into schema_migrations (version, name, checksum) values (${version}, ${name}, ${checksum})`;
    });
  } catch (cause) {
    throw new DatabaseError('MIGRATION_FAILED', `${name}: ${thrownMessage(cause)}`, { cause });
  }
};
