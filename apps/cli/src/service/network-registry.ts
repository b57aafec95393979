import { type Db, inTransaction } from '#libs/database';
import {
  ensureNetwork,
  type NetworkIdentity,
  networkListStatement,
  type StoredNetwork,
  toNetwork,
} from '#libs/facts';
import type { StoredReads } from './stored-reads.ts';

/** The networks that the database knows. */
export interface NetworkRegistry {
  list(): Promise<readonly StoredNetwork[]>;
  /** The row of the network; undefined while no process that indexes has made it. */
  find(network: NetworkIdentity & { readonly label: string }): Promise<StoredNetwork | undefined>;
}

/** Of a process that indexes: what it does not find, it makes. */
export const writingRegistry = (db: Db, reads: StoredReads): NetworkRegistry => ({
  list: () => listNetworks(reads),
  find: (network) => inTransaction(db, (trx) => ensureNetwork(trx, network)),
});

/** Of a process that only answers, which writes nothing of a chain. */
export const readingRegistry = (reads: StoredReads): NetworkRegistry => ({
  list: () => listNetworks(reads),
  find: async ({ chainId, genesisHash }) =>
    (await listNetworks(reads)).find(
      (network) => network.chainId === chainId && network.genesisHash === genesisHash,
    ),
});

const listNetworks = async (reads: StoredReads): Promise<readonly StoredNetwork[]> =>
  (await reads(networkListStatement)).map(toNetwork);
