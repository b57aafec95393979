import type { BlockHeader } from '#libs/chain';
import type { Address } from '#libs/felt';
import {
  type AccountBlock,
  type AccountChanges,
  type AccountFact,
  type AccountState,
  applyChanges,
  foldAccountBlock,
  type OwnerGrant,
} from '#libs/sessions';
import { decideLowCalls } from '#libs/alerts';
import { foldLedgers } from './fold-ledgers.ts';
import type { ClassInfo } from './class-catalogue.ts';
import type { IndexedBlock } from './indexed-block.ts';
import { type AccountSlice, ownerGrantsByAccount, slicesOf } from './split-block.ts';
import { emptyWriteSet, type WriteSet } from './write-set.ts';

/** What folding a run needs besides the blocks. The states are changed in place, block by block. */
export interface FoldRunInput {
  readonly chainId: bigint;
  readonly blocks: readonly IndexedBlock[];
  readonly followed: ReadonlySet<bigint>;
  /** Accounts that the run itself discovers, with the block to begin at: what is kept must not depend on run bounds. */
  readonly discoveredAt: ReadonlyMap<bigint, number>;
  readonly states: Map<Address, AccountState>;
  readonly classOf: (classHash: bigint) => ClassInfo;
  readonly lowCallsThreshold: number;
}

/** Folds a contiguous run of blocks into what has to be written. No I/O: states and classes were read before. */
export const foldRun = (input: FoldRunInput): WriteSet => {
  const writes = emptyWriteSet();
  for (const block of input.blocks) foldBlock(input, block, writes);
  return writes;
};

const foldBlock = (input: FoldRunInput, block: IndexedBlock, writes: WriteSet): void => {
  writes.headers.push(block.header);
  const derived = new Map<Address, readonly AccountFact[]>();
  const ownerGrants = ownerGrantsByAccount(block);
  for (const [account, slice] of slicesOf(block, input.followed)) {
    if (!isFollowedAt(input, block.header, account)) continue;
    const state = input.states.get(account);
    if (state === undefined) throw new Error('a followed account has no state loaded');
    const changes = foldAccountBlock(
      state,
      accountBlock(input, block.header, ownerGrants.get(account) ?? [], slice),
    );
    record(input, block.header, state, changes, writes);
    derived.set(account, changes.facts);
    input.states.set(account, applyChanges(state, changes));
  }
  foldLedgers(
    block,
    input.followed,
    (account) => isFollowedAt(input, block.header, account),
    derived,
    writes,
  );
};

const isFollowedAt = (input: FoldRunInput, { blockNumber }: BlockHeader, account: bigint): boolean =>
  blockNumber >= (input.discoveredAt.get(account) ?? 0);

const accountBlock = (
  input: FoldRunInput,
  { blockNumber }: BlockHeader,
  ownerGrants: readonly OwnerGrant[],
  { events, storage, classHash }: AccountSlice,
): AccountBlock => ({
  blockNumber,
  events,
  ownerGrants,
  storage,
  newClass:
    classHash === undefined ? undefined : { classHash, eventShapes: input.classOf(classHash).eventShapes },
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
