import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { IndexerStatus, NetworkStatus } from '#libs/api';
import type { Settings } from '#libs/config';
import type { Logger } from 'pino';
import { createServer, type PurserServer } from '../../../server/src/create-server.ts';
import { createPurserMetrics, type PurserMetrics } from '../../../server/src/metrics/purser-metrics.ts';
import { CliError } from '../cli.error.ts';
import { describeFailure } from '../output/failure.ts';
import { Cleanup } from './cleanup.ts';
import { connectNetwork, type ConnectedNetwork } from './connect-network.ts';
import { lockDataDir } from './data-dir-lock.ts';
import { type IndexedNetwork, indexNetwork } from './index-network.ts';
import { loadProfiles } from './load-profiles.ts';
import { type OpenedDatabase, openDatabase } from './open-database.ts';
import { type OpenedSandbox, openSandbox } from './open-sandbox.ts';
import { runWebhooks } from './run-webhooks.ts';
import { watchNetworkDrift } from './watch-network-drift.ts';
import { removeServiceFile, writeServiceFile } from './service-file.ts';
import { createStoredStatus } from './stored-status.ts';

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
  readonly database: OpenedDatabase;
  readonly networks: readonly ConnectedNetwork[];
  readonly status: IndexerStatus;
  /** Resolves when the sandbox has what there is to look at. */
  readonly opened: Promise<void>;
  /** Takes no new work, finishes or rolls back what is at work, closes everything in order. */
  readonly stop: () => Promise<void>;
  /** For a process that must exit at once. */
  readonly stopNow: () => void;
}

const STORED_STATUS_INTERVAL_MS = 2_000;

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
  const database = await openDatabase(settings, cleanup, { migrates: true });
  const sandbox = await startSandbox(options, database, cleanup);
  const metrics = createPurserMetrics();
  const { db } = database.connection;
  const wanted = sandbox === undefined ? settings.networks : [{ ...sandbox.network, sandbox: true }];
  const networks: ConnectedNetwork[] = [];
  for (const network of wanted) {
    networks.push(await connectNetwork(network, { db, settings, cleanup, logger, metrics }));
  }
  const indexed = settings.roles.includes('indexer')
    ? networks.map((network) =>
        indexNetwork(network, { db, databaseUrl: database.url, settings, logger, metrics, profiles }),
      )
    : [];
  const work = startWork({ settings, database, indexed, sandbox, logger, metrics });
  cleanup.defer('indexer and notifier', work.stop);
  const served = settings.roles.includes('api');
  const status = await watchStatus({ database, networks, indexed, work, seesHead: served, logger }, cleanup);
  const deps = { db, networks, status, profiles, logger, metrics, ...followOnRead(settings, indexed) };
  const url = served
    ? await serve(await createServer(serverSettings(settings), deps), options, cleanup)
    : undefined;
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
const keepsData = ({ databaseUrl, sandbox }: Settings): boolean =>
  databaseUrl === undefined || sandbox !== undefined;

/** Waits until the index has what the sandbox shows, though not for long: the service answers either way. */
const atHead = async (status: IndexerStatus): Promise<void> => {
  const isThere = (): boolean => status.networks().every(({ lagBlocks }) => lagBlocks === 0);
  for (let waitedMs = 0; !isThere() && waitedMs < 10_000; waitedMs += 50) await delay(50);
};

const startSandbox = async (
  { settings, livingSandbox, logger }: ServiceOptions,
  database: OpenedDatabase,
  cleanup: Cleanup,
): Promise<OpenedSandbox | undefined> => {
  if (settings.sandbox === undefined) return undefined;
  await lockDataDir(database.url, settings.dataDir, cleanup);
  return openSandbox(
    { ...settings.sandbox, dataDir: settings.dataDir, living: livingSandbox ?? true, logger },
    cleanup,
  );
};

const serverSettings = (settings: Settings) => ({
  host: settings.host,
  port: settings.port,
  maxLagBlocks: settings.readyMaxLagBlocks,
  maxStalledSeconds: settings.readyStallSeconds,
});

