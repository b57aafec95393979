import type { IndexerStatus } from '#libs/api';
import type { Settings } from '#libs/config';
import { connectPostgres, requireSafeApiRole } from '#libs/database';
import { deadLetterCountStatement } from '#libs/facts';
import type { CommitListener } from '#libs/live';
import type { FollowOnRead } from '#libs/sessions';
import type { Logger } from 'pino';
import { createServer, type PurserServer } from '../../../server/src/create-server.ts';
import type { ServerDeps } from '../../../server/src/ports.ts';
import { CliError } from '../cli.error.ts';
import { describeFailure } from '../output/failure.ts';
import type { Cleanup } from './cleanup.ts';
import type { IndexedNetwork } from './index-network.ts';
import type { OpenedApi } from './open-databases.ts';
import { openAccess } from './open-access.ts';
import { removeServiceFile, writeServiceFile } from './service-file.ts';
import type { ServiceDatabase } from './service-database.ts';
import type { ServiceParts } from './start-service.ts';

export interface ApiParts extends ServiceParts {
  readonly status: IndexerStatus;
  /** Those that this process indexes itself. */
  readonly indexed: readonly IndexedNetwork[];
}

/** Answers from now on, where the settings say so. @returns where. */
export const startApi = async (parts: ApiParts, cleanup: Cleanup): Promise<string | undefined> => {
  const { settings, database, networks, status, profiles, logger, metrics, indexed } = parts;
  const { api } = database;
  if (api === undefined) return undefined;
  const access = await openAccess({ settings, api, ownerUrl: database.ownerUrl, logger }, cleanup);
  const server = await createServer(serverSettings(settings), {
    ...{ db: api.db, access, networks, status, profiles, logger, metrics },
    listener: openListener(api, cleanup),
    requireSafeRole: () => requireSafeRole(api, logger),
    ...countDeadLetters(database),
    ...followOnRead(settings, indexed),
  });
  return serve(server, settings, logger, cleanup);
};

/** A connection that hears of commits. Should it fail, new blocks are looked for all the same. */
const openListener = ({ url }: OpenedApi, cleanup: Cleanup): CommitListener => {
  const listener = connectPostgres({ url, maxConnections: 1, applicationName: 'purser-api-changes' });
  cleanup.defer('listener for changes', () => listener.end({ timeout: 5 }));
  return listener;
};

/** Who reads the log may know what is wrong; who asks for readiness may be anybody. */
const requireSafeRole = async ({ url }: OpenedApi, logger: Logger): Promise<void> => {
  try {
    await requireSafeApiRole({ url });
  } catch (error) {
    const { code, message } = describeFailure(error);
    logger.error({ code }, message);
    throw error;
  }
};

/** Metrics are the operator's: what an organisation follows is no matter there, as far as this process may look. */
const countDeadLetters = ({ indexer, reads }: ServiceDatabase): Pick<ServerDeps, 'countDeadLetters'> => {
  if (indexer === undefined) return {};
  return {
    countDeadLetters: (networkId) =>
      reads((db) => deadLetterCountStatement(db, networkId)).catch(() => undefined),
  };
};

const serverSettings = (settings: Settings) => ({
  host: settings.host,
  port: settings.port,
  maxQueryCost: settings.maxQueryCost,
  introspection: settings.introspection,
  corsOrigins: settings.corsOrigins,
  trustedProxies: settings.trustedProxies,
  allowedHosts: settings.allowedHosts,
  metricsToken: settings.metricsToken,
  maxLagBlocks: settings.readyMaxLagBlocks,
  maxStalledSeconds: settings.readyStallSeconds,
});

const serve = async (
  server: PurserServer,
  settings: Settings,
  logger: Logger,
  cleanup: Cleanup,
): Promise<string> => {
  const { dataDir } = settings;
  cleanup.defer('server', () => server.close());
  const url = await listen(server, settings);
  cleanup.defer('service file', () => removeServiceFile(dataDir));
  await writeServiceFile(dataDir, { pid: process.pid, url, sandbox: settings.sandbox !== undefined }).catch(
    (err: unknown) =>
      logger.info({ err }, 'no service file in DATA_DIR: other commands find this service by HOST and PORT'),
  );
  return url;
};

const listen = async (server: PurserServer, { port, host }: Settings): Promise<string> => {
  try {
    return (await server.listen()).url;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code !== 'EADDRINUSE') throw cause;
    throw new CliError('PORT_TAKEN', `port ${port} of ${host} is taken`, {
      cause,
      hint: 'set PORT to another port, or to 0 for any free one; purser status tells whether a Purser is there',
    });
  }
};

const followOnRead = (
  settings: Settings,
  indexed: readonly IndexedNetwork[],
): { readonly followOnRead?: FollowOnRead } => {
  if (!settings.followOnRead) return {};
  const byId = new Map(indexed.map(({ network, indexer }) => [network.networkId, indexer]));
  return {
    followOnRead: ({ networkId }, account) => {
      byId.get(networkId)?.follow(account);
    },
  };
};
