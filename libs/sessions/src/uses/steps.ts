import type { AccountEvent } from '#libs/account';
import type { Address, Felt } from '#libs/felt';
import type { LocatedEvent } from '../fold/account-block.ts';
import { lifecycleChangeOf } from '../fold/lifecycle-change.ts';
import { type BlockTransaction, type TracedTransaction, traceOf, type Traces } from './block-transaction.ts';
import { failedCallsOf, invokeAttempt, outsideAttempts } from './outside-calls.ts';
import { tracedSteps } from './traced-steps.ts';
import type { Attempt } from './use.ts';

export interface DecodedEvent {
  readonly event: LocatedEvent;
  readonly decoded: AccountEvent;
  /** Its place among all events of the account in the transaction, also those that could not be decoded. */
  readonly rank: number;
}

/** One thing that may have changed the words of a key or policy, at its place in the block. */
export type Step =
  | ({ readonly kind: 'EVENT' } & DecodedEvent)
  /** It ran. `isCertain`: the protocol or a trace says so; else it is what the calldata suggests. */
  | {
      readonly kind: 'USE';
      readonly attempt: Attempt;
      readonly isCertain: boolean;
      readonly isTraced: boolean;
    }
  /** It was taken back. `texts`: what the chain says about why. */
  | {
      readonly kind: 'DENIED';
      readonly attempt: Attempt;
      readonly outcome: 'REVERTED' | 'FAILED_INSIDE';
      readonly isTraced: boolean;
      readonly texts: string;
    };

/** The steps of a block over one account, with what has to be looked at closer before they can be believed. */
export interface BlockSteps {
  readonly steps: readonly Step[];
  /** Transactions whose calls cannot be told from calldata and receipt. */
  readonly wanted: readonly Felt[];
  /** Attempts in transactions whose trace was wanted and cannot be had. */
  readonly doubtful: readonly Attempt[];
}

/** Puts transactions and events of a block in the order in which the account met them. */
export const stepsOf = (
  account: Address,
  transactions: readonly BlockTransaction[],
  events: readonly DecodedEvent[],
  traces: Traces,
): BlockSteps => {
  const reader = { account, traces, ownedKeys: keysChangedByOwner(events) };
  const eventsOf = Map.groupBy(events, ({ event }) => event.transactionIndex);
  const parts = transactions.map((transaction) =>
    transactionSteps(reader, transaction, eventsOf.get(transaction.transactionIndex) ?? []),
  );
  return {
    steps: parts.flatMap(({ steps }) => steps),
    wanted: parts.flatMap(({ wanted }) => wanted),
    doubtful: parts.flatMap(({ doubtful }) => doubtful),
  };
};

interface StepReader {
  readonly account: Address;
  readonly traces: Traces;
  /** Keys granted or revoked in the block: that a use of theirs was taken back would not show. */
  readonly ownedKeys: ReadonlySet<bigint>;
}

const keysChangedByOwner = (events: readonly DecodedEvent[]): ReadonlySet<bigint> =>
  new Set(
    events.flatMap(({ decoded }) => {
      const change = lifecycleChangeOf(decoded);
      return change ? [change.sessionKey] : [];
    }),
  );

const transactionSteps = (
  reader: StepReader,
  transaction: BlockTransaction,
  events: readonly DecodedEvent[],
): BlockSteps => {
  const { account, traces } = reader;
  const own = invokeAttempt(account, transaction);
  const trace = traceOf(traces, transaction);
  const ownSteps = own ? [ownStep(account, own, trace)] : [];
  if (transaction.executionStatus === 'SUCCEEDED' && trace) {
    return certain([...ownSteps, ...tracedSteps(account, transaction, trace, events)]);
  }
  const outside = outsideAttempts(account, transaction);
  if (transaction.executionStatus === 'REVERTED') {
    return certain([...ownSteps, ...eventSteps(events), ...outside.map(revertedStep)]);
  }
  if (traces.has(transaction.transactionHash)) {
    return { ...certain([...ownSteps, ...eventSteps(events)]), doubtful: outside };
  }
  const guesses = outside.map((attempt) => ({
    kind: 'USE' as const,
    attempt,
    isCertain: false,
    isTraced: false,
  }));
  return {
    steps: [...ownSteps, ...guesses, ...eventSteps(events)],
    wanted: needsTrace(reader, outside, events) ? [transaction.transactionHash] : [],
    doubtful: [],
  };
};

const certain = (steps: readonly Step[]): BlockSteps => ({ steps, wanted: [], doubtful: [] });

const eventSteps = (events: readonly DecodedEvent[]): Step[] =>
  events.map((item) => ({ kind: 'EVENT', ...item }));

const revertedStep = (attempt: Attempt): Step => ({
  kind: 'DENIED',
  attempt,
  outcome: 'REVERTED',
  isTraced: false,
  texts: attempt.transaction.revertReason ?? '',
});

const ownStep = (account: Address, attempt: Attempt, trace: TracedTransaction | undefined): Step => {
  const ran = trace?.execute?.contractAddress === account ? trace.execute.calls : undefined;
  const failedCalls = ran && failedCallsOf(attempt.calls, ran);
  return {
    kind: 'USE',
    attempt: { ...attempt, failedCalls },
    isCertain: true,
    isTraced: trace !== undefined,
  };
};

/** Not at the top, or beside something that hides a failure of it, or before or after a change of the rules. */
const needsTrace = (
  { ownedKeys }: StepReader,
  outside: readonly Attempt[],
  events: readonly DecodedEvent[],
): boolean => {
  if (outside.length === 0) return false;
  const changesRules = events.some(({ decoded }) => isUpgrade(decoded));
  return changesRules || outside.some(({ topLevel, sessionKey }) => !topLevel || ownedKeys.has(sessionKey));
};

const isUpgrade = ({ kind }: AccountEvent): boolean => kind === 'Upgraded' || kind === 'UpgradeExecuted';
