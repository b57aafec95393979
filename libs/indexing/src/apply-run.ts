import { setImmediate as turn } from 'node:timers/promises';
import type { BlockHeader, ChainSource } from '#libs/chain';
import type { Address } from '#libs/felt';
import { type AccountState, classReadFact, emptyAccountState, READ_ORDINAL } from '#libs/sessions';
import { commitRun } from './commit-run.ts';
import { type Candidate, discoverCandidates } from './discover.ts';
import { fetchTraces, type TraceAnswers } from './fetch-traces.ts';
import { type RunFold, startFold } from './fold-run.ts';
import { type IndexedBlock, widenScope } from './indexed-block.ts';
import { mapConcurrently } from './map-concurrently.ts';
import type { IndexingContext } from './indexing.context.ts';
import { slicesOf } from './split-block.ts';
import type { WriteSet } from './write-set.ts';

type NewCandidate = Extract<Candidate, { verdict: 'ACCOUNT' }>;

/**
 * Folds a contiguous run of blocks: discovery, then everything that the run has to write. What is in memory is that of
 * the run from here on, so it has to be committed next, or the context be opened anew. Accounts that turn up with a
 * history that was not searched wait as PENDING: they are read as a whole at a block boundary.
 */
export const foldNextRun = async (
  context: IndexingContext,
  fetched: readonly IndexedBlock[],
): Promise<WriteSet> => {
  const candidates = await discover(context, fetched);
  const accounts = candidates.filter((candidate) => candidate.verdict === 'ACCOUNT');
  const fresh = accounts.filter((candidate) => isFresh(context, fetched, candidate));
  const followed = new Set([...context.registry.followed, ...fresh.map(({ address }) => address)]);
  const blocks = await widenAll(context, fetched, followed);
  const states = await loadStates(context, blocks, followed, fresh);
  await readClasses(context, blocks, followed);
  const fold = startFold({
    chainId: context.chainId,
    blocks,
    followed,
    discoveredAt: new Map(fresh.map(({ address, blockIndex }) => [address, numberAt(blocks, blockIndex)])),
    states,
    classOf: (classHash) => context.catalogue.known(classHash),
    lowCallsThreshold: context.lowCallsThreshold,
    profiles: context.profiles,
    parent: parentOf(blocks, context.cursorHeader),
  });
  await finishFold(context.source, fold);
  const { writes } = fold;
  addDiscovered(writes, blocks, fresh, candidates);
  context.states.put(states);
  for (const { address } of writes.newAccounts) context.registry.followed.add(address);
  for (const { address } of writes.rejected) context.registry.rejected.add(address);
  return writes;
};

/** While the run before is being committed the cursor is not at the parent yet; then it is not known here. */
const parentOf = ([first]: readonly IndexedBlock[], at: BlockHeader | undefined): BlockHeader | undefined =>
  at?.blockHash === first?.header.parentHash ? at : undefined;

/** Commits the run that was folded after the one that the cursor names. */
export const commitNextRun = async (context: IndexingContext, writes: WriteSet): Promise<void> => {
  await commitRun(context, writes);
  const last = writes.headers.at(-1) as BlockHeader;
  context.cursor = { blockNumber: last.blockNumber, blockHash: last.blockHash };
  context.cursorHeader = last;
  context.states.trim();
};

/** Between so many blocks the commit of the run before gets its turn: it awaits each of its statements. */
const BLOCKS_AT_ONCE = 1;

/** Folds to the end, reading the traces that a block turns out to need. Each is asked for once, so this ends. */
export const finishFold = async (source: ChainSource, fold: RunFold): Promise<void> => {
  let traces: TraceAnswers = new Map();
  for (;;) {
    const progress = fold.advance(traces, BLOCKS_AT_ONCE);
    if (progress.type === 'DONE') return;
    if (progress.type === 'MORE') {
      await turn();
      continue;
    }
    const read = await fetchTraces(source, progress.block, progress.transactionHashes);
    traces = new Map([...traces, ...read]);
  }
};

