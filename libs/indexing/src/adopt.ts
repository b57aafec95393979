import { type BlockHeader, isChainError } from '#libs/chain';
import { DatabaseError, type DatabaseErrorCode, inTransaction, type Trx } from '#libs/database';
import {
  appendDeadLetters,
  appendFacts,
  openIncident,
  raiseGeneration,
  requireCursor,
  resolveIncident,
} from '#libs/facts';
import { type Address, feltToHex } from '#libs/felt';
import { writeVersions } from '#libs/sessions';
import {
  isStillPending,
  listDue,
  markFollowed,
  postponePending,
  postponeRejected,
  requestAccounts,
} from './account-registry.ts';
import { AdoptionError } from './adoption.error.ts';
import { admitBlocks } from './admit-blocks.ts';
import { judgeContract } from './discover.ts';
import { deadLetterRow, factRow } from './fact-rows.ts';
import type { IndexingContext } from './indexing.context.ts';
import { limitReads } from './limit-reads.ts';
import {
  type AccountSeed,
  forwardSeed,
  knownFrom,
  placedReading,
  readAccountSeed,
  type SeedPorts,
  seedVersions,
  slotCount,
} from './seed-account.ts';

/** Accounts taken from the queue at a time. */
const ADOPTED_AT_ONCE = 20;

/** What reading one account may take. */
interface Allowance {
  readonly reads: number;
  readonly milliseconds: number;
  readonly oneWillDo: boolean;
}

/** So often a second node has to confirm the events. One that is down for longer does not hold accounts up. */
const TRIES_WITH_TWO = 6;

/** Beside the head, which does not wait. */
const WHOLE = { reads: 20_000, milliseconds: 60_000 };
/** While the head waits. */
const FORWARD = { reads: 500, milliseconds: 5_000 };
const MOST_SLOTS_FORWARD = 64;

/**
 * Reads and commits the accounts whose turn has come, at the cursor. For callers for whom the head may wait; others
 * read first and commit later. Gives how many were adopted.
 */
export const adoptPending = async (context: IndexingContext, signal?: AbortSignal): Promise<number> => {
  let adopted = 0;
  for await (const seed of readDueSeeds(context, signal)) {
    if (await commitSeed(context, seed, signal)) adopted += 1;
  }
  return adopted;
};

/**
 * Reads the accounts whose turn has come, each at the cursor of that moment, one at a time as they are taken. Reads the
 * chain only, so the head may go on beside it. What keeps one account from being read is noted with it, and the others
 * go on. @throws DatabaseError, and when the signal aborts
 */
export async function* readDueSeeds(
  context: IndexingContext,
  signal?: AbortSignal,
): AsyncGenerator<AccountSeed> {
  if (context.cursorHeader === undefined) return;
  await reconsiderRejected(context, signal);
  const due = await listDue(context.db, context.networkId, 'PENDING', ADOPTED_AT_ONCE);
  for (const { address, attempts } of due) {
    const at = context.cursorHeader;
    const allowance = { ...WHOLE, oneWillDo: attempts >= TRIES_WITH_TWO };
    const seed = await unlessItsOwnFault(context, address, signal, () =>
      withPorts(context, allowance, signal, (ports) => readAccountSeed(ports, address, at)),
    );
    if (seed !== undefined) yield seed;
  }
}

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

/**
 * Takes an account along from the cursor on, as it was read. Call it between two blocks. When the cursor has moved since,
 * a small account is read again there; a large one stays in the queue. Gives whether it is followed now.
 * @throws DatabaseError, and when the signal aborts
 */
export const commitSeed = async (
  context: IndexingContext,
  seed: AccountSeed,
  signal?: AbortSignal,
): Promise<boolean> => {
  const { cursorHeader } = context;
  if (cursorHeader === undefined) return false;
  const { address } = seed;
  const followed = await unlessItsOwnFault(context, address, signal, async () => {
    const current = await atCursor(context, seed, cursorHeader, signal);
    if (current === undefined) return false;
    return await inTransaction(context.db, (trx) => writeSeed(trx, context, current));
  });
  if (followed !== true) return false;
  context.generation += 1;
  context.registry.followed.add(address);
  context.registry.rejected.delete(address);
  context.log.info(
    { account: feltToHex(address), blockNumber: cursorHeader.blockNumber },
    'account followed',
  );
  return true;
};

