import type { FactBlock, FoldComplaint, JsonValue, ProjectedRow, StoredFact } from '#libs/facts';
import { entryOf, Lifecycles } from './lifecycles.ts';
import { VersionChain } from './version-chain.ts';
import { layWords, type Words, wordsOf } from './words.ts';

export const SESSION_WORDS = [
  'valid_until_seconds',
  'max_calls',
  'calls_used',
  'allowed_entrypoints_len',
] as const;
export const POLICY_WORDS = [
  'max_per_call',
  'max_per_window',
  'window_seconds',
  'spent_in_window',
  'window_start_seconds',
] as const;

/** The state of one account over blocks of which all changes are known: to the newest block, or up to and with a block. */
export class StateStretch {
  readonly sessions: VersionChain;
  readonly policies: VersionChain;
  readonly classes: VersionChain;
  readonly #account: string;
  readonly #from: number;
  readonly #to: number;
  readonly #lifecycles = new Lifecycles();
  readonly #words = new Map<string, Words>();
  #classHash: JsonValue = null;
  #complaints: FoldComplaint[] = [];

  constructor(account: string, from: number, to?: number) {
    const end = to === undefined ? null : to + 1;
    this.#account = account;
    this.#from = from;
    this.#to = to ?? Number.POSITIVE_INFINITY;
    this.sessions = new VersionChain(end);
    this.policies = new VersionChain(end);
    this.classes = new VersionChain(end);
  }

  block(block: FactBlock): void {
    const { blockNumber } = block;
    if (blockNumber > this.#to) return;
    if (blockNumber < this.#from) this.#lifecycles.read(block);
    else if (blockNumber === this.#from) this.#begin(block);
    else this.#go(block);
  }

  takeComplaints(): readonly FoldComplaint[] {
    const complaints = this.#complaints;
    this.#complaints = [];
    return complaints;
  }

  /** An account that was read begins after the block of the reading, any other one with its first block. */
  #begin(block: FactBlock): void {
    if (!block.facts.some(({ kind }) => kind === 'AccountStateRead')) {
      this.#lifecycles.clear();
      this.#go(block);
      return;
    }
    this.#lifecycles.read(block);
    for (const fact of block.facts) this.#read(fact);
  }

  #read(fact: StoredFact): void {
    const { kind, payload, blockNumber } = fact;
    if (kind === 'AccountStateRead') this.#addClass(blockNumber, payload['classHash']);
    const words = wordsOf(payload['words']);
    if (words === undefined) return;
    if (kind === 'SessionStateRead') this.#addSession(fact, words);
    if (kind === 'SpendingPolicyStateRead') this.#addPolicy(fact, words);
  }

  #go(block: FactBlock): void {
    const changed = new Set(block.facts.filter(({ kind }) => kind in ADDERS).map(entryOf));
    this.#lifecycles.read(block, changed);
    for (const fact of block.facts) this.#change(fact);
  }

  #change(fact: StoredFact): void {
    const { kind, payload, blockNumber } = fact;
    if (kind === 'AccountClassRead') this.#addClass(blockNumber, payload['classHash']);
    if (kind === 'AccountDeployed' || kind === 'AccountClassChanged') this.#changeClass(fact);
    const after = kind in ADDERS ? wordsOf(payload['after']) : undefined;
    if (after === undefined) return;
    const laid = layWords(this.#words.get(entryOf(fact)), wordsOf(payload['before']), after);
    if (!laid.continuous) this.#complain(fact, entryOf(fact));
    if (kind === 'SessionStateChanged') this.#addSession(fact, laid.words);
    else this.#addPolicy(fact, laid.words);
  }

  #changeClass(fact: StoredFact): void {
    if ((fact.payload['before'] ?? null) !== this.#classHash) this.#complain(fact, 'class');
    this.#addClass(fact.blockNumber, fact.payload['after']);
  }

  #addClass(blockNumber: number, classHash: JsonValue = null): void {
    this.#classHash = classHash;
    const row = {
      account: this.#account,
      class_hash: classHash,
      public_key: null,
      signature_mode: null,
    };
    this.classes.add('', blockNumber, row);
  }

  #addSession(fact: StoredFact, words: Words): void {
    this.#words.set(entryOf(fact), words);
    const list = fact.payload['allowedEntrypoints'];
    const known = Array.isArray(list);
    this.sessions.add(entryOf(fact), fact.blockNumber, {
      account: fact.account,
      session_key: fact.sessionKey,
      ...named(SESSION_WORDS, words),
      allowed_entrypoints: known ? list : [],
      entrypoints_known: known,
      ...this.#lifecycles.of(entryOf(fact)),
    });
  }

  #addPolicy(fact: StoredFact, words: Words): void {
    this.#words.set(entryOf(fact), words);
    const { account, sessionKey: session_key, token } = fact;
    const row = { account, session_key, token, ...named(POLICY_WORDS, words) };
    this.policies.add(entryOf(fact), fact.blockNumber, { ...row, ...this.#lifecycles.of(entryOf(fact)) });
  }

  #complain({ account, blockNumber }: StoredFact, subject: string): void {
    this.#complaints.push({ code: 'FACTS_DISCONTINUOUS', account, blockNumber, subject });
  }
}

/** The facts that state what an entry holds after a block. */
const ADDERS: Readonly<Record<string, true>> = {
  SessionStateChanged: true,
  SpendingPolicyStateChanged: true,
};

const named = (names: readonly string[], words: Words): ProjectedRow =>
  Object.fromEntries(names.map((name, at) => [name, words[at]]));
