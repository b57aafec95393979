import {
  NO_POLICY,
  NO_SESSION,
  policyAsSet,
  rulesOf,
  type AccountEvent,
  type ClassProfile,
  type SessionData,
  type SpendingPolicy,
} from '#libs/account';
import type { Address, ClassHash, Felt, SessionKey } from '#libs/felt';
import { type AccountState, allowedEntrypointsOf, policyIdOf } from '../fold/account-state.ts';

/** A key as the replay has it. */
export interface ReplayedSession {
  readonly data: SessionData;
  readonly allowedEntrypoints: readonly Felt[] | 'UNKNOWN';
}

/** A policy as the replay has it; UNKNOWN once a rule that nobody has shown has decided about it. */
export type ReplayedPolicy = SpendingPolicy | 'UNKNOWN';

/** What an event's place in the block adds to it. */
export interface EventContext {
  readonly nowSeconds: bigint;
  /** The list that the owner's calldata gives with a grant. */
  readonly grantedList: readonly Felt[] | undefined;
  readonly newClass: ClassHash | undefined;
}

/** The words of an account while its block is replayed: those before it, with what was changed laid over. */
export class ReplayedState {
  readonly sessions = new Map<SessionKey, ReplayedSession>();
  readonly policies = new Map<string, { readonly token: Address; readonly policy: ReplayedPolicy }>();
  readonly usedNonces = new Set<bigint>();
  readonly #before: AccountState;
  readonly #profileOf: (classHash: ClassHash) => ClassProfile | undefined;
  profile: ClassProfile | undefined;

  constructor(
    before: AccountState,
    classHash: ClassHash | undefined,
    profileOf: (classHash: ClassHash) => ClassProfile | undefined,
  ) {
    this.#before = before;
    this.#profileOf = profileOf;
    this.profile = classHash === undefined ? undefined : profileOf(classHash);
  }

  get rules(): ReturnType<typeof rulesOf> {
    return rulesOf(this.profile);
  }

  session(key: SessionKey): ReplayedSession {
    const changed = this.sessions.get(key);
    if (changed) return changed;
    const before = this.#before.sessions.get(key);
    if (!before) return { data: NO_SESSION, allowedEntrypoints: [] };
    return { data: before.data, allowedEntrypoints: allowedEntrypointsOf(before) ?? 'UNKNOWN' };
  }

  policy(key: SessionKey, token: Address): ReplayedPolicy {
    const id = policyIdOf(key, token);
    return this.policies.get(id)?.policy ?? this.#before.policies.get(id)?.policy ?? NO_POLICY;
  }

  setPolicy(key: SessionKey, token: Address, policy: ReplayedPolicy): void {
    this.policies.set(policyIdOf(key, token), { token, policy });
  }

  setCallsUsed(key: SessionKey, data: SessionData): void {
    this.sessions.set(key, { ...this.session(key), data });
  }

  /** What the account did to its words before it emitted the event. */
  applyEvent(event: AccountEvent, { nowSeconds, grantedList, newClass }: EventContext): void {
    switch (event.kind) {
      case 'SessionKeyAdded': {
        const { validUntilSeconds, maxCalls, sessionKey } = event;
        const allowedEntrypointsLen = BigInt(grantedList?.length ?? 1);
        const data = { validUntilSeconds, maxCalls, callsUsed: 0n, allowedEntrypointsLen };
        this.sessions.set(sessionKey, { data, allowedEntrypoints: grantedList ?? 'UNKNOWN' });
        return;
      }
      case 'SessionKeyRevoked':
        this.sessions.set(event.sessionKey, { data: NO_SESSION, allowedEntrypoints: [] });
        return;
      case 'SpendingPolicySet': {
        const { windowRule } = this.rules;
        const policy = windowRule ? policyAsSet(event, windowRule, nowSeconds) : 'UNKNOWN';
        this.setPolicy(event.sessionKey, event.token, policy);
        return;
      }
      case 'SpendingPolicyRemoved':
        this.setPolicy(event.sessionKey, event.token, NO_POLICY);
        return;
      case 'Upgraded':
        this.profile = this.#profileOf(event.classHash);
        return;
      case 'UpgradeExecuted':
        this.profile = newClass === undefined ? undefined : this.#profileOf(newClass);
        return;
      case 'CallFailed':
      case 'SessionSignatureModeUpdated':
      case 'OwnerAdded':
      case 'OwnerRemoved':
      case 'UpgradeScheduled':
      case 'UpgradeCancelled':
      case 'AgentIdSet':
        return;
    }
  }
}
