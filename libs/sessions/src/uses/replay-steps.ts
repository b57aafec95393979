import { sessionAsUsed, type AccountEvent, type Debit } from '#libs/account';
import type { Address, ClassHash, Felt } from '#libs/felt';
import type { OwnerGrant } from '../fold/account-block.ts';
import { explainDenial, judgeDebits, judgeOutside, type JudgeContext } from './judge-attempt.ts';
import type { ReplayedState } from './replayed-state.ts';
import type { DecodedEvent, Step } from './steps.ts';
import type { Attempt, SessionUse, UsedCall } from './use.ts';

export interface ReplayContext extends JudgeContext {
  readonly ownerGrants: readonly OwnerGrant[];
  readonly newClass: ClassHash | undefined;
  readonly events: readonly DecodedEvent[];
}

/** What playing the steps over the state before came to. */
export interface Replayed {
  readonly uses: readonly SessionUse[];
  /** Transactions of which the rules say that they cannot have gone as their calldata suggests. */
  readonly contradicted: readonly Felt[];
}

type UseStep = Exclude<Step, { kind: 'EVENT' }>;

/** Plays the steps of a block in order. Changes the state. */
export const replaySteps = (
  state: ReplayedState,
  steps: readonly Step[],
  context: ReplayContext,
): Replayed => {
  const uses: SessionUse[] = [];
  const contradicted: Felt[] = [];
  const ordinals = new Map<bigint, number>();
  for (const step of steps) {
    if (step.kind === 'EVENT') {
      applyEvent(state, step, context);
      continue;
    }
    const { transactionHash } = step.attempt.transaction;
    const ordinal = ordinals.get(transactionHash) ?? 0;
    ordinals.set(transactionHash, ordinal + 1);
    if (
      step.kind === 'USE' &&
      !step.isCertain &&
      judgeOutside(state, step.attempt, context)?.kind === 'REFUSED'
    ) {
      contradicted.push(transactionHash);
    }
    uses.push(
      step.kind === 'USE'
        ? playUse(state, step, { ...context, steps }, ordinal, contradicted)
        : playDenial(state, step, context, ordinal),
    );
  }
  return { uses, contradicted };
};

const applyEvent = (
  state: ReplayedState,
  { event, decoded }: { readonly event: DecodedEvent['event']; readonly decoded: AccountEvent },
  { ownerGrants, nowSeconds, newClass, events }: ReplayContext,
): void => {
  const grants =
    decoded.kind === 'SessionKeyAdded'
      ? ownerGrants.filter(
          ({ transactionIndex, sessionKey }) =>
            transactionIndex === event.transactionIndex && sessionKey === decoded.sessionKey,
        )
      : [];
  const grantedList = grants.length === 1 ? grants[0]?.allowedEntrypoints : undefined;
  const isLastUpgrade = events.findLast(({ decoded: { kind } }) => UPGRADES.has(kind))?.event === event;
  state.applyEvent(decoded, { nowSeconds, grantedList, newClass: isLastUpgrade ? newClass : undefined });
};

const UPGRADES: ReadonlySet<AccountEvent['kind']> = new Set(['Upgraded', 'UpgradeExecuted']);

const playUse = (
  state: ReplayedState,
  step: Extract<UseStep, { kind: 'USE' }>,
  context: ReplayContext & { readonly steps: readonly Step[] },
  ordinal: number,
  contradicted: Felt[],
): SessionUse => {
  const { attempt, isTraced } = step;
  const { sessionKey, calls, transaction, outside } = attempt;
  const before = state.session(sessionKey).data;
  const after = sessionAsUsed(before);
  state.setCallsUsed(sessionKey, after);
  if (outside) state.usedNonces.add(outside.nonce);
  const isReverted = transaction.executionStatus === 'REVERTED';
  const debits = isReverted ? [] : applyDebits(state, attempt, context, contradicted);
  return {
    ...attempt,
    ordinal,
    outcome: transaction.executionStatus,
    burned: true,
    attribution: isTraced ? 'TRACE' : 'REPLAY',
    calls: calls?.map((call, index) => ({ ...call, failed: didFail(state, step, context, call, index) })),
    callsUsedBefore: before.callsUsed,
    callsUsedAfter: after.callsUsed,
    maxCalls: before.maxCalls,
    debits,
    refusal: isReverted ? explainDenial(state, attempt, context, transaction.revertReason ?? '') : undefined,
  };
};

const applyDebits = (
  state: ReplayedState,
  { sessionKey, calls, transaction }: Attempt,
  { nowSeconds }: ReplayContext,
  contradicted: Felt[],
): readonly Debit[] | undefined => {
  const verdict = judgeDebits(state, sessionKey, calls, nowSeconds);
  switch (verdict.kind) {
    case 'DEBITED':
      for (const [token, policy] of verdict.policies) state.setPolicy(sessionKey, token, policy);
      return verdict.debits;
    case 'UNKNOWN':
      for (const token of verdict.tokens) state.setPolicy(sessionKey, token, 'UNKNOWN');
      return undefined;
    case 'REFUSED':
      // It went through all the same, so something is not as the rules have it.
      contradicted.push(transaction.transactionHash);
      return undefined;
  }
};

/** A reverted transaction made no call that stayed. Else a trace tells, or the class by an event of the failed call. */
const didFail = (
  state: ReplayedState,
  { attempt, isTraced }: Extract<UseStep, { kind: 'USE' }>,
  { events, steps }: ReplayContext & { readonly steps: readonly Step[] },
  call: { readonly to: Address; readonly selector: Felt },
  index: number,
): boolean | undefined => {
  const { transaction, failedCalls } = attempt;
  if (transaction.executionStatus === 'REVERTED') return true;
  if (isTraced && failedCalls) return failedCalls[index];
  if (state.profile?.emitsCallFailed?.value !== true) return undefined;
  const said = events.filter(
    ({ event, decoded }) =>
      event.transactionIndex === transaction.transactionIndex &&
      decoded.kind === 'CallFailed' &&
      decoded.callIndex === index &&
      decoded.to === call.to &&
      decoded.selector === call.selector,
  ).length;
  if (said === 0) return false;
  // The event does not say whose call it was where several requests of one transaction made it.
  const alike = steps.filter(
    (step) =>
      step.kind === 'USE' &&
      step.attempt.transaction === transaction &&
      step.attempt.calls?.[index]?.to === call.to &&
      step.attempt.calls[index].selector === call.selector,
  ).length;
  return said >= alike ? true : undefined;
};

const playDenial = (
  state: ReplayedState,
  { attempt, outcome, isTraced, texts }: Extract<UseStep, { kind: 'DENIED' }>,
  context: ReplayContext,
  ordinal: number,
): SessionUse => {
  const { callsUsed, maxCalls } = state.session(attempt.sessionKey).data;
  const failed = (calls: Attempt['calls']): readonly UsedCall[] | undefined =>
    calls?.map((call) => ({ ...call, failed: true }));
  return {
    ...attempt,
    ordinal,
    outcome,
    burned: false,
    attribution: isTraced ? 'TRACE' : 'REPLAY',
    calls: failed(attempt.calls),
    callsUsedBefore: callsUsed,
    callsUsedAfter: callsUsed,
    maxCalls,
    debits: [],
    refusal: explainDenial(state, attempt, context, texts),
  };
};
