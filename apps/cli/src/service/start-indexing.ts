import { describeFailure } from '../output/failure.ts';
import { type IndexedNetwork, indexNetwork } from './index-network.ts';
import type { OpenedRole } from './open-databases.ts';
import type { OpenedSandbox } from './open-sandbox.ts';
import { runWebhooks } from './run-webhooks.ts';
import type { ServiceParts } from './start-service.ts';
import { watchDeployers } from './watch-deployers.ts';
import { watchNetworkDrift } from './watch-network-drift.ts';

/** What goes on by itself until it is stopped. */
export interface StartedIndexing {
  readonly indexed: readonly IndexedNetwork[];
  /** Resolves when the sandbox, where there is one, has its accounts and grants. */
  readonly opened: Promise<void>;
  /** The code of what ended a part of it. */
  readonly failure: () => string | undefined;
  readonly stop: () => Promise<void>;
}

/** Starts what indexes and notifies in this process, and the life of the sandbox. */
export const startIndexing = (parts: ServiceParts, sandbox: OpenedSandbox | undefined): StartedIndexing => {
  const { database, logger } = parts;
  const stopping = new AbortController();
  const life = sandbox?.life;
  const opened = life?.open() ?? Promise.resolve();
  const indexed = database.indexer === undefined ? [] : indexNetworks(parts, database.indexer);
  const work = Promise.all([
    ...(database.indexer === undefined ? [] : writing(parts, database.indexer, indexed, stopping.signal)),
    opened.then(() => life?.live(stopping.signal)),
  ]);
  // Looked at when stopping; until then a failure must not end the process.
  let failure: string | undefined;
  work.catch((err: unknown) => {
    if (!stopping.signal.aborted) failure = describeFailure(err).code;
    logger.error({ err }, 'a part of the service stopped');
  });
  return {
    indexed,
    opened,
    failure: () => failure,
    stop: async () => {
      stopping.abort();
      await work.catch(() => undefined);
    },
  };
};

const indexNetworks = (parts: ServiceParts, { url, connection }: OpenedRole): readonly IndexedNetwork[] => {
  const { settings, networks, logger, metrics, profiles } = parts;
  if (!settings.roles.includes('indexer')) return [];
  const deps = { db: connection.db, databaseUrl: url, settings, logger, metrics, profiles };
  return networks.map((network) => indexNetwork(network, deps));
};

const writing = (
  { settings, logger, metrics }: ServiceParts,
  { connection }: OpenedRole,
  indexed: readonly IndexedNetwork[],
  signal: AbortSignal,
): readonly Promise<void>[] => [
  ...indexed.map((network) => network.run(signal)),
  ...indexed.map((network) =>
    watchNetworkDrift(network, { db: connection.db, settings, logger, metrics }, signal),
  ),
  ...indexed.map((network) => watchDeployers(network, { db: connection.db, logger }, signal)),
  runWebhooks(settings, connection, logger, signal),
];
