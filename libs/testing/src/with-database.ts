import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import {
  createDatabase,
  type DatabaseConnection,
  type Db,
  inTransaction,
  type Sql,
  type Trx,
} from '#libs/database';
import { asSuperuser, createTestDatabase, dropTestDatabase, TEMPLATE } from './test-database.ts';

export interface TestDatabase {
  readonly db: Db;
  readonly sql: Sql;
  /** For a whole app, or a second pool. Role without superuser rights. */
  readonly url: string;
  readonly connection: DatabaseConnection;
  /** Runs and commits. */
  commit<T>(work: (trx: Trx) => Promise<T>): Promise<T>;
  /** Does what somebody with all rights could do, past every trigger. */
  tamper(statement: string): Promise<void>;
}

/**
 * A migrated database of its own for the spec file, made before all and dropped after all.
 * With `migrated: false` it is empty. Call at the top of a describe; use the members inside `it`.
 */
export const withDatabase = (options: { readonly migrated?: boolean } = {}): TestDatabase => {
  const name = `spec_${randomUUID().replaceAll('-', '')}`;
  let opened: { readonly connection: DatabaseConnection; readonly url: string } | undefined;
  const require = (): { readonly connection: DatabaseConnection; readonly url: string } => {
    if (opened === undefined) throw new Error('the database is there only while specs run');
    return opened;
  };
  beforeAll(async () => {
    const url = await createTestDatabase(name, options.migrated === false ? undefined : TEMPLATE);
    opened = { url, connection: createDatabase({ url, maxConnections: 5, applicationName: 'purser-spec' }) };
  });
  afterAll(async () => {
    await opened?.connection.close();
    await dropTestDatabase(name);
  });
  return {
    get db() {
      return require().connection.db;
    },
    get sql() {
      return require().connection.sql;
    },
    get url() {
      return require().url;
    },
    get connection() {
      return require().connection;
    },
    commit: (work) => inTransaction(require().connection.db, work),
    tamper: (statement) =>
      asSuperuser((sql) => sql.unsafe(`set session_replication_role = replica; ${statement}`), name),
  };
};
