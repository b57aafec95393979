import type { FactBlock, FoldComplaint, JsonValue, StoredFact } from '#libs/facts';
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
    const changed = new Set<string>();
    for (const fact of block.facts) if (isChange(fact)) changed.add(entryOf(fact));
    this.#lifecycles.read(block, changed);
    for (const fact of block.facts) this.#change(fact);
  }

  #change(fact: StoredFact): void {
    const { kind, payload, blockNumber } = fact;
    if (isChange(fact)) {
      this.#changeWords(fact);
      return;
    }
    if (kind === 'AccountClassRead') this.#addClass(blockNumber, payload['classHash']);
    if (kind === 'AccountDeployed' || kind === 'AccountClassChanged') this.#changeClass(fact);
  }

  #changeWords(fact: StoredFact): void {
    const { kind, payload } = fact;
    const after = wordsOf(payload['after']);
    if (after === undefined) return;
    const entry = entryOf(fact);
    const laid = layWords(this.#words.get(entry), wordsOf(payload['before']), after);
    if (!laid.continuous) this.#complain(fact, entry);
    if (kind === SESSION_CHANGED) this.#addSession(fact, laid.words);
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
    const entry = entryOf(fact);
    this.#words.set(entry, words);
    const list = fact.payload['allowedEntrypoints'];
    const known = Array.isArray(list);
    const lifecycle = this.#lifecycles.of(entry);
    this.sessions.add(entry, fact.blockNumber, {
      account: fact.account,
      session_key: fact.sessionKey,
      valid_until_seconds: words[0],
      max_calls: words[1],
      calls_used: words[2],
      allowed_entrypoints_len: words[3],
      allowed_entrypoints: known ? list : [],
      entrypoints_known: known,
      lifecycle: lifecycle?.lifecycle,
      lifecycle_block: lifecycle?.lifecycle_block,
      lifecycle_tx: lifecycle?.lifecycle_tx,
      valid_from_block: null,
      valid_to_block: null,
    });
  }

  #addPolicy(fact: StoredFact, words: Words): void {
    const entry = entryOf(fact);
    this.#words.set(entry, words);
    const lifecycle = this.#lifecycles.of(entry);
    this.policies.add(entry, fact.blockNumber, {
      account: fact.account,
      session_key: fact.sessionKey,
      token: fact.token,
      max_per_call: words[0],
      max_per_window: words[1],
      window_seconds: words[2],
      spent_in_window: words[3],
      window_start_seconds: words[4],
      lifecycle: lifecycle?.lifecycle,
      lifecycle_block: lifecycle?.lifecycle_block,
      lifecycle_tx: lifecycle?.lifecycle_tx,
      valid_from_block: null,
      valid_to_block: null,
    });
  }

  #complain({ account, blockNumber }: StoredFact, subject: string): void {
    this.#complaints.push({ code: 'FACTS_DISCONTINUOUS', account, blockNumber, subject });
  }
}

const SESSION_CHANGED = 'SessionStateChanged';
const POLICY_CHANGED = 'SpendingPolicyStateChanged';

/** A fact that states what an entry holds after a block. */
const isChange = ({ kind }: StoredFact): boolean => kind === SESSION_CHANGED || kind === POLICY_CHANGED;
