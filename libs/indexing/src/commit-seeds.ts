import type { BlockHeader } from '#libs/chain';
import { DatabaseError, inTransaction, type Trx } from '#libs/database';
import {
  appendDeadLetters,
  appendFacts,
  type NewFact,
  openIncident,
  raiseGeneration,
  requireCursor,
  resolveIncident,
} from '#libs/facts';
import { feltToHex } from '#libs/felt';
import { writeVersions } from '#libs/sessions';
import { holdPending, markFollowed } from './account-registry.ts';
import { AdoptionError } from './adoption.error.ts';
import { isOfTheRows, unlessItsOwnFault, withPorts } from './adoption-faults.ts';
import { admitBlocks } from './admit-blocks.ts';
import { deadLetterRow, factRow } from './fact-rows.ts';
import { type ForwardedSeeds, forwardSeeds } from './forward-seeds.ts';
import { keepClasses } from './class-rows.ts';
import type { IndexingContext } from './indexing.context.ts';
import {
  type AccountSeed,
  forwardSeed,
  knownFrom,
  placedReading,
  seedVersions,
  slotCount,
} from './seed-account.ts';

/** While the head waits. */
const FORWARD = { reads: 500, milliseconds: 5_000 };
const MOST_SLOTS_FORWARD = 64;
/** So many are read again by themselves while the head waits; the others stay in the queue. */
const MOST_READ_AGAIN = 5;

/**
 * Takes accounts along from the cursor on, as they were read at one block, in one transaction. Call it between two
 * blocks. When the cursor has moved since, they are brought there by what the blocks in between changed; those that were
 * changed are read again, a few at a time. An account that cannot be written keeps none of the others back. Gives how many
 * are followed now. @throws DatabaseError, and when the signal aborts
 */
export const commitSeeds = async (
  context: IndexingContext,
  seeds: readonly AccountSeed[],
  signal?: AbortSignal,
): Promise<number> => {
  const { cursorHeader } = context;
  const [only, ...more] = seeds;
  if (cursorHeader === undefined || only === undefined) return 0;
  if (more.length === 0) return (await commitSeed(context, only, signal)) ? 1 : 0;
  const forwarded = await forwardTogether(context, seeds, cursorHeader, signal);
  if (forwarded === undefined) return 0;
  const { current, touched } = forwarded;
  let adopted = await commitTogether(context, current, cursorHeader);
  const single = [...(adopted === undefined ? current : []), ...touched.slice(0, MOST_READ_AGAIN)];
  adopted ??= 0;
  for (const seed of single) if (await commitSeed(context, seed, signal)) adopted += 1;
  return adopted;
};

/** Nothing where the node does not say what happened since: they stay in the queue and are read anew. */
const forwardTogether = async (
  context: IndexingContext,
  seeds: readonly AccountSeed[],
  cursor: BlockHeader,
  signal: AbortSignal | undefined,
): Promise<ForwardedSeeds | undefined> => {
  const deadline = AbortSignal.timeout(FORWARD.milliseconds);
  const either = signal ? AbortSignal.any([signal, deadline]) : deadline;
  const { source } = context;
  const options = { signal: either };
  const reads = {
    header: (ref: Parameters<typeof source.header>[0]) => source.header(ref, options),
    events: (query: Parameters<typeof source.events>[0]) => source.events(query, options),
    stateUpdate: (...[hash, addresses]: Parameters<typeof source.stateUpdate>) =>
      source.stateUpdate(hash, addresses, options),
  };
  try {
    return await forwardSeeds(context, reads, seeds, cursor);
  } catch (error) {
    if (signal?.aborted === true || error instanceof DatabaseError) throw error;
    context.log.warn(
      { accounts: seeds.length },
      'accounts cannot be followed yet: what changed since is not known',
    );
    return undefined;
  }
};

/** Undefined: something of one of them cannot be written, and each has to be tried by itself. */
const commitTogether = async (
  context: IndexingContext,
  seeds: readonly AccountSeed[],
  cursor: BlockHeader,
): Promise<number | undefined> => {
  if (seeds.length === 0) return 0;
  try {
    const followed = await inTransaction(context.db, (trx) => writeSeeds(trx, context, seeds));
    if (followed.length > 0) noteFollowed(context, followed, cursor);
    return followed.length;
  } catch (error) {
    if (error instanceof AdoptionError || isOfTheRows(error)) return undefined;
    throw error;
  }
};

const noteFollowed = (
  context: IndexingContext,
  followed: readonly AccountSeed[],
  { blockNumber }: BlockHeader,
): void => {
  context.generation += 1;
  for (const { address } of followed) {
    context.registry.followed.add(address);
    context.registry.rejected.delete(address);
    context.log.info({ account: feltToHex(address), blockNumber }, 'account followed');
  }
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
    return (await inTransaction(context.db, (trx) => writeSeeds(trx, context, [current]))).length > 0;
  });
  if (followed !== true) return false;
  noteFollowed(context, [seed], cursorHeader);
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
  return await withPorts(
    context,
    context.source,
    { ...FORWARD, oneWillDo: seed.oneWillDo },
    signal,
    (ports) => forwardSeed(ports, seed, cursor),
  );
};

/** Gives those that were still waiting. All seeds are of one block. */
const writeSeeds = async (
  trx: Trx,
  context: IndexingContext,
  seeds: readonly AccountSeed[],
): Promise<readonly AccountSeed[]> => {
  const { networkId, generation, catalogue } = context;
  const [first] = seeds;
  if (first === undefined) return [];
  const { blockNumber, blockHash } = first.at;
  await requireCursor(trx, networkId, { blockNumber, blockHash, generation });
  const addresses = seeds.map(({ address }) => address);
  const waiting = await holdPending(trx, networkId, addresses);
  const taken = seeds.filter(({ address }) => waiting.has(address));
  if (taken.length === 0) return taken;
  await admitBlocks(trx, networkId, headersOf(taken));
  await appendFacts(
    trx,
    networkId,
    taken.flatMap((seed) => [...historyFacts(seed), ...placedReading(seed).map(factRow)]),
  );
  await appendDeadLetters(trx, networkId, taken.flatMap(deadLetters));
  const classes = taken.map(({ classInfo }) => classInfo?.classHash);
  await keepClasses(trx, networkId, catalogue, classes);
  await writeVersions(trx, networkId, versionsOf(taken));
  const watched = { source: 'WATCH' as const, followedFromBlock: blockNumber };
  await markFollowed(
    trx,
    networkId,
    taken.map((seed) => ({ address: seed.address, ...watched, ...knownFrom(seed) })),
  );
  for (const seed of taken) await noteDoubts(trx, networkId, seed);
  await raiseGeneration(trx, networkId);
  return taken;
};

const versionsOf = (seeds: readonly AccountSeed[]) => {
  const versions = seeds.map(seedVersions);
  return {
    sessions: versions.flatMap(({ sessions }) => sessions),
    policies: versions.flatMap(({ policies }) => policies),
    classes: versions.flatMap(({ classes }) => classes),
  };
};

const headersOf = (seeds: readonly AccountSeed[]): BlockHeader[] => {
  const all = seeds.flatMap(({ history }) => history.headers);
  return [...new Map(all.map((header) => [header.blockHash, header])).values()];
};

const historyFacts = ({ address: account, history }: AccountSeed): NewFact[] =>
  history.facts.map(({ header, item }) => factRow({ account, header, item, ordinal: 0 }));

const deadLetters = ({ address: account, history }: AccountSeed) =>
  history.deadLetters.map(({ header, item }, ordinal) => deadLetterRow({ account, header, item, ordinal }));

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
