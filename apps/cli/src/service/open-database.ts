import {
  createDatabase,
  type DatabaseConnection,
  migrate,
  requireCurrentSchema,
  startEmbeddedPostgres,
} from '#libs/database';
import type { Settings } from '#libs/config';
import type { Cleanup } from './cleanup.ts';

export interface OpenedDatabase {
  readonly url: string;
  readonly connection: DatabaseConnection;
  readonly embedded: boolean;
  /** Stops an embedded server without waiting, for a process that must exit now. */
  readonly stopNow: () => void;
}

export interface OpenDatabaseOptions {
  /** False: the schema must be there already. */
  readonly migrates: boolean;
  readonly maxConnections?: number;
  readonly durable?: boolean;
}

/**
 * Opens DATABASE_URL, or the embedded PostgreSQL of DATA_DIR: the one that runs already, for instance under the
 * service, or a new one.
 */
export const openDatabase = async (
  settings: Pick<Settings, 'databaseUrl' | 'dataDir'>,
  cleanup: Cleanup,
  options: OpenDatabaseOptions,
): Promise<OpenedDatabase> => {
  const server = await openServer(settings, cleanup, options.durable ?? true);
  if (options.migrates) await migrate({ url: server.url });
  else await requireCurrentSchema({ url: server.url });
  const maxConnections = options.maxConnections;
  const connection = createDatabase({
    url: server.url,
    ...(maxConnections !== undefined && { maxConnections }),
  });
  cleanup.defer('database pool', () => connection.close());
  return { ...server, connection };
};

/** The server alone, without a look at its schema. */
export const openServer = async (
  { databaseUrl, dataDir }: Pick<Settings, 'databaseUrl' | 'dataDir'>,
  cleanup: Cleanup,
  durable = true,
): Promise<Pick<OpenedDatabase, 'url' | 'embedded' | 'stopNow'>> => {
  if (databaseUrl !== undefined) return { url: databaseUrl, embedded: false, stopNow: () => undefined };
  const postgres = await startEmbeddedPostgres({ dataDir, durable });
  cleanup.defer('embedded PostgreSQL', () => postgres.stop());
  return { url: postgres.url, embedded: true, stopNow: () => postgres.stopNow() };
};
