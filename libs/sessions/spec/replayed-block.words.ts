import {
  type Call,
  debitCalls,
  NO_SESSION,
  type SessionData,
  sessionAsUsed,
  type SpendingPolicy,
  type WindowRule,
} from '#libs/account';
import type { SessionKey } from '#libs/felt';
import {
  type AccountState,
  indexSlots,
  newPolicy,
  newSession,
  type PolicyState,
  policyIdOf,
  type SessionState,
} from '../src/fold/account-state.ts';
import { emptyAccountState } from '../src/fold/account-states.repository.ts';
import { ACCOUNT, CLASS, TOKEN } from './replayed-block.parts.ts';

interface PolicyEntry {
  readonly key: SessionKey;
  readonly policy: SpendingPolicy;
}

/** The words of an account: what its keys and policies are after all that was done so far. */
export class ReplayedWords {
  readonly sessions = new Map<SessionKey, SessionData>();
  readonly policies = new Map<string, PolicyEntry>();
  readonly #windowRule: WindowRule;

  constructor(windowRule: WindowRule) {
    this.#windowRule = windowRule;
  }

  setPolicy(key: SessionKey, policy: SpendingPolicy): void {
    this.policies.set(policyIdOf(key, TOKEN), { key, policy });
  }

  canUse(key: SessionKey): boolean {
    const data = this.sessions.get(key) ?? NO_SESSION;
    return data.validUntilSeconds !== 0n && data.callsUsed < data.maxCalls;
  }

  burn(key: SessionKey): void {
    this.sessions.set(key, sessionAsUsed(this.sessions.get(key) ?? NO_SESSION));
  }

  /** Whether the policy lets it; nothing is debited where not. */
  debit(key: SessionKey, calls: readonly Call[], nowSeconds: bigint): boolean {
    const result = debitCalls({
      windowRule: this.#windowRule,
      nowSeconds,
      calls,
      policyOf: () => this.policies.get(policyIdOf(key, TOKEN))?.policy,
    });
    if (result.kind === 'REFUSED') return false;
    for (const policy of result.policies.values()) this.setPolicy(key, policy);
    return true;
  }

  /** As an account that was met in block 1. */
  state(): AccountState {
    const { sessions, policies } = this.rows(1);
    return {
      ...emptyAccountState(ACCOUNT),
      classHash: CLASS,
      sessions: new Map(sessions.map((session) => [session.sessionKey, session])),
      policies: new Map(policies.map((policy) => [policyIdOf(policy.sessionKey, TOKEN), policy])),
      slots: indexSlots(sessions, policies),
    };
  }

  /** What stood before, with the words of now; what did not, as begun in that block. */
  rows(
    blockNumber: number,
    before?: AccountState,
  ): { readonly sessions: readonly SessionState[]; readonly policies: readonly PolicyState[] } {
    const at = { blockNumber, transactionHash: undefined };
    const sessions = [...this.sessions].map(([key, data]) => ({
      ...(before?.sessions.get(key) ?? newSession(key, 'REGISTERED', at)),
      data,
    }));
    const policies = [...this.policies.values()].map(({ key, policy }) => ({
      ...(before?.policies.get(policyIdOf(key, TOKEN)) ?? newPolicy(key, TOKEN, 'SET', at)),
      policy,
    }));
    return { sessions, policies };
  }
}
