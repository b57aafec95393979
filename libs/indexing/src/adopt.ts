import { DatabaseError, inTransaction } from '#libs/database';
import { headersByHash } from '#libs/facts';
import type { ClassHash, Felt } from '#libs/felt';
import { listDue, postponeRejected, requestAccounts } from './account-registry.ts';
import { type Allowance, unlessItsOwnFault, withPorts } from './adoption-faults.ts';
import { commitSeeds } from './commit-seeds.ts';
import { judgeContract } from './discover.ts';
import type { IndexingContext } from './indexing.context.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { type AccountSeed, readAccountSeed } from './seed-account.ts';
import { shareReads } from './shared-reads.ts';

/** Accounts taken from the queue at a time: read together, committed together. */
const ADOPTED_AT_ONCE = 100;

/** So often a second node has to confirm the events. One that is down for longer does not hold accounts up. */
const TRIES_WITH_TWO = 6;

/** Beside the head, which does not wait. */
const WHOLE = { reads: 20_000, milliseconds: 60_000 };

/**
 * Reads and commits the accounts whose turn has come, at the cursor. For callers for whom the head may wait; others
 * read first and commit later. Gives how many were adopted.
 */
export const adoptPending = async (context: IndexingContext, signal?: AbortSignal): Promise<number> => {
  return await commitSeeds(context, await readDueSeeds(context, signal), signal);
};

/**
 * Reads the accounts whose turn has come at the cursor, many at a time. Reads the chain only, so the head may go on
 * beside it. What keeps one account from being read is noted with it, and the others go on.
 * @throws DatabaseError, and when the signal aborts
 */
export const readDueSeeds = async (
  context: IndexingContext,
  signal?: AbortSignal,
): Promise<readonly AccountSeed[]> => {
  const { db, networkId, source, catalogue, cursorHeader: at } = context;
  if (at === undefined) return [];
  await reconsiderRejected(context, signal);
  const due = await listDue(db, networkId, 'PENDING', ADOPTED_AT_ONCE);
  if (due.length === 0) return [];
  const shapesOf = async (classHash: ClassHash) =>
    (await catalogue.require(classHash, at.blockHash)).eventShapes;
  const storedHeaders = (blockHashes: readonly Felt[]) => headersByHash(db, networkId, blockHashes);
  const attemptsOf = new Map(due.map(({ address, attempts }) => [address, attempts]));
  const ports = { source, at, signal, shapesOf, storedHeaders };
  const shared = await shareReads(ports, [...attemptsOf.keys()]);
  const read = await mapConcurrently(shared.addresses, shared.atOnce, async (address) => {
    const allowance: Allowance = { ...WHOLE, oneWillDo: (attemptsOf.get(address) ?? 0) >= TRIES_WITH_TWO };
    const reading = withPorts(context, shared.of(address), allowance, signal, (reads) =>
      readAccountSeed(reads, address, at),
    );
    await reading.catch(() => undefined);
    return { address, reading };
  });
  // Noted one after the other, when all are read: until then only the chain is asked.
  const seeds: AccountSeed[] = [];
  for (const { address, reading } of read) {
    const seed = await unlessItsOwnFault(context, address, signal, () => reading);
    if (seed !== undefined) seeds.push(seed);
  }
  return seeds;
};

/** A verdict is of the class that a contract had then. Whoever has another one by now waits like the others. */
const reconsiderRejected = async (
  { db, networkId, source, catalogue, cursorHeader, discovery }: IndexingContext,
  signal: AbortSignal | undefined,
): Promise<void> => {
  if (!discovery || cursorHeader === undefined) return;
  for (const { address } of await listDue(db, networkId, 'REJECTED', ADOPTED_AT_ONCE)) {
    signal?.throwIfAborted();
    const { verdict } = await judgeContract(source, catalogue, address, cursorHeader.blockHash).catch(unsure);
    await inTransaction(db, (trx) =>
      verdict === 'ACCOUNT'
        ? requestAccounts(trx, networkId, 'DISCOVERY', [address])
        : postponeRejected(trx, networkId, address),
    );
  }
};

const unsure = (error: unknown): { readonly verdict: 'UNKNOWN' } => {
  if (error instanceof DatabaseError) throw error;
  return { verdict: 'UNKNOWN' };
};
