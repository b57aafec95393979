import type { Membership } from '../members/memberships.repository.ts';
import type { FindMemberships } from './authenticate-token.ts';

export interface MembershipCacheOptions {
  readonly find: FindMemberships;
  readonly nowMs: () => number;
  /** Default 10,000. */
  readonly capacity?: number;
}

interface Entry {
  readonly readAtMs: number;
  readonly found: Promise<readonly Membership[]>;
  memberships: readonly Membership[] | undefined;
}

/** How long a process that heard nothing goes on with what it read. */
const READ_AGAIN_AFTER_MS = 5_000;
/** Who was just made a member need not wait that long. */
const NOBODY_AGAIN_AFTER_MS = 1_000;
const CAPACITY = 10_000;

/** Memberships by subject. What could not be read is not kept. */
export class MembershipCache {
  readonly #entries = new Map<string, Entry>();
  readonly #options: MembershipCacheOptions;

  constructor(options: MembershipCacheOptions) {
    this.#options = options;
  }

  /** As they were at most 5 s ago. Rejects when they cannot be read. */
  get(issuer: string, subject: string): Promise<readonly Membership[]> {
    const name = JSON.stringify([issuer, subject]);
    const known = this.#entries.get(name);
    return known !== undefined && this.#isFresh(known) ? known.found : this.#read(name, issuer, subject);
  }

  /** What is being read may be from before the change: it is not kept either. */
  forget(memberId: string): void {
    for (const [name, { memberships }] of this.#entries)
      if (memberships === undefined || memberships.some((known) => known.memberId === memberId))
        this.#entries.delete(name);
  }

  clear(): void {
    this.#entries.clear();
  }

  #isFresh({ readAtMs, memberships }: Entry): boolean {
    const ageMs = this.#options.nowMs() - readAtMs;
    return ageMs >= 0 && ageMs < (memberships?.length === 0 ? NOBODY_AGAIN_AFTER_MS : READ_AGAIN_AFTER_MS);
  }

  #read(name: string, issuer: string, subject: string): Promise<readonly Membership[]> {
    const { find, nowMs, capacity = CAPACITY } = this.#options;
    const found = find(issuer, subject);
    const entry: Entry = { readAtMs: nowMs(), found, memberships: undefined };
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > capacity && oldest !== undefined) this.#entries.delete(oldest);
    found.then(
      (memberships) => {
        entry.memberships = memberships;
      },
      () => {
        if (this.#entries.get(name) === entry) this.#entries.delete(name);
      },
    );
    return found;
  }
}
