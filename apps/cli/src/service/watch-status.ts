import { type IndexerStatus, type NetworkStatus, UNKNOWN_NETWORK_ID } from '#libs/api';
import type { Cleanup } from './cleanup.ts';
import type { ConnectedNetwork } from './connect-network.ts';
import type { IndexedNetwork } from './index-network.ts';
import type { StartedIndexing } from './start-indexing.ts';
import type { ServiceParts } from './start-service.ts';
import { createStoredStatus } from './stored-status.ts';

const INTERVAL_MS = 2_000;

/** The indexer's own word where it is at work here; where another process is, that of the database and of a node. */
export const watchStatus = async (
  { database, networks, logger }: ServiceParts,
  { indexed, failure }: StartedIndexing,
  cleanup: Cleanup,
): Promise<IndexerStatus> => {
  const stored = createStoredStatus(database.reads);
  // Nobody asks a process that does not answer how far behind the head the index is.
  const seesHead = database.api !== undefined;
  const writers = new Map(indexed.map((entry) => [entry.network.networkId, entry]));
  const isWriter = ({ networkId }: ConnectedNetwork): boolean => writers.get(networkId)?.isWriter() === true;
  const readStored = async (): Promise<void> => {
    const unknown = networks.filter(({ networkId }) => networkId === UNKNOWN_NETWORK_ID);
    for (const network of unknown) await network.lookAgain();
    await stored.refresh();
  };
  const refresh = (): void => {
    const others = networks.filter((network) => !isWriter(network));
    if (others.length === 0) return;
    readStored().catch((err: unknown) => logger.warn({ err }, 'the state of the index cannot be read'));
    // A node that does not answer shows as a head that is not known.
    if (seesHead) for (const network of others) stored.seeHead(network).catch(() => undefined);
  };
  await stored.refresh();
  refresh();
  const timer = setInterval(refresh, INTERVAL_MS);
  cleanup.defer('status', () => clearInterval(timer));
  const statusOf = (network: ConnectedNetwork): NetworkStatus => {
    const writer = writers.get(network.networkId);
    const own = isWriter(network) ? writer?.indexer.status() : undefined;
    return { ...stored.of(network), ...own, ...troubleOf(writer?.trouble(), failure()) };
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