const atCursor = async (
  context: IndexingContext,
  seed: AccountSeed,
  cursor: BlockHeader,
  signal: AbortSignal | undefined,
): Promise<AccountSeed | undefined> => {
  if (seed.at.blockHash === cursor.blockHash) return seed;
  if (seed.at.blockNumber >= cursor.blockNumber || slotCount(seed) > MOST_SLOTS_FORWARD) return undefined;
  return await withPorts(context, { ...FORWARD, oneWillDo: seed.oneWillDo }, signal, (ports) =>
    forwardSeed(ports, seed, cursor),
  );
};

const withPorts = async <T>(
  { source, catalogue }: IndexingContext,
  { reads, milliseconds, oneWillDo }: Allowance,
  signal: AbortSignal | undefined,
  read: (ports: SeedPorts) => Promise<T>,
): Promise<T> => {
  const deadline = AbortSignal.timeout(milliseconds);
  const either = signal ? AbortSignal.any([signal, deadline]) : deadline;
  const requireClass: SeedPorts['requireClass'] = (classHash, blockHash) =>
    catalogue.require(classHash, blockHash);
  try {
    return await read({ source: limitReads(source, reads, either), requireClass, oneWillDo });
  } catch (error) {
    if (!deadline.aborted || error instanceof DatabaseError) throw error;
    throw new AdoptionError('ADOPTION_TIMED_OUT', `it takes more than ${milliseconds} ms`, { cause: error });
  }
};

/** Anybody can make an account that cannot be read. It is noted and waits; only what concerns everybody is thrown. */
const unlessItsOwnFault = async <T>(
  context: IndexingContext,
  address: Address,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T | undefined> => {
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted === true || (error instanceof DatabaseError && !OF_THE_ROWS.has(error.code)))
      throw error;
    const code = reasonOf(error);
    await inTransaction(context.db, (trx) => postponePending(trx, context.networkId, address, code));
    context.log.warn({ account: feltToHex(address), code }, 'account cannot be followed yet');
    return undefined;
  }
};

/** Faults of what was to be written, and not of the database. */
const OF_THE_ROWS: ReadonlySet<DatabaseErrorCode> = new Set([
  'UNIQUE_VIOLATION',
  'CONSTRAINT_VIOLATION',
  'NUMBER_OUT_OF_RANGE',
]);

const reasonOf = (error: unknown): string => {
  if (isChainError(error) || error instanceof AdoptionError || error instanceof DatabaseError)
    return error.code;
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'INTERNAL';
};

const writeSeed = async (trx: Trx, context: IndexingContext, seed: AccountSeed): Promise<boolean> => {
  const { networkId } = context;
  const { address, at, history } = seed;
  const { blockNumber } = at;
  const { generation } = context;
  await requireCursor(trx, networkId, { blockNumber, blockHash: at.blockHash, generation });
  if (!(await isStillPending(trx, networkId, address))) return false;
  await admitBlocks(trx, networkId, history.headers);
  const facts = history.facts.map(({ header, item }) =>
    factRow({ account: address, header, item, ordinal: 0 }),
  );
  const letters = history.deadLetters.map(({ header, item }, ordinal) =>
    deadLetterRow({ account: address, header, item, ordinal }),
  );
  await appendFacts(trx, networkId, [...facts, ...placedReading(seed).map(factRow)]);
  await appendDeadLetters(trx, networkId, letters);
  await writeVersions(trx, networkId, seedVersions(seed));
  await markFollowed(trx, networkId, [
    { address, source: 'WATCH', followedFromBlock: blockNumber, ...knownFrom(seed) },
  ]);
  await noteDoubts(trx, networkId, seed);
  await raiseGeneration(trx, networkId);
  return true;
};

/** A node left events out, or made some up. What is written is right all the same: it is told, and closed at once. */
const noteDoubts = async (
  trx: Trx,
  networkId: number,
  { address, at, history }: AccountSeed,
): Promise<void> => {
  const blockHashes = [...history.doubted].slice(0, MOST_NAMED).map(feltToHex);
  if (blockHashes.length === 0) return;
  const incident = { kind: 'INCOMPLETE_EVENTS', account: address } as const;
  const details = { blocks: history.doubted.size, blockHashes };
  await openIncident(trx, networkId, { ...incident, block: at, details });
  await resolveIncident(trx, networkId, { ...incident, resolution: 'the receipts of the blocks decided' });
};

const MOST_NAMED = 20;
