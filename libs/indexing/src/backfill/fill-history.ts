import type { BlockHeader, Clock } from '#libs/chain';
import { inTransaction } from '#libs/database';
import {
  type BackfillJob,
  finishBackfill,
  headerByNumber,
  keepBackfillSearch,
  listCoverage,
  noteBackfill,
  readBackfillSearch,
} from '#libs/facts';
import { type AccountState, emptyAccountState, loadAccountStates } from '#libs/sessions';
import type { IndexingContext } from '../indexing.context.ts';
import { requireOnChain } from '../on-chain.ts';
import { placedReading, readAccountSeed, type SeedPorts, seedVersions } from '../seed-account.ts';
import { emptyWriteSet } from '../write-set.ts';
import { BackfillError } from './backfill.error.ts';
import { type BackfillReads, CallCount, countReads, type Pacer } from './counted-reads.ts';
import { commitPart, type HistoryEnd } from './historic-commit.ts';
import { PRICES } from './prices.ts';
import { runSearch } from './run-search.ts';
import { blocksToRead, callsLeft, countToRead, isFinished, type Search } from './search.ts';
import { searchFromJson, searchToJson } from './search-json.ts';
import { prepareSearch, verifyFound } from './prepare-search.ts';
import { provePart } from './prove-part.ts';
import { readPart } from './read-part.ts';

/** What filling a history works with besides the context of the network. */
export interface BackfillPorts {
  readonly context: IndexingContext;
  readonly pacer: Pacer;
  readonly clock: Clock;
  /** Blocks that are read, proven and committed at a time. */
  readonly blocksInPart: number;
  /** Lets a commit through between two of the head, while the cursor stands still. */
  readonly turn: <T>(work: () => Promise<T>) => Promise<T>;
}

/** One job under way, from where it was left. */
export interface Filling extends BackfillPorts, HistoryEnd {
  readonly source: BackfillReads;
  readonly count: CallCount;
  readonly begunMs: number;
  readonly callsBefore: number;
  blocksRead: number;
}

/** Between two notes of how far a search is. */
const NOTE_EVERY_CALLS = 100;

/**
 * Fills the history of one account before the block it was adopted at: finds the blocks that changed something, reads
 * and folds them, and commits them run by run. What is committed is where it goes on, in this process or another.
 * @throws BackfillError, SearchError, ChainError, DatabaseError
 */
export const fillHistory = async (
  ports: BackfillPorts,
  job: BackfillJob,
  signal: AbortSignal,
): Promise<void> => {
  const { context, clock, pacer } = ports;
  const end = await requireEnd(context, job);
  if (end === undefined) {
    await inTransaction(context.db, (trx) => finishBackfill(trx, job.jobId, 'DONE'));
    return;
  }
  const count = new CallCount(job.callsMade);
  const source = countReads(context.source, pacer, count, signal);
  const { callsMade: callsBefore, blocksRead } = job;
  const filling = { ...ports, job, end, source, count, begunMs: clock.nowMs(), callsBefore, blocksRead };
  await requireEndOnChain(filling);
  const standing = await standingOf(filling);
  await readBlocks(filling, standing, await findBlocks(filling, standing));
};

/** The block that the account is followed from; nothing where its history is there already. */
const requireEnd = async (
  { db, networkId }: IndexingContext,
  { account, fromBlock }: BackfillJob,
): Promise<BlockHeader | undefined> => {
  const open = (await listCoverage(db, networkId, account, 'STATE')).find(({ toBlock }) => toBlock === null);
  if (open === undefined) throw new BackfillError('BACKFILL_CHAIN_MOVED', 'the account is being read anew');
  if (open.fromBlock <= fromBlock) return undefined;
  const header = await headerByNumber(db, networkId, open.fromBlock);
  if (header === undefined)
    throw new BackfillError('BACKFILL_CHAIN_MOVED', 'its first block is being replaced');
  return header;
};

const requireEndOnChain = async ({ source, end }: Filling): Promise<void> =>
  await requireOnChain(source, end, chainMoved);

const chainMoved = (blockNumber: number): BackfillError =>
  new BackfillError('BACKFILL_CHAIN_MOVED', `block ${blockNumber} is another one now`);

interface Standing {
  /** The first block that is not covered. */
  readonly next: number;
  readonly state: AccountState;
}

