import { entrypointsMapBase, policySlotBase, sessionSlotBase } from '#libs/account';
import type { ProjectedRow, StoredFact } from '#libs/facts';
import { feltToHex, parseAddress, parseSessionKey } from '#libs/felt';
import { entryOf } from './lifecycles.ts';

const SESSION_STATES = new Set(['SessionStateChanged', 'SessionStateRead']);
const POLICY_STATES = new Set(['SpendingPolicyStateChanged', 'SpendingPolicyStateRead']);

/** Every key and policy ever seen of an account, on whatever branch, with its slots: hashed once for each. */
export class KeyRows {
  readonly #account: string;
  readonly #seen = new Set<string>();
  #sessions: ProjectedRow[] = [];
  #policies: ProjectedRow[] = [];

  constructor(account: string) {
    this.#account = account;
  }

  see(fact: StoredFact): void {
    const { kind, sessionKey, token } = fact;
    if (sessionKey === null) return;
    const isSession = SESSION_STATES.has(kind);
    const isPolicy = POLICY_STATES.has(kind) && token !== null;
    if (!isSession && !isPolicy) return;
    const entry = entryOf(fact);
    if (this.#seen.has(entry)) return;
    this.#seen.add(entry);
    if (isSession) this.#addSession(sessionKey);
    if (isPolicy) this.#addPolicy(sessionKey, token);
  }

  takeSessions(): readonly ProjectedRow[] {
    const rows = this.#sessions;
    this.#sessions = [];
    return rows;
  }

  takePolicies(): readonly ProjectedRow[] {
    const rows = this.#policies;
    this.#policies = [];
    return rows;
  }

  #addSession(session_key: string): void {
    const key = parseSessionKey(session_key);
    this.#sessions.push({
      account: this.#account,
      session_key,
      slot_base: feltToHex(sessionSlotBase(key)),
      entrypoints_base: feltToHex(entrypointsMapBase(key)),
    });
  }

  #addPolicy(session_key: string, token: string): void {
    const base = policySlotBase(parseSessionKey(session_key), parseAddress(token));
    this.#policies.push({ account: this.#account, session_key, token, slot_base: feltToHex(base) });
  }
}
