import { type ClassHash, feltToHex } from '#libs/felt';
import type { AccountFact } from './account-block.ts';
import { entrypointsOf, policyWords, sessionWords } from './account-facts.ts';
import type { PolicyState, SessionState } from './account-state.ts';

/**
 * `eventIndex` of the first fact that says what was read of an account, as opposed to what its block did: such facts
 * stand behind everything derived, and an account that is read again at a block has them there once.
 */
export const READ_ORDINAL = 2_000_000_000;

/** An account as it was read from a node at a block: from there on it is folded. */
export interface AccountReading {
  /** Undefined: no contract there yet. */
  readonly classHash: ClassHash | undefined;
  readonly sessions: readonly SessionState[];
  readonly policies: readonly PolicyState[];
  /** First blocks from which on state and events of the account are known. */
  readonly stateFrom: number;
  readonly eventsFrom: number;
}

/** What was read, as facts: without them nothing could be folded again from the facts alone. In an order of their own. */
export const readingFacts = (reading: AccountReading): AccountFact[] => {
  const { classHash, stateFrom, eventsFrom } = reading;
  const sessions = reading.sessions.toSorted((a, b) => compare(a.sessionKey, b.sessionKey));
  const policies = reading.policies.toSorted(
    (a, b) => compare(a.sessionKey, b.sessionKey) || compare(a.token, b.token),
  );
  return [
    derived('AccountStateRead', {
      payload: {
        classHash: classHash === undefined ? null : feltToHex(classHash),
        stateFrom: String(stateFrom),
        eventsFrom: String(eventsFrom),
      },
    }),
    ...sessions.map((state) =>
      derived('SessionStateRead', {
        sessionKey: state.sessionKey,
        payload: { words: sessionWords(state), allowedEntrypoints: entrypointsOf(state) },
      }),
    ),
    ...policies.map((state) =>
      derived('SpendingPolicyStateRead', {
        sessionKey: state.sessionKey,
        token: state.token,
        payload: { words: policyWords(state) },
      }),
    ),
  ];
};

/** The class that a node named for an account met for the first time, after the block that deployed it. */
export const classReadFact = (classHash: ClassHash): AccountFact =>
  derived('AccountClassRead', { payload: { classHash: feltToHex(classHash) } });

const derived = (
  kind: string,
  {
    sessionKey,
    token,
    payload,
  }: Partial<Pick<AccountFact, 'sessionKey' | 'token'>> & Pick<AccountFact, 'payload'>,
): AccountFact => ({ origin: { type: 'DERIVED' }, kind, sessionKey, token, payload });

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