const standingOf = async (filling: Filling): Promise<Standing> => {
  const { context, job, end } = filling;
  const { db, networkId, catalogue } = context;
  const ranges = await listCoverage(db, networkId, job.account, 'STATE');
  const covered = ranges.find(
    ({ fromBlock, toBlock }) => fromBlock <= job.fromBlock && toBlock !== null && toBlock >= job.fromBlock,
  )?.toBlock;
  if (covered === undefined || covered === null || covered >= end.blockNumber) {
    return job.fromBlock === 0
      ? { next: 0, state: emptyAccountState(job.account) }
      : await seedAt(filling, job.fromBlock);
  }
  const shapesOf = (classHash: bigint) => catalogue.shapesOf(classHash);
  const states = await loadAccountStates(db, networkId, [job.account], shapesOf, covered);
  return { next: covered + 1, state: states.get(job.account) ?? emptyAccountState(job.account) };
};

/** A history that does not begin with the chain begins with what the account held then. */
const seedAt = async (filling: Filling, blockNumber: number): Promise<Standing> => {
  const { context, job, source } = filling;
  const { account } = job;
  const header = await source.header({ blockNumber });
  const requireClass: SeedPorts['requireClass'] = (classHash, blockHash) =>
    context.catalogue.require(classHash, blockHash);
  const seed = await readAccountSeed({ source, requireClass, oneWillDo: false }, account, header);
  await requireEndOnChain(filling);
  const writes = { ...emptyWriteSet(), headers: [header], facts: placedReading(seed), ...seedVersions(seed) };
  const part = { fromBlock: blockNumber, toBlock: blockNumber, writes, blocksRead: 1 };
  await filling.turn(() =>
    commitPart(context, filling, part, progressOf(filling, 0), emptyAccountState(account)),
  );
  return await standingOf(filling);
};

/** The search as it was kept, or begun anew, until it is finished. */
const findBlocks = async (filling: Filling, { next, state }: Standing): Promise<Search> => {
  const { context, job, end } = filling;
  const kept = await readBackfillSearch(context.db, job.jobId);
  let search = kept && searchFromJson(kept, end.blockHash);
  if (search === undefined) {
    search = await prepareSearch(filling, next, state);
    await keep(filling, search);
  }
  if (isFinished(search)) return search;
  let keptAt = filling.count.made;
  const onRound = async (round: Search): Promise<void> => {
    if (filling.count.made - keptAt < NOTE_EVERY_CALLS) return;
    keptAt = filling.count.made;
    await keep(filling, round);
  };
  search = await runSearch({ source: filling.source, address: job.account, end, onRound }, search);
  await verifyFound(filling, search, next);
  await requireEndOnChain(filling);
  await keep(filling, search);
  return search;
};

const keep = async (filling: Filling, search: Search): Promise<void> => {
  const { context, job, end } = filling;
  await inTransaction(context.db, async (trx) => {
    if (!(await noteBackfill(trx, job.jobId, progressOf(filling, callsLeft(search)))))
      throw new BackfillError('BACKFILL_CANCELLED', 'the job was cancelled');
    await keepBackfillSearch(trx, job.jobId, searchToJson(search, end.blockHash));
  });
};

const progressOf = ({ count, begunMs, callsBefore, clock, blocksRead }: Filling, left: number) => {
  const seconds = (clock.nowMs() - begunMs) / 1000;
  const rate = (count.made - callsBefore) / seconds;
  return {
    callsMade: count.made,
    callsLeft: Math.ceil(left),
    callsPerSecond: Number.isFinite(rate) && rate > 0 ? rate : undefined,
    blocksRead,
  };
};

/** Reads, folds and commits what was found, from the bottom up, each part in one transaction. */
const readBlocks = async (filling: Filling, { next, state }: Standing, search: Search): Promise<void> => {
  const { context, job, end } = filling;
  const states = new Map([[job.account, state]]);
  const numbers = blocksToRead(search, next);
  let left = countToRead(search, next);
  for (let fromBlock = next; fromBlock <= end.blockNumber; ) {
    const before = asItStands(states.get(job.account) ?? state);
    const part = await readPart(filling, { fromBlock, left, numbers, states });
    left -= part.blocksRead;
    filling.blocksRead += part.blocksRead;
    const after = states.get(job.account) ?? state;
    await provePart(filling, part, before, after);
    await requireEndOnChain(filling);
    await filling.turn(async () => {
      await commitPart(context, filling, part, progressOf(filling, left * PRICES.block), after);
      if (part.toBlock === end.blockNumber) context.states.forget(job.account);
    });
    fromBlock = part.toBlock + 1;
  }
};

/** A fold goes on in place: what was before it has to be kept apart. */
const asItStands = (state: AccountState): AccountState => ({
  ...state,
  sessions: new Map(state.sessions),
  policies: new Map(state.policies),
});
