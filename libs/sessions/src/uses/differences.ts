import { NO_SESSION, type SpendingPolicy } from '#libs/account';
import type { Address, SessionKey } from '#libs/felt';
import { policyIdOf } from '../fold/account-state.ts';
import type { BlockWords } from './replay-account-block.ts';
import type { ReplayedState } from './replayed-state.ts';

/** A word that the replay leaves otherwise than the block did. */
export interface WordDifference {
  readonly sessionKey: SessionKey;
  /** Of the policy that differs; undefined for the key itself. */
  readonly token: Address | undefined;
  /** Calls counted beyond those replayed. */
  readonly delta: bigint;
}

/** Every entry that the replay or the block touched and in which they part. */
export const differencesOf = (state: ReplayedState, words: BlockWords): readonly WordDifference[] => [
  ...sessionDifferences(state, words),
  ...policyDifferences(state, words),
];

const sessionDifferences = (state: ReplayedState, { before, sessions }: BlockWords): WordDifference[] => {
  const after = new Map(sessions.map((session) => [session.sessionKey, session.data]));
  const keys = new Set([...after.keys(), ...state.sessions.keys()]);
  return [...keys].flatMap((sessionKey) => {
    const real = after.get(sessionKey) ?? before.sessions.get(sessionKey)?.data ?? NO_SESSION;
    const { data } = state.session(sessionKey);
    const isSame =
      data.callsUsed === real.callsUsed &&
      data.maxCalls === real.maxCalls &&
      data.validUntilSeconds === real.validUntilSeconds;
    return isSame ? [] : [{ sessionKey, token: undefined, delta: real.callsUsed - data.callsUsed }];
  });
};

const policyDifferences = (state: ReplayedState, { before, policies }: BlockWords): WordDifference[] => {
  const after = new Map(policies.map((policy) => [policyIdOf(policy.sessionKey, policy.token), policy]));
  for (const id of state.policies.keys()) {
    const stored = before.policies.get(id);
    if (!after.has(id) && stored) after.set(id, stored);
  }
  return [...after.values()].flatMap(({ sessionKey, token, policy }) => {
    const replayed = state.policy(sessionKey, token);
    // A rule that nobody has shown decides: nothing can be compared.
    if (replayed === 'UNKNOWN' || isSamePolicy(replayed, policy)) return [];
    return [{ sessionKey, token, delta: 0n }];
  });
};

const isSamePolicy = (a: SpendingPolicy, b: SpendingPolicy): boolean =>
  a.maxPerCall === b.maxPerCall &&
  a.maxPerWindow === b.maxPerWindow &&
  a.windowSeconds === b.windowSeconds &&
  a.spentInWindow === b.spentInWindow &&
  a.windowStartSeconds === b.windowStartSeconds;
