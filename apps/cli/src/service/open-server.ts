import { startEmbeddedPostgres } from '#libs/database';
import type { Cleanup } from './cleanup.ts';
import type { DatabaseSettings } from './open-databases.ts';

/** One database, and how each part of Purser reaches it. */
export interface OpenedServer {
  readonly urls: { readonly owner?: string; readonly indexer?: string; readonly api?: string };
  readonly embedded: boolean;
  /** Stops an embedded server without waiting, for a process that must exit now. */
  readonly stopNow: () => void;
}

/**
 * The database of the settings, or the embedded PostgreSQL of DATA_DIR where they name none: the one that runs already,
 * for instance under the service, or a new one. Nothing is asked of it yet.
 */
export const openServer = async (
  { databaseUrl, indexerDatabaseUrl, apiDatabaseUrl, dataDir }: DatabaseSettings,
  cleanup: Cleanup,
): Promise<OpenedServer> => {
  const indexer = indexerDatabaseUrl ?? databaseUrl;
  if (indexer === undefined && apiDatabaseUrl === undefined) return openEmbedded(dataDir, cleanup);
  return {
    urls: {
      ...(databaseUrl !== undefined && { owner: databaseUrl }),
      ...(indexer !== undefined && { indexer }),
      ...(apiDatabaseUrl !== undefined && { api: apiDatabaseUrl }),
    },
    embedded: false,
    stopNow: () => undefined,
  };
};

const openEmbedded = async (dataDir: string, cleanup: Cleanup): Promise<OpenedServer> => {
  const postgres = await startEmbeddedPostgres({ dataDir });
  cleanup.defer('embedded PostgreSQL', () => postgres.stop());
  return { urls: postgres.urls, embedded: true, stopNow: () => postgres.stopNow() };
};
