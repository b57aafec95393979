import { sql } from 'kysely';
import { capabilitiesFromJson, capabilitiesToJson } from '#libs/account';
import type { BlockHeader } from '#libs/chain';
import { type Db, inTransaction } from '#libs/database';
import { ensureNetwork, finalizedBlockNumber, headerByHash, readCursor } from '#libs/facts';
import { type Address, decodeShortString, feltToHex, parseFelt, toClassHash } from '#libs/felt';
import { loadAccountStates } from '#libs/sessions';
import { loadRegistry, markFollowed, requestAccounts } from './account-registry.ts';
import { AccountStateCache } from './account-state-cache.ts';
import { ClassCatalogue, type ClassInfo, type ClassStore } from './class-catalogue.ts';
import type { IndexingContext } from './indexing.context.ts';
import type { NetworkIndexerOptions } from './network-indexer.ts';

/** Reads where a network stands: its row, cursor, accounts and classes. Everything in memory starts from here. */
export const openContext = async (options: NetworkIndexerOptions): Promise<IndexingContext> => {
  const { db, source } = options;
  const identity = await source.network();
  const label = options.label || decodeShortString(identity.chainId) || feltToHex(identity.chainId);
  const { networkId } = await inTransaction(db, (trx) => ensureNetwork(trx, { ...identity, label }));
  const catalogue = new ClassCatalogue(source, classStore(db, networkId));
  await catalogue.load();
  const cursor = await readCursor(db, networkId);
  const searchedFromGenesis = await noteSearch(options, networkId, cursor === undefined);
  await requestWatched(options, networkId, cursor === undefined);
  const shapesOf = (classHash: bigint) => catalogue.shapesOf(classHash);
  return {
    db,
    source,
    networkId,
    chainId: identity.chainId,
    catalogue,
    states: new AccountStateCache((addresses) => loadAccountStates(db, networkId, addresses, shapesOf)),
    registry: await loadRegistry(db, networkId),
    discovery: options.discovery,
    searchedFromGenesis,
    lowCallsThreshold: options.lowCallsThreshold,
    deliverAlerts: options.deliverAlerts,
    log: options.log,
    cursor,
    cursorHeader: cursor && (await requireHeader(db, networkId, cursor.blockHash)),
    finalizedBlock: await finalizedBlockNumber(db, networkId),
  };
};

const requireHeader = async (db: Db, networkId: number, blockHash: bigint): Promise<BlockHeader> => {
  const header = await headerByHash(db, networkId, blockHash);
  if (header === undefined) throw new Error('the cursor names a block that is not stored');
  return header;
};

/**
 * Whether every block from 0 on was searched for session events. Once the search has had a gap, it has one for good:
 * then an account met for the first time may have a past, and is read as a whole.
 */
const noteSearch = async (
  options: NetworkIndexerOptions,
  networkId: number,
  isNew: boolean,
): Promise<boolean> => {
  const fromGenesis = options.discovery && options.startBlock === 0;
  return await inTransaction(options.db, async (trx) => {
    if (!isNew && fromGenesis) {
      const row = await trx
        .selectFrom('networks')
        .select('searched_from_genesis')
        .where('network_id', '=', networkId)
        .executeTakeFirstOrThrow();
      return row.searched_from_genesis;
    }
    await trx
      .updateTable('networks')
      .set({ searched_from_genesis: isNew && fromGenesis })
      .where('network_id', '=', networkId)
      .execute();
    return isNew && fromGenesis;
  });
};

/** Before block 0 there is nothing to read, so the operator's accounts are followed from the start. */
const requestWatched = async (
  options: NetworkIndexerOptions,
  networkId: number,
  isNew: boolean,
): Promise<void> => {
  const addresses: readonly Address[] = options.watch;
  await inTransaction(options.db, async (trx) => {
    if (!isNew || options.startBlock !== 0) {
      await requestAccounts(trx, networkId, 'WATCH', addresses);
      return;
    }
    const accounts = addresses.map((address) => ({
      address,
      source: 'WATCH' as const,
      followedFromBlock: 0,
      stateFrom: 0,
    }));
    await markFollowed(trx, networkId, accounts);
  });
};

const classStore = (db: Db, networkId: number): ClassStore => ({
  load: async () => {
    const rows = await db
      .selectFrom('classes')
      .select(['class_hash', 'capabilities'])
      .where('network_id', '=', networkId)
      .execute();
    return rows.map((row) => toClassInfo(row.class_hash, row.capabilities));
  },
  save: async ({ classHash, capabilities }) => {
    if (capabilities === undefined) return;
    const json = JSON.stringify(capabilitiesToJson(capabilities));
    await inTransaction(db, (trx) =>
      sql`
        insert into classes (network_id, class_hash, capabilities)
        values (${networkId}::integer, ${feltToHex(classHash)}, ${json}::text::jsonb)
        on conflict do nothing`.execute(trx),
    );
  },
});

const toClassInfo = (classHash: string, json: unknown): ClassInfo => {
  const capabilities = capabilitiesFromJson(json);
  return {
    classHash: toClassHash(parseFelt(classHash)),
    capabilities,
    eventShapes: capabilities.eventShapes,
  };
};
