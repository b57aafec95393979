import { SELECTORS } from '#libs/account';
import { type Address, decodeShortString } from '#libs/felt';
import type { BlockTransaction, TracedCall, TracedTransaction } from './block-transaction.ts';
import { failedCallsOf, outsideAttempt } from './outside-calls.ts';
import type { DecodedEvent, Step } from './steps.ts';

interface Walk {
  readonly account: Address;
  readonly transaction: BlockTransaction;
  /** The account's events by the object that stands for them in the trace. */
  readonly eventOf: ReadonlyMap<object, DecodedEvent>;
  readonly steps: Step[];
}

/** The steps of a transaction that succeeded, in the order of its calls. */
export const tracedSteps = (
  account: Address,
  transaction: BlockTransaction,
  trace: TracedTransaction,
  events: readonly DecodedEvent[],
): readonly Step[] => {
  const roots = [trace.constructorInvocation, trace.validate, trace.execute, trace.functionInvocation].filter(
    (root) => root !== undefined,
  );
  const emitted = roots.flatMap((root) => eventsUnder(account, root).sort((a, b) => a.order - b.order));
  const walk: Walk = { account, transaction, eventOf: pair(emitted, events), steps: [] };
  for (const root of roots) visit(walk, root, { depth: 0, isTakenBack: false });
  return walk.steps;
};

/** All events of the account in a part of the transaction, whether or not they are decoded. */
const eventsUnder = (account: Address, call: TracedCall): { readonly order: number }[] => [
  ...(call.contractAddress === account ? call.events : []),
  ...call.calls.flatMap((inner) => eventsUnder(account, inner)),
];

/** The n-th event of the account in the receipt is its n-th in the trace. */
const pair = (
  emitted: readonly { readonly order: number }[],
  located: readonly DecodedEvent[],
): Map<object, DecodedEvent> => {
  const byRank = new Map(located.map((item) => [item.rank, item]));
  return new Map(
    emitted.flatMap((event, rank) => {
      const item = byRank.get(rank);
      return item ? [[event, item]] : [];
    }),
  );
};

const visit = (
  walk: Walk,
  call: TracedCall,
  { depth, isTakenBack }: { readonly depth: number; readonly isTakenBack: boolean },
): void => {
  const isGone = isTakenBack || call.isReverted;
  const step = outsideStep(walk, call, depth, isGone);
  if (step) walk.steps.push(step);
  for (const inner of call.calls) visit(walk, inner, { depth: depth + 1, isTakenBack: isGone });
  for (const event of call.events) {
    const item = walk.eventOf.get(event);
    if (item) walk.steps.push({ kind: 'EVENT', ...item });
  }
};

const outsideStep = (walk: Walk, call: TracedCall, depth: number, isGone: boolean): Step | undefined => {
  const { account, transaction } = walk;
  const isAsked =
    call.contractAddress === account &&
    call.callType === 'CALL' &&
    call.entryPointSelector === SELECTORS.execute_from_outside_v2;
  if (!isAsked) return undefined;
  const topLevel = depth === 1 && call.callerAddress === transaction.senderAddress;
  const read = outsideAttempt(transaction, call.calldata, { topLevel, caller: call.callerAddress });
  if (!read) return undefined;
  if (isGone) {
    const texts = call.result.map((felt) => decodeShortString(felt) ?? '').join('\n');
    return { kind: 'DENIED', attempt: read, outcome: 'FAILED_INSIDE', isTraced: true, texts };
  }
  const attempt = { ...read, failedCalls: failedCallsOf(read.calls, call.calls) };
  return { kind: 'USE', attempt, isCertain: true, isTraced: true };
};
