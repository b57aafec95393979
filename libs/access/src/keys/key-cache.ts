import { hash } from 'node:crypto';
import type { StoredKey } from './stored-key.ts';

/** Reads one key by its id. */
export type FindKey = (keyId: string) => Promise<StoredKey | undefined>;

export interface KeyCacheOptions {
  readonly find: FindKey;
  readonly nowMs: () => number;
  /** Default 10,000. */
  readonly capacity?: number;
}

/** A key that was read, and whether the secret that came with it was found right. */
export interface CachedKey {
  readonly key: StoredKey;
  /** Asks for the proof once for each read of the key; a secret that was right stays so until the next. */
  isRight(presented: string, verify: () => boolean): boolean;
}

/** How long a process that heard nothing goes on with what it read: a revoked key works no longer than this. */
const READ_AGAIN_AFTER_MS = 5_000;
/** An id that nobody knows may be asked for again and again without a question to the database each time. */
const UNKNOWN_AGAIN_AFTER_MS = 1_000;
const CAPACITY = 10_000;

interface Entry {
  readonly readAtMs: number;
  readonly found: Promise<CachedKey | undefined>;
  keepMs: number;
  isRead: boolean;
  memberId: string | undefined;
}

/**
 * Keys by id, the least used dropped first. What could not be read is not kept, and an old answer is never given in place
 * of one that fails: without the database nobody comes in.
 */
export class KeyCache {
  private readonly entries = new Map<string, Entry>();
  private readonly capacity: number;

  constructor(private readonly options: KeyCacheOptions) {
    this.capacity = options.capacity ?? CAPACITY;
  }

  /** The key as it was at most 5 s ago. Rejects when it cannot be read. */
  get(keyId: string): Promise<CachedKey | undefined> {
    const known = this.entries.get(keyId);
    if (known !== undefined && this.isFresh(known)) {
      // The order of a Map is that of insertion: what is used goes to the end.
      this.entries.delete(keyId);
      this.entries.set(keyId, known);
      return known.found;
    }
    return this.read(keyId);
  }

  /** Forgets a key, or all keys of a member. What is being read may be from before the change: it is not kept. */
  forget(id: string): void {
    this.entries.delete(id);
    for (const [keyId, { memberId, isRead }] of this.entries)
      if (memberId === id || !isRead) this.entries.delete(keyId);
  }

  /** Forgets everything: changes may have been missed. */
  clear(): void {
    this.entries.clear();
  }

  private isFresh({ readAtMs, keepMs }: Entry): boolean {
    const ageMs = this.options.nowMs() - readAtMs;
    return ageMs >= 0 && ageMs < keepMs;
  }

  private read(keyId: string): Promise<CachedKey | undefined> {
    const found = this.options.find(keyId).then((key) => (key === undefined ? undefined : cached(key)));
    const entry: Entry = {
      readAtMs: this.options.nowMs(),
      found,
      keepMs: READ_AGAIN_AFTER_MS,
      isRead: false,
      memberId: undefined,
    };
    this.entries.delete(keyId);
    this.entries.set(keyId, entry);
    this.makeRoom();
    found.then(
      (key) => {
        entry.isRead = true;
        if (key === undefined) entry.keepMs = UNKNOWN_AGAIN_AFTER_MS;
        entry.memberId = key?.key.member?.memberId;
      },
      () => {
        if (this.entries.get(keyId) === entry) this.entries.delete(keyId);
      },
    );
    return found;
  }

  private makeRoom(): void {
    const [oldest] = this.entries.keys();
    if (this.entries.size > this.capacity && oldest !== undefined) this.entries.delete(oldest);
  }
}

const cached = (key: StoredKey): CachedKey => {
  let right: string | undefined;
  return {
    key,
    isRight: (presented, verify) => {
      const digest = hash('sha256', presented, 'base64');
      if (digest === right) return true;
      if (!verify()) return false;
      right = digest;
      return true;
    },
  };
};