const serve = async (
  server: PurserServer,
  { settings, logger }: ServiceOptions,
  cleanup: Cleanup,
): Promise<string> => {
  const { dataDir } = settings;
  cleanup.defer('server', () => server.close());
  const url = await listen(server, settings);
  cleanup.defer('service file', () => removeServiceFile(dataDir));
  await writeServiceFile(dataDir, { pid: process.pid, url }).catch((err: unknown) =>
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

const followOnRead = (settings: Settings, indexed: readonly IndexedNetwork[]) => {
  if (!settings.followOnRead) return {};
  const byId = new Map(indexed.map(({ network, indexer }) => [network.networkId, indexer]));
  const follow = (
    network: { readonly networkId: number },
    account: Parameters<IndexedNetwork['indexer']['follow']>[0],
  ) => {
    byId.get(network.networkId)?.follow(account);
  };
  return { followOnRead: follow };
};

interface Watched {
  readonly database: OpenedDatabase;
  readonly networks: readonly ConnectedNetwork[];
  readonly indexed: readonly IndexedNetwork[];
  readonly work: { readonly failure: () => string | undefined };
  /** Whether anybody asks how far behind the head the index is. */
  readonly seesHead: boolean;
  readonly logger: Logger;
}

/** The indexer's own word where it is at work here; where another process is, that of the database and of a node. */
const watchStatus = async (watched: Watched, cleanup: Cleanup): Promise<IndexerStatus> => {
  const { database, networks, indexed, work, seesHead, logger } = watched;
  const stored = createStoredStatus(database.connection.db);
  const writers = new Map(indexed.map((entry) => [entry.network.networkId, entry]));
  const isWriter = ({ networkId }: ConnectedNetwork): boolean => writers.get(networkId)?.isWriter() === true;
  const refresh = (): void => {
    const others = networks.filter((network) => !isWriter(network));
    if (others.length === 0) return;
    stored.refresh().catch((err: unknown) => logger.warn({ err }, 'the state of the index cannot be read'));
    // A node that does not answer shows as a head that is not known.
    if (seesHead) for (const network of others) stored.seeHead(network).catch(() => undefined);
  };
  await stored.refresh();
  refresh();
  const timer = setInterval(refresh, STORED_STATUS_INTERVAL_MS);
  cleanup.defer('status', () => clearInterval(timer));
  const statusOf = (network: ConnectedNetwork): NetworkStatus => {
    const writer = writers.get(network.networkId);
    const own = isWriter(network) ? writer?.indexer.status() : undefined;
    return { ...stored.of(network), ...own, ...troubleOf(writer?.trouble(), work.failure()) };
  };
  return { networks: () => networks.map(statusOf) };
};

/** Only a start anew mends what ended here: nobody may take this process for one that does its work. */
const troubleOf = (
  trouble: ReturnType<IndexedNetwork['trouble']>,
  failure: string | undefined,
): Pick<NetworkStatus, 'stopped' | 'lastError'> => ({
  ...(trouble !== undefined && { lastError: `${trouble.code}: this process cannot index` }),
  ...(trouble?.ended === true && { stopped: trouble.code }),
  ...(failure !== undefined && { stopped: failure }),
});

interface Work {
  readonly settings: Settings;
  readonly database: OpenedDatabase;
  readonly indexed: readonly IndexedNetwork[];
  readonly sandbox: OpenedSandbox | undefined;
  readonly logger: Logger;
  readonly metrics: PurserMetrics;
}

const startWork = ({ settings, database, indexed, sandbox, logger, metrics }: Work) => {
  const stopping = new AbortController();
  const life = sandbox?.life;
  const opened = life?.open() ?? Promise.resolve();
  const work = Promise.all([
    ...indexed.map((network) => network.run(stopping.signal)),
    ...indexed.map((network) =>
      watchNetworkDrift(network, { db: database.connection.db, settings, logger, metrics }, stopping.signal),
    ),
    opened.then(() => life?.live(stopping.signal)),
    runWebhooks(settings, database.connection, logger, stopping.signal),
  ]);
  // Looked at when stopping; until then a failure must not end the process.
  let failure: string | undefined;
  work.catch((err: unknown) => {
    if (!stopping.signal.aborted) failure = describeFailure(err).code;
    logger.error({ err }, 'a part of the service stopped');
  });
  return {
    opened,
    failure: () => failure,
    stop: async () => {
      stopping.abort();
      await work.catch(() => undefined);
    },
  };
};