const discover = async (context: IndexingContext, blocks: readonly IndexedBlock[]): Promise<Candidate[]> => {
  if (!context.discovery) return [];
  const { followed, rejected } = context.registry;
  const isKnown = (address: bigint) => followed.has(address) || rejected.has(address);
  return await discoverCandidates(context.source, context.catalogue, blocks, isKnown);
};

/** Nothing can be known of an account before the block that deployed it, or before a search that began at block 0. */
const isFresh = (
  context: IndexingContext,
  blocks: readonly IndexedBlock[],
  candidate: NewCandidate,
): boolean =>
  context.searchedFromGenesis ||
  blocks
    .slice(0, candidate.blockIndex + 1)
    .some((block) => block.stateUpdate.deployedContracts.has(candidate.address));

const READS_AT_ONCE = 16;

const widenAll = (
  { source }: IndexingContext,
  blocks: readonly IndexedBlock[],
  followed: ReadonlySet<bigint>,
): Promise<IndexedBlock[]> => {
  const addresses = [...followed] as Address[];
  return mapConcurrently(blocks, READS_AT_ONCE, (block) => widenScope(source, block, addresses));
};

const loadStates = async (
  context: IndexingContext,
  blocks: readonly IndexedBlock[],
  followed: ReadonlySet<bigint>,
  fresh: readonly NewCandidate[],
): Promise<Map<Address, AccountState>> => {
  const isNew = new Set<bigint>(fresh.map(({ address }) => address));
  const touched = new Set(blocks.flatMap((block) => [...slicesOf(block, followed).keys()]));
  const states = await context.states.take([...touched].filter((address) => !isNew.has(address)));
  for (const { address, classInfo, blockIndex } of fresh) {
    const { eventShapes } = classInfo;
    const deployedHere = blocks[blockIndex]?.stateUpdate.deployedContracts.has(address);
    const classHash = deployedHere ? undefined : classInfo.classHash;
    states.set(address, { ...emptyAccountState(address), classHash, eventShapes });
  }
  return states;
};

/** Classes that a followed account gets inside the run, read before the fold: the fold does no I/O. */
export const readClasses = async (
  { catalogue }: Pick<IndexingContext, 'catalogue'>,
  blocks: readonly IndexedBlock[],
  followed: ReadonlySet<bigint>,
): Promise<void> => {
  for (const { header, stateUpdate } of blocks) {
    for (const changes of [stateUpdate.deployedContracts, stateUpdate.replacedClasses]) {
      for (const [address, classHash] of changes) {
        if (followed.has(address)) await catalogue.require(classHash, header.blockHash);
      }
    }
  }
};

const numberAt = (blocks: readonly IndexedBlock[], index: number): number =>
  (blocks[index] as IndexedBlock).header.blockNumber;

const addDiscovered = (
  writes: WriteSet,
  blocks: readonly IndexedBlock[],
  fresh: readonly NewCandidate[],
  candidates: readonly Candidate[],
): void => {
  const versions = new Set(writes.classes.map(({ account, blockNumber }) => `${account}@${blockNumber}`));
  for (const { address, blockIndex, classInfo } of fresh) {
    const blockNumber = numberAt(blocks, blockIndex);
    writes.newAccounts.push({ address, followedFromBlock: blockNumber });
    // The block did not set the class, so the fold did not see it; the first version is the block that showed the account.
    if (!versions.has(`${address}@${blockNumber}`)) {
      writes.classes.unshift({ account: address, blockNumber, state: classInfo.classHash });
      const { header } = blocks[blockIndex] as IndexedBlock;
      const item = classReadFact(classInfo.classHash);
      writes.facts.push({ account: address, header, item, ordinal: READ_ORDINAL });
    }
  }
  for (const candidate of candidates) {
    if (candidate.verdict === 'REJECTED') writes.rejected.push(candidate);
    else if (!fresh.includes(candidate)) writes.waiting.push(candidate.address);
  }
};
