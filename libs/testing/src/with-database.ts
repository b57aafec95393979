import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import {
  createDatabase,
  createScopedDatabase,
  type DatabaseConnection,
  type Db,
  inTransaction,
  type RequestScope,
  type ScopedDb,
  type Sql,
  type Trx,
} from '#libs/database';
import type { DatabaseUrls } from './test-server.ts';
import { asSuperuser, createTestDatabase, dropTestDatabase, TEMPLATE } from './test-database.ts';
import { makeOrganisation, type TestOrganisation } from './test-organisation.ts';

export interface TestDatabase {
  /** As the owner of the tables, who is no superuser. */
  readonly db: Db;
  readonly sql: Sql;
  /** Of the owner, for a whole app, or a second pool. */
  readonly url: string;
  readonly connection: DatabaseConnection;
  /** As the role that indexes. */
  readonly indexer: Db;
  /** As the role that answers. */
  readonly api: ScopedDb;
  readonly urls: DatabaseUrls;
  /** The settings of a service on this database, for a process of its own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of the first organisation, which follows every account that is written. */
  readonly everything: RequestScope;
  /** Makes another organisation, which follows nothing yet. */
  organisation(name: string): Promise<TestOrganisation>;
  /** Runs as the owner, and commits. */
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
  let opened: OpenedRoles | undefined;
  const require = (): OpenedRoles => {
    if (opened === undefined) throw new Error('the database is there only while specs run');
    return opened;
  };
  beforeAll(async () => {
    opened = openRoles(await createTestDatabase(name, options.migrated === false ? undefined : TEMPLATE));
  });
  afterAll(async () => {
    await opened?.close();
    await dropTestDatabase(name);
  });
  return {
    get db() {
      return require().owner.db;
    },
    get sql() {
      return require().owner.sql;
    },
    get url() {
      return require().urls.owner;
    },
    get connection() {
      return require().owner;
    },
    get indexer() {
      return require().indexer.db;
    },
    get api() {
      return require().api;
    },
    get urls() {
      return require().urls;
    },
    get environment() {
      return environmentOf(require().urls);
    },
    everything: { organisationId: 1 },
    organisation: (called) => makeOrganisation(require().owner.db, called),
    commit: (work) => inTransaction(require().owner.db, work),
    tamper: (statement) =>
      asSuperuser((sql) => sql.unsafe(`set session_replication_role = replica; ${statement}`), name),
  };
};

interface OpenedRoles {
  readonly urls: DatabaseUrls;
  readonly owner: DatabaseConnection;
  readonly indexer: DatabaseConnection;
  readonly api: ScopedDb;
  close(): Promise<void>;
}

/** A pool for each role; they connect when they are first used. */
const openRoles = (urls: DatabaseUrls): OpenedRoles => {
  const pool = { maxConnections: 5, applicationName: 'purser-spec' };
  const owner = createDatabase({ url: urls.owner, ...pool });
  const indexer = createDatabase({ url: urls.indexer, ...pool });
  const api = createScopedDatabase({ url: urls.api, ...pool });
  return {
    urls,
    owner,
    indexer,
    api: api.db,
    close: async () => {
      await Promise.all([owner.close(), indexer.close(), api.close()]);
    },
  };
};

const environmentOf = ({ owner, indexer, api }: DatabaseUrls) => ({
  DATABASE_URL: owner,
  INDEXER_DATABASE_URL: indexer,
  API_DATABASE_URL: api,
  KEY_PEPPER: Buffer.alloc(32, 'pepper of specs').toString('base64'),
});
