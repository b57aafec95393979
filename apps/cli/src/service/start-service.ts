import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { IndexerStatus } from '#libs/api';
import type { Settings } from '#libs/config';
import type { ProfileRegistry } from '#libs/account';
import type { Logger } from 'pino';
import { createPurserMetrics, type PurserMetrics } from '../../../server/src/metrics/purser-metrics.ts';
import { Cleanup } from './cleanup.ts';
import { connectNetwork, type ConnectedNetwork } from './connect-network.ts';
import { lockDataDir } from './data-dir-lock.ts';
import { loadProfiles } from './load-profiles.ts';
import { type NetworkRegistry, readingRegistry, writingRegistry } from './network-registry.ts';
import { type OpenedSandbox, openSandbox } from './open-sandbox.ts';
import { openServiceDatabase, type ServiceDatabase } from './service-database.ts';
import { startApi } from './start-api.ts';
import { startIndexing, type StartedIndexing } from './start-indexing.ts';
import { watchStatus } from './watch-status.ts';

export interface ServiceOptions {
  readonly settings: Settings;
  readonly logger: Logger;
  /** False: the sandbox stands still until somebody sends a transaction. Default true. */
  readonly livingSandbox?: boolean;
}

/** What runs, and where. */
export interface Service {
  /** Absent without the role api. */
  readonly url?: string;
  readonly sandbox?: OpenedSandbox;
  readonly database: ServiceDatabase;
  readonly networks: readonly ConnectedNetwork[];
  readonly status: IndexerStatus;
  /** Resolves when the sandbox has what there is to look at. */
  readonly opened: Promise<void>;
  /** Takes no new work, finishes or rolls back what is at work, closes everything in order. */
  readonly stop: () => Promise<void>;
  /** For a process that must exit at once. */
  readonly stopNow: () => void;
}

/** What every part of the service is given. */
export interface ServiceParts {
  readonly settings: Settings;
  readonly database: ServiceDatabase;
  readonly networks: readonly ConnectedNetwork[];
  readonly profiles: ProfileRegistry;
  readonly logger: Logger;
  readonly metrics: PurserMetrics;
}

/** Starts everything the settings ask for; what was opened is closed again when a step fails. */
export const startService = async (options: ServiceOptions): Promise<Service> => {
  const cleanup = new Cleanup((name, err) => options.logger.error({ err }, `could not close: ${name}`));
  try {
    return await start(options, cleanup);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
};

const start = async (options: ServiceOptions, cleanup: Cleanup): Promise<Service> => {
  const { settings, logger } = options;
  if (keepsData(settings)) await mkdir(settings.dataDir, { recursive: true });
  const profiles = await loadProfiles(settings.classProfilesPath);
  const database = await openServiceDatabase(settings, logger, cleanup);
  const sandbox = await startSandbox(options, database, cleanup);
  const metrics = createPurserMetrics();
  const wanted = sandbox === undefined ? settings.networks : [{ ...sandbox.network, sandbox: true }];
  const registry = registryOf(database);
  const networks: ConnectedNetwork[] = [];
  for (const network of wanted) {
    networks.push(await connectNetwork(network, { registry, settings, cleanup, logger, metrics }));
  }
  const parts: ServiceParts = { settings, database, networks, profiles, logger, metrics };
  const work = startIndexing(parts, sandbox);
  cleanup.defer('indexer and notifier', work.stop);
  return serve(parts, sandbox, work, cleanup);
};

const serve = async (
  parts: ServiceParts,
  sandbox: OpenedSandbox | undefined,
  work: StartedIndexing,
  cleanup: Cleanup,
): Promise<Service> => {
  const { database, networks } = parts;
  const status = await watchStatus(parts, work, cleanup);
  const url = await startApi({ ...parts, status, indexed: work.indexed }, cleanup);
  return {
    ...(url !== undefined && { url }),
    ...(sandbox !== undefined && { sandbox }),
    database,
    networks,
    status,
    opened: work.opened.then(() => (sandbox === undefined ? undefined : atHead(status))),
    stop: () => cleanup.run(),
    stopNow: database.stopNow,
  };
};

/** Elsewhere nothing must be written, so that a service with a database of its own runs where it may not write. */
const keepsData = ({ databaseUrl, indexerDatabaseUrl, apiDatabaseUrl, sandbox }: Settings): boolean =>
  sandbox !== undefined || (databaseUrl ?? indexerDatabaseUrl ?? apiDatabaseUrl) === undefined;

const registryOf = ({ indexer, reads }: ServiceDatabase): NetworkRegistry =>
  indexer === undefined ? readingRegistry(reads) : writingRegistry(indexer.connection.db, reads);

/** Waits until the index has what the sandbox shows, though not for long: the service answers either way. */
const atHead = async (status: IndexerStatus): Promise<void> => {
  const isThere = (): boolean => status.networks().every(({ lagBlocks }) => lagBlocks === 0);
  for (let waitedMs = 0; !isThere() && waitedMs < 10_000; waitedMs += 50) await delay(50);
};

const startSandbox = async (
  { settings, livingSandbox, logger }: ServiceOptions,
  { url }: ServiceDatabase,
  cleanup: Cleanup,
): Promise<OpenedSandbox | undefined> => {
  if (settings.sandbox === undefined) return undefined;
  await lockDataDir(url, settings.dataDir, cleanup);
  return openSandbox(
    { ...settings.sandbox, dataDir: settings.dataDir, living: livingSandbox ?? true, logger },
    cleanup,
  );
};
