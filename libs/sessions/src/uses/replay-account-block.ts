import type { AccountEvent, ClassProfile } from '#libs/account';
import type { ClassHash, Felt, SessionKey } from '#libs/felt';
import type { LocatedEvent, OwnerGrant } from '../fold/account-block.ts';
import { type AccountState, type PolicyState, policyIdOf, type SessionState } from '../fold/account-state.ts';
import type { BlockTransaction, Traces } from './block-transaction.ts';
import { differencesOf, type WordDifference } from './differences.ts';
import { ReplayedState } from './replayed-state.ts';
import { type Replayed, replaySteps } from './replay-steps.ts';
import { type BlockSteps, type DecodedEvent, stepsOf } from './steps.ts';
import type { SessionUse, UnexplainedChange } from './use.ts';

/** What replaying one block over one account needs. */
export interface ReplayBlock {
  readonly chainId: Felt;
  readonly timestampSeconds: bigint;
  /** Of the block before, where it is known: some development nodes execute at that time. */
  readonly parentTimestampSeconds?: bigint;
  /** Those that concern the account: sent by it, naming it, or with events of it; in the order of the block. */
  readonly transactions: readonly BlockTransaction[];
  /** All of the block: one that does not name the account may still have reached it. */
  readonly allTransactions: readonly BlockTransaction[];
  readonly profileOf: (classHash: ClassHash) => ClassProfile | undefined;
  readonly traces: Traces;
}

/** What a block did to the words of an account, as its events and the state diff tell. */
export interface BlockWords {
  readonly before: AccountState;
  /** Entries that the block touched, as they are after it. */
  readonly sessions: readonly SessionState[];
  readonly policies: readonly PolicyState[];
  readonly newClass: ClassHash | undefined;
  readonly events: readonly LocatedEvent[];
  readonly decoded: readonly { readonly event: LocatedEvent; readonly decoded: AccountEvent }[];
  readonly ownerGrants: readonly OwnerGrant[];
}

export type ReplayResult =
  | { readonly kind: 'NEEDS_TRACES'; readonly transactionHashes: readonly Felt[] }
  | {
      readonly kind: 'REPLAYED';
      readonly uses: readonly SessionUse[];
      readonly unexplained: readonly UnexplainedChange[];
    };

/** Beyond this many transactions a block is not searched for one that reached the account without naming it. */
const MOST_SEARCHED = 300;

/**
 * Explains what a block did to the keys and policies of an account: the state before, with the block's grants, revokes
 * and uses in order, has to give the state after, word by word. First by calldata and receipts; where these do not
 * settle it, by traces. What is left over is said to be unexplained, never guessed. Pure.
 */
export const replayAccountBlock = (words: BlockWords, block: ReplayBlock): ReplayResult => {
  const events = withRanks(words);
  const built = stepsOf(words.before.address, examined(block), events, block.traces);
  if (built.wanted.length > 0) return { kind: 'NEEDS_TRACES', transactionHashes: built.wanted };
  const outcome = bestOutcome(words, block, events, built);
  if (isSettled(outcome) && built.doubtful.length === 0) {
    return { kind: 'REPLAYED', uses: outcome.uses, unexplained: [] };
  }
  const more = isSettled(outcome) ? [] : worthTracing(block, outcome);
  if (more.length > 0) return { kind: 'NEEDS_TRACES', transactionHashes: more };
  return explainPart(words, block, outcome, built);
};

/** Those that concern the account, and any other that had to be looked into. */
const examined = ({ transactions, allTransactions, traces }: ReplayBlock): readonly BlockTransaction[] => {
  if (traces.size === 0) return transactions;
  const concerned = new Set(transactions);
  return allTransactions.filter(
    (transaction) => concerned.has(transaction) || traces.has(transaction.transactionHash),
  );
};

interface Outcome extends Replayed {
  readonly differences: readonly WordDifference[];
}

const isSettled = ({ differences, contradicted }: Outcome): boolean =>
  differences.length === 0 && contradicted.length === 0;

const withRanks = ({ events, decoded }: BlockWords): DecodedEvent[] => {
  const ranks = new Map<LocatedEvent, number>();
  const counts = new Map<number, number>();
  for (const event of events) {
    const rank = counts.get(event.transactionIndex) ?? 0;
    counts.set(event.transactionIndex, rank + 1);
    ranks.set(event, rank);
  }
  return decoded.map((item) => ({ ...item, rank: ranks.get(item.event) ?? 0 }));
};

