import type { AccountEvent, SpendingPolicy } from '#libs/account';
import type { SessionKey } from '#libs/felt';
import type { AccountDeadLetter, LocatedEvent } from './account-block.ts';
import { type PolicyState, policyIdOf, type SessionState } from './account-state.ts';
import { lifecycleChangeOf, subjectOf } from './lifecycle-change.ts';

interface DecodedEvent {
  readonly event: LocatedEvent;
  readonly decoded: AccountEvent;
}

/**
 * The last grant, revoke or policy event of a block states what storage must hold after it. Where it does not, the node
 * left a diff out or the contract is not what its events claim: the state stays as the diff says and the event is kept
 * as a dead letter, so that somebody looks.
 */
export const checkAgainstEvents = (
  events: readonly DecodedEvent[],
  sessions: ReadonlyMap<SessionKey, SessionState>,
  policies: ReadonlyMap<string, PolicyState>,
): AccountDeadLetter[] => {
  const last = new Map<string, DecodedEvent>();
  for (const item of events) {
    const change = lifecycleChangeOf(item.decoded);
    if (change) last.set(subjectOf(change), item);
  }
  return [...last.values()]
    .filter(({ decoded }) => !sessionAgrees(decoded, sessions) || !policyAgrees(decoded, policies))
    .map(({ event, decoded }) => ({
      event,
      code: 'EVENT_STATE_MISMATCH',
      reason: `${decoded.kind} is the last of its subject in the block, and storage after the block says otherwise`,
    }));
};

const sessionAgrees = (event: AccountEvent, sessions: ReadonlyMap<SessionKey, SessionState>): boolean => {
  if (event.kind === 'SessionKeyAdded') {
    const data = sessions.get(event.sessionKey)?.data;
    return data?.validUntilSeconds === event.validUntilSeconds && data.maxCalls === event.maxCalls;
  }
  if (event.kind !== 'SessionKeyRevoked') return true;
  return sessions.get(event.sessionKey)?.data.validUntilSeconds === 0n;
};

const policyAgrees = (event: AccountEvent, policies: ReadonlyMap<string, PolicyState>): boolean => {
  if (event.kind === 'SpendingPolicySet') {
    return hasTerms(policies.get(policyIdOf(event.sessionKey, event.token))?.policy, event);
  }
  if (event.kind !== 'SpendingPolicyRemoved') return true;
  return policies.get(policyIdOf(event.sessionKey, event.token))?.policy.maxPerWindow === 0n;
};

type Terms = Pick<SpendingPolicy, 'maxPerCall' | 'maxPerWindow' | 'windowSeconds'>;

const hasTerms = (policy: Terms | undefined, stated: Terms): boolean =>
  policy?.maxPerCall === stated.maxPerCall &&
  policy.maxPerWindow === stated.maxPerWindow &&
  policy.windowSeconds === stated.windowSeconds;
