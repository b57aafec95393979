import type { Settings } from '#libs/config';
import {
  createDatabase,
  createScopedDatabase,
  type DatabaseConnection,
  requireSafeApiRole,
  requireCurrentSchema,
  type ScopedDb,
} from '#libs/database';
import { CliError } from '../cli.error.ts';
import { EXIT } from '../exit-codes.ts';
import type { Cleanup } from './cleanup.ts';
import { openServer, type OpenedServer } from './open-server.ts';

/** Who asks the database: each is a role of its own, and only the owner may do everything. */
export type DatabasePart = 'owner' | 'indexer' | 'api';

export interface OpenedRole {
  readonly url: string;
  readonly connection: DatabaseConnection;
}

export interface OpenedApi {
  readonly url: string;
  readonly db: ScopedDb;
}

interface OpenedParts {
  readonly owner: OpenedRole;
  readonly indexer: OpenedRole;
  readonly api: OpenedApi;
}

/** The pools that were asked for, on one database. */
export type OpenedDatabases<Part extends DatabasePart> = Pick<OpenedParts, Part> & OpenedServer;

export interface OpenDatabasesOptions<Part extends DatabasePart> {
  readonly needs: readonly Part[];
  readonly maxConnections?: number;
}

export type DatabaseSettings = Pick<
  Settings,
  'databaseUrl' | 'indexerDatabaseUrl' | 'apiDatabaseUrl' | 'dataDir'
>;

/**
 * Opens what is asked for and no other, each by its own URL, or as a role of the embedded PostgreSQL. The schema must be
 * there. @throws CliError DATABASE_URL_REQUIRED; DatabaseError API_ROLE_UNSAFE and those of the schema
 */
export const openDatabases = async <Part extends DatabasePart>(
  settings: DatabaseSettings,
  cleanup: Cleanup,
  options: OpenDatabasesOptions<Part>,
): Promise<OpenedDatabases<Part>> => openParts(await openServer(settings, cleanup), cleanup, options);

/** As `openDatabases`, on a server that is there. */
export const openParts = async <Part extends DatabasePart>(
  server: OpenedServer,
  cleanup: Cleanup,
  { needs, maxConnections }: OpenDatabasesOptions<Part>,
): Promise<OpenedDatabases<Part>> => {
  const pool = maxConnections === undefined ? {} : { maxConnections };
  const parts: Partial<OpenedParts> = {};
  for (const part of new Set<DatabasePart>(needs)) {
    const url = requireUrl(server, part);
    if (Object.keys(parts).length === 0) await requireCurrentSchema({ url });
    Object.assign(parts, {
      [part]: part === 'api' ? await openApi(url, cleanup) : openRole(url, cleanup, pool),
    });
  }
  return { ...server, ...(parts as Pick<OpenedParts, Part>) };
};

const openRole = (url: string, cleanup: Cleanup, pool: { readonly maxConnections?: number }): OpenedRole => {
  const connection = createDatabase({ url, ...pool });
  cleanup.defer('database pool', () => connection.close());
  return { url, connection };
};

const openApi = async (url: string, cleanup: Cleanup): Promise<OpenedApi> => {
  await requireSafeApiRole({ url });
  const scoped = createScopedDatabase({ url, applicationName: 'purser-api' });
  cleanup.defer('database pool of the API', () => scoped.close());
  return { url, db: scoped.db };
};

/** @throws CliError DATABASE_URL_REQUIRED */
export const requireUrl = ({ urls }: OpenedServer, part: DatabasePart): string => {
  const url = urls[part];
  if (url !== undefined) return url;
  throw new CliError('DATABASE_URL_REQUIRED', `this needs the database as its ${PARTS[part]}`, {
    exitCode: EXIT.CONFIG,
    hint: `set ${VARIABLES[part]}; all settings: docs/reference/configuration.md`,
  });
};

const PARTS: Readonly<Record<DatabasePart, string>> = {
  owner: 'owner',
  indexer: 'indexer',
  api: 'API',
};

const VARIABLES: Readonly<Record<DatabasePart, string>> = {
  owner: 'DATABASE_URL',
  indexer: 'INDEXER_DATABASE_URL',
  api: 'API_DATABASE_URL',
};
