import { sql } from 'kysely';
import { createProfileRegistry } from '#libs/account';
import { type BlockHeader, type ChainSource, systemClock } from '#libs/chain';
import { type Db, inTransaction } from '#libs/database';
import {
  acceptsReorgBelowFinality,
  ensureNetwork,
  finalizedBlockNumber,
  headerByHash,
  readCursor,
} from '#libs/facts';
import { type Address, decodeShortString, feltToHex } from '#libs/felt';
import { loadAccountStates } from '#libs/sessions';
import { loadRegistry, markFollowed, requestAccounts } from './account-registry.ts';
import { AccountStateCache } from './account-state-cache.ts';
import { ClassCatalogue } from './class-catalogue.ts';
import { classStore } from './class-rows.ts';
import type { IndexingContext } from './indexing.context.ts';
import type { NetworkIndexerOptions } from './network-indexer.options.ts';

/** Reads where a network stands: its row, cursor, accounts and classes. Everything in memory starts from here. */
export const openContext = async (
  options: NetworkIndexerOptions,
  signal: AbortSignal,
): Promise<IndexingContext> => {
  const { db, source } = options;
  const identity = await source.network({ signal });
  const label = options.label || decodeShortString(identity.chainId) || feltToHex(identity.chainId);
  const { networkId } = await inTransaction(db, (trx) => ensureNetwork(trx, { ...identity, label }));
  const catalogue = await openCatalogue(db, networkId, source);
  const cursor = await readCursor(db, networkId);
  const start =
    cursor === undefined
      ? await beginNetwork(options, networkId, signal)
      : await resumeNetwork(options, networkId);
  if (cursor !== undefined || start.firstBlock !== 0) await requestWatched(options, networkId);
  const shapesOf = (classHash: bigint) => catalogue.shapesOf(classHash);
  return {
    db,
    source,
    networkId,
    chainId: identity.chainId,
    catalogue,
    states: new AccountStateCache((addresses) => loadAccountStates(db, networkId, addresses, shapesOf)),
    profiles: options.profiles ?? createProfileRegistry(),
    registry: await loadRegistry(db, networkId),
    discovery: options.discovery,
    ...start,
    lowCallsThreshold: options.lowCallsThreshold,
    deliverAlerts: options.deliverAlerts,
    log: options.log,
    clock: options.clock ?? systemClock,
    generation: cursor?.generation ?? 0,
    cursor,
    cursorHeader: cursor && (await requireHeader(db, networkId, cursor.blockHash)),
    finalizedBlock: await finalizedBlockNumber(db, networkId),
    acceptsReorgBelowFinality: await acceptsReorgBelowFinality(db, networkId),
  };
};

type Start = Pick<IndexingContext, 'firstBlock' | 'alertsFromBlock' | 'searchedFromGenesis'>;

/** Nothing is committed yet: settles where to begin. Before block 0 there is nothing to read of the operator's accounts. */
const beginNetwork = async (
  options: NetworkIndexerOptions,
  networkId: number,
  signal: AbortSignal,
): Promise<Start> => {
  const head = await options.source.head({ signal });
  const firstBlock = options.startBlock === 'latest' ? head.blockNumber : options.startBlock;
  const searchedFromGenesis = options.discovery && firstBlock === 0;
  return await inTransaction(options.db, async (trx) => {
    const row = await trx
      .updateTable('networks')
      .set((eb) => ({
        first_block: firstBlock,
        alerts_from_block: eb.fn.coalesce('alerts_from_block', eb.val(head.blockNumber + 1)),
        searched_from_genesis: searchedFromGenesis,
      }))
      .where('network_id', '=', networkId)
      .returning('alerts_from_block')
      .executeTakeFirstOrThrow();
    if (firstBlock === 0) await markFollowed(trx, networkId, options.watch.map(watchedFromGenesis));
    return { firstBlock, searchedFromGenesis, alertsFromBlock: row.alerts_from_block ?? 0 };
  });
};

const watchedFromGenesis = (address: Address) => ({
  address,
  source: 'WATCH' as const,
  followedFromBlock: 0,
  stateFrom: 0,
});

/**
 * Goes on where the network began, whatever the settings say by now. Once the search for session events has had a gap it
 * has one for good: an account met for the first time may have a past then, and is read as a whole.
 */
const resumeNetwork = async ({ db, discovery }: NetworkIndexerOptions, networkId: number): Promise<Start> => {
  const row = await inTransaction(db, (trx) =>
    trx
      .updateTable('networks')
      .set({ searched_from_genesis: sql<boolean>`searched_from_genesis and ${discovery}` })
      .where('network_id', '=', networkId)
      .returning(['first_block', 'alerts_from_block', 'searched_from_genesis'])
      .executeTakeFirstOrThrow(),
  );
  return {
    firstBlock: row.first_block ?? 0,
    alertsFromBlock: row.alerts_from_block ?? 0,
    searchedFromGenesis: row.searched_from_genesis,
  };
};

const requireHeader = async (db: Db, networkId: number, blockHash: bigint): Promise<BlockHeader> => {
  const header = await headerByHash(db, networkId, blockHash);
  if (header === undefined) throw new Error('the cursor names a block that is not stored');
  return header;
};

const requestWatched = async ({ db, watch }: NetworkIndexerOptions, networkId: number): Promise<void> =>
  inTransaction(db, (trx) => requestAccounts(trx, networkId, 'WATCH', watch));

/** What is known of classes on a network, from what was kept. */
export const openCatalogue = async (
  db: Db,
  networkId: number,
  source: ChainSource,
): Promise<ClassCatalogue> => {
  const catalogue = new ClassCatalogue(source, classStore(db, networkId));
  await catalogue.load();
  return catalogue;
};
