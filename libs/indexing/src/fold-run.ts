import type { ProfileRegistry } from '#libs/account';
import type { BlockHeader } from '#libs/chain';
import type { Address, Felt } from '#libs/felt';
import {
  type AccountBlock,
  type AccountChanges,
  type AccountState,
  applyChanges,
  foldAccountBlock,
  type OwnerGrant,
} from '#libs/sessions';
import { decideLowCalls } from '#libs/alerts';
import { foldLedgers } from './fold-ledgers.ts';
import type { ClassInfo } from './class-catalogue.ts';
import type { IndexedBlock } from './indexed-block.ts';
import type { TraceAnswers } from './fetch-traces.ts';
import { type AccountSlice, ownerGrantsByAccount, slicesOf } from './split-block.ts';
import { emptyWriteSet, type WriteSet } from './write-set.ts';

/** What folding a run needs besides the blocks. The states are changed in place, block by block. */
export interface FoldRunInput {
  readonly chainId: Felt;
  readonly blocks: readonly IndexedBlock[];
  readonly followed: ReadonlySet<bigint>;
  /** Accounts that the run itself discovers, with the block to begin at: what is kept must not depend on run bounds. */
  readonly discoveredAt: ReadonlyMap<bigint, number>;
  readonly states: Map<Address, AccountState>;
  readonly classOf: (classHash: bigint) => ClassInfo;
  readonly lowCallsThreshold: number;
  readonly profiles: ProfileRegistry;
  /** The block that was read before the run, where one is known. */
  readonly parent: BlockHeader | undefined;
}

/** A block whose uses are not settled without the traces of some of its transactions. */
interface TraceNeed {
  readonly block: IndexedBlock;
  readonly transactionHashes: readonly Felt[];
}

/** How far a fold has got: to a block of which nothing is folded before its traces are read, or as far as it was asked. */
type FoldProgress =
  | ({ readonly type: 'NEEDS_TRACES' } & TraceNeed)
  | { readonly type: 'MORE' }
  | { readonly type: 'DONE' };

/** A run on its way through the fold. */
export interface RunFold {
  readonly writes: WriteSet;
  /** Folds on, by so many blocks at the most. */
  advance(traces: TraceAnswers, mostBlocks: number): FoldProgress;
}

/**
 * Folds blocks, in the order of the chain, into what has to be written. No I/O: states and classes were read before.
 * Blocks of a history need not stand side by side: those between them changed nothing.
 */
export const startFold = (input: FoldRunInput): RunFold => {
  const writes = emptyWriteSet();
  return {
    writes,
    advance: (traces, mostBlocks) => {
      const { length: begun } = writes.headers;
      for (const block of input.blocks.slice(begun, begun + mostBlocks)) {
        const need = foldBlock({ ...input, traces }, block, writes);
        if (need) return { type: 'NEEDS_TRACES', ...need };
      }
      return { type: writes.headers.length < input.blocks.length ? 'MORE' : 'DONE' };
    },
  };
};

interface BlockFold extends FoldRunInput {
  readonly traces: TraceAnswers;
}

const foldBlock = (input: BlockFold, block: IndexedBlock, writes: WriteSet): TraceNeed | undefined => {
  const ownerGrants = ownerGrantsByAccount(block);
  const parent = parentIn([writes.headers.at(-1), input.parent], block.header);
  const folded = [...slicesOf(block, input.followed)]
    .filter(([account]) => isFollowedAt(input, block.header, account))
    .map(([account, slice]) => {
      const state = input.states.get(account);
      if (state === undefined) throw new Error('a followed account has no state loaded');
      const grants = ownerGrants.get(account) ?? [];
      return { state, changes: foldAccountBlock(state, accountBlock(input, block, parent, grants, slice)) };
    });
  const transactionHashes = folded.flatMap(({ changes }) => changes.needsTraces);
  if (transactionHashes.length > 0) return { block, transactionHashes };
  writes.headers.push(block.header);
  for (const { state, changes } of folded) {
    record(input, block.header, state, changes, writes);
    input.states.set(state.address, applyChanges(state, changes));
  }
  const derived = new Map(folded.map(({ state, changes }) => [state.address, changes.facts]));
  foldLedgers(
    block,
    input.followed,
    (account) => isFollowedAt(input, block.header, account),
    derived,
    writes,
  );
  return undefined;
};

const parentIn = (
  known: readonly (BlockHeader | undefined)[],
  { parentHash }: BlockHeader,
): BlockHeader | undefined => known.find((header) => header?.blockHash === parentHash);

const isFollowedAt = (input: FoldRunInput, { blockNumber }: BlockHeader, account: bigint): boolean =>
  blockNumber >= (input.discoveredAt.get(account) ?? 0);

const accountBlock = (
  input: BlockFold,
  { header, transactions: allTransactions }: IndexedBlock,
  parent: BlockHeader | undefined,
  ownerGrants: readonly OwnerGrant[],
  { events, storage, classHash, transactions }: AccountSlice,
): AccountBlock => ({
  blockNumber: header.blockNumber,
  events,
  ownerGrants,
  storage,
  newClass:
    classHash === undefined ? undefined : { classHash, eventShapes: input.classOf(classHash).eventShapes },
  replay: {
    chainId: input.chainId,
    timestampSeconds: header.timestampSeconds,
    ...(parent && { parentTimestampSeconds: parent.timestampSeconds }),
    transactions,
    allTransactions,
    profileOf: input.profiles.find,
    traces: input.traces,
  },
});

const record = (
  input: FoldRunInput,
  header: BlockHeader,
  before: AccountState,
  changes: AccountChanges,
  writes: WriteSet,
): void => {
  const account = before.address;
  const { blockNumber } = header;
  let ordinal = 0;
  for (const item of changes.facts) {
    writes.facts.push({ account, header, item, ordinal: item.origin.type === 'DERIVED' ? ordinal++ : 0 });
  }
  changes.deadLetters.forEach((item, index) =>
    writes.deadLetters.push({ account, header, item, ordinal: index }),
  );
  for (const state of changes.sessions) writes.sessions.push({ account, blockNumber, state });
  for (const state of changes.policies) writes.policies.push({ account, blockNumber, state });
  if (changes.newClass) writes.classes.push({ account, blockNumber, state: changes.newClass.classHash });
  writes.alerts.push(...alertsOf(input, header, before, changes));
};

const alertsOf = (input: FoldRunInput, header: BlockHeader, before: AccountState, changes: AccountChanges) =>
  changes.sessions.flatMap((after) => {
    const alert = decideLowCalls({
      chainId: input.chainId,
      account: before.address,
      header,
      before: before.sessions.get(after.sessionKey)?.data,
      after: after.data,
      sessionKey: after.sessionKey,
      threshold: input.lowCallsThreshold,
    });
    return alert ? [alert] : [];
  });
