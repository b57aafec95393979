import type { Settings } from '#libs/config';
import { migrate } from '#libs/database';
import type { Logger } from 'pino';
import type { Cleanup } from './cleanup.ts';
import {
  type DatabasePart,
  type OpenedApi,
  type OpenedRole,
  openParts,
  requireUrl,
} from './open-databases.ts';
import { openServer, type OpenedServer } from './open-server.ts';
import { readsOf, readsOfApi, type StoredReads } from './stored-reads.ts';

/** The database as the parts of the service that run in this process reach it: never as its owner. */
export interface ServiceDatabase extends Pick<OpenedServer, 'embedded' | 'stopNow'> {
  /** Present where something indexes or notifies. */
  readonly indexer?: OpenedRole;
  /** Present where something answers. */
  readonly api?: OpenedApi;
  /** As any of these. */
  readonly reads: StoredReads;
  readonly url: string;
  /** Of the owner, where this process has it: for what is put right once, at the start. */
  readonly ownerUrl?: string;
}

/** @throws CliError, ConfigError, DatabaseError */
export const openServiceDatabase = async (
  settings: Settings,
  logger: Logger,
  cleanup: Cleanup,
): Promise<ServiceDatabase> => {
  const needs = neededBy(settings);
  const writes = needs.includes('indexer');
  const server = await openServer(settings, cleanup);
  // Who only answers changes nothing of the schema: it may be of another version than the process that indexes.
  if (writes && server.urls.owner !== undefined) await migrate({ url: server.urls.owner });
  if (writes && server.urls.indexer === server.urls.owner) {
    logger.warn({}, 'indexing as the owner of the database: INDEXER_DATABASE_URL names a role that may less');
  }
  const parts = await openParts<DatabasePart>(server, cleanup, { needs });
  const indexer = writes ? parts.indexer : undefined;
  const api = needs.includes('api') ? parts.api : undefined;
  return {
    embedded: server.embedded,
    stopNow: server.stopNow,
    ...(indexer && { indexer }),
    ...(api && { api }),
    ...(server.urls.owner !== undefined && { ownerUrl: server.urls.owner }),
    reads: indexer === undefined ? readsOfApi(parts.api.db) : readsOf(indexer.connection.db),
    url: requireUrl(server, indexer === undefined ? 'api' : 'indexer'),
  };
};

const neededBy = ({ roles }: Settings): readonly DatabasePart[] => [
  ...(roles.some((role) => role !== 'api') ? (['indexer'] as const) : []),
  ...(roles.includes('api') ? (['api'] as const) : []),
];
