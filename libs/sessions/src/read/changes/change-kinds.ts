import type { PolicyPoint, SessionPoint } from './changes.repository.ts';

export type SessionChangeKind =
  | 'GRANTED'
  | 'GRANTED_AGAIN'
  | 'REVOKED'
  | 'EXPIRY_CHANGED'
  | 'MAX_CALLS_CHANGED'
  | 'LIST_CHANGED'
  | 'USED';
export type PolicyChangeKind = 'SET' | 'SET_AGAIN' | 'REMOVED' | 'LIMITS_CHANGED' | 'SPENT';

/**
 * What happened to a session key between two blocks, as far as the states at both tell. A key that is registered at
 * both, and was registered between, was granted again, whether or not it was revoked before that.
 */
export const sessionChangeKinds = (
  before: SessionPoint | undefined,
  after: SessionPoint | undefined,
): readonly SessionChangeKind[] => {
  if (after === undefined) return [];
  const acted = before?.lifecycleBlock !== after.lifecycleBlock;
  const granted = before === undefined ? 'GRANTED' : 'GRANTED_AGAIN';
  const kinds: SessionChangeKind[] = [];
  if (after.lifecycle === 'REVOKED') {
    // A key that was not there, or revoked, and is revoked now by something later, was registered between.
    if (acted && before?.lifecycle !== 'REGISTERED') kinds.push(granted);
    if (acted) kinds.push('REVOKED');
    return kinds;
  }
  if (acted) kinds.push(granted);
  if (before?.lifecycle === 'REGISTERED') kinds.push(...limitKinds(before, after));
  const usedBefore = acted ? 0n : before.data.callsUsed;
  if (after.data.callsUsed > usedBefore) kinds.push('USED');
  return kinds;
};

const limitKinds = (before: SessionPoint, after: SessionPoint): SessionChangeKind[] => {
  const kinds: SessionChangeKind[] = [];
  if (before.data.validUntilSeconds !== after.data.validUntilSeconds) kinds.push('EXPIRY_CHANGED');
  if (before.data.maxCalls !== after.data.maxCalls) kinds.push('MAX_CALLS_CHANGED');
  if (listOf(before) !== listOf(after)) kinds.push('LIST_CHANGED');
  return kinds;
};

const listOf = ({ allowedEntrypoints, data }: SessionPoint): string =>
  allowedEntrypoints?.join() ?? `unknown, ${data.allowedEntrypointsLen} entries`;

/** What happened to a spending policy between two blocks, as far as the states at both tell. */
export const policyChangeKinds = (
  before: PolicyPoint | undefined,
  after: PolicyPoint | undefined,
  spent: bigint | undefined,
): readonly PolicyChangeKind[] => {
  if (after === undefined) return [];
  const acted = before?.lifecycleBlock !== after.lifecycleBlock;
  const [limited, limits] = [isInForce(before), isInForce(after)];
  const kinds: PolicyChangeKind[] = [];
  if (acted && limits) kinds.push(limited ? 'SET_AGAIN' : 'SET');
  if (acted && limited && !limits) kinds.push('REMOVED');
  if (before !== undefined && limited && limits && termsOf(before) !== termsOf(after))
    kinds.push('LIMITS_CHANGED');
  if (spent !== undefined && spent > 0n) kinds.push('SPENT');
  return kinds;
};

const isInForce = (point: PolicyPoint | undefined): boolean =>
  point !== undefined && (point.lifecycle === 'SET' || point.policy.maxPerWindow !== 0n);

const termsOf = ({ policy: { maxPerCall, maxPerWindow, windowSeconds } }: PolicyPoint): string =>
  `${maxPerCall} ${maxPerWindow} ${windowSeconds}`;