/** The first time of execution at which everything fits, or the block's own. */
const bestOutcome = (
  words: BlockWords,
  block: ReplayBlock,
  events: readonly DecodedEvent[],
  { steps }: BlockSteps,
): Outcome => {
  let first: Outcome | undefined;
  for (const nowSeconds of executionTimes(words, block)) {
    const { before, newClass, ownerGrants } = words;
    const classHash = before.classHash ?? newClass;
    const state = new ReplayedState(before, classHash, block.profileOf);
    const context = {
      account: before.address,
      chainId: block.chainId,
      nowSeconds,
      ownerGrants,
      newClass,
      events,
    };
    const replayed = replaySteps(state, steps, context);
    const outcome = { ...replayed, differences: differencesOf(state, words) };
    if (isSettled(outcome)) return outcome;
    first ??= outcome;
  }
  return first as Outcome;
};

/** A block executes at its own time. Development nodes may use another, which a window that began then shows. */
const executionTimes = (
  { policies, before }: BlockWords,
  { timestampSeconds, parentTimestampSeconds }: ReplayBlock,
): Set<bigint> => {
  const begun = policies.flatMap(({ sessionKey, token, policy: { windowStartSeconds } }) => {
    const known = before.policies.get(policyIdOf(sessionKey, token))?.policy.windowStartSeconds;
    return windowStartSeconds === 0n || windowStartSeconds === known ? [] : [windowStartSeconds];
  });
  const parent = parentTimestampSeconds === undefined ? [] : [parentTimestampSeconds];
  return new Set([timestampSeconds, ...begun.filter((time) => time < timestampSeconds), ...parent]);
};

/** Those that are contradicted, then all that concern the account, at last all of the block. */
const worthTracing = (block: ReplayBlock, { differences, contradicted }: Outcome): readonly Felt[] => {
  const untraced = (transactions: readonly BlockTransaction[]): Felt[] =>
    transactions
      .filter(
        ({ executionStatus, transactionHash }) =>
          executionStatus === 'SUCCEEDED' && !block.traces.has(transactionHash),
      )
      .map(({ transactionHash }) => transactionHash);
  const concerned = untraced(block.transactions);
  const first = concerned.filter((hash) => contradicted.includes(hash));
  if (first.length > 0) return first;
  if (differences.length === 0) return [];
  if (concerned.length > 0) return concerned;
  const others = untraced(block.allTransactions);
  return others.length > MOST_SEARCHED ? [] : others;
};

const explainPart = (
  words: BlockWords,
  block: ReplayBlock,
  { uses, differences }: Outcome,
  { doubtful }: BlockSteps,
): ReplayResult => {
  const keys = new Set([
    ...differences.map(({ sessionKey }) => sessionKey),
    ...doubtful.map(({ sessionKey }) => sessionKey),
  ]);
  const unexplained = [...keys].map((sessionKey): UnexplainedChange => {
    const own = differences.filter((difference) => difference.sessionKey === sessionKey);
    const doubts = doubtful.filter((attempt) => attempt.sessionKey === sessionKey);
    const hashes = doubts.map(({ transaction }) => transaction.transactionHash);
    return {
      sessionKey,
      delta: own.reduce((sum, { delta }) => sum + delta, 0n),
      reason: isUnavailable(block, doubts) ? 'TRACE_UNAVAILABLE' : 'NO_TRANSACTION_EXPLAINS',
      callsUsedAfter: callsUsedAfter(words, sessionKey),
      tokens: own.flatMap(({ token }) => (token === undefined ? [] : [token])),
      transactionHashes: [...new Set(hashes)],
    };
  });
  return { kind: 'REPLAYED', uses: uses.map((use) => withoutGuesses(use, unexplained)), unexplained };
};

const isUnavailable = ({ traces }: ReplayBlock, doubts: readonly unknown[]): boolean =>
  doubts.length > 0 || [...traces.values()].includes('UNAVAILABLE');

const callsUsedAfter = ({ before, sessions }: BlockWords, key: SessionKey): bigint =>
  (sessions.find(({ sessionKey }) => sessionKey === key) ?? before.sessions.get(key))?.data.callsUsed ?? 0n;

/** That a use was made stays certain; what it found and left is not, where other changes are not explained. */
const withoutGuesses = (use: SessionUse, unexplained: readonly UnexplainedChange[]): SessionUse =>
  unexplained.some(({ sessionKey }) => sessionKey === use.sessionKey)
    ? { ...use, callsUsedBefore: undefined, callsUsedAfter: undefined, debits: undefined }
    : use;
