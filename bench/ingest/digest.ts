import { createHash, type Hash } from 'node:crypto';

/** The tables whose contents are compared. */
export const CHECKED_TABLES = [
  'blocks',
  'facts',
  'session_versions',
  'policy_versions',
  'account_versions',
] as const;
export type CheckedTable = (typeof CHECKED_TABLES)[number];

/** How many leading columns of a line name the entry that the line belongs to. */
export const ENTRY_COLUMNS: Readonly<Record<CheckedTable, number>> = {
  blocks: 0,
  facts: 1,
  session_versions: 2,
  policy_versions: 3,
  account_versions: 1,
};

export interface TableDigest {
  readonly rows: number;
  readonly digest: string;
}
export type Contents = Readonly<Record<CheckedTable, TableDigest>>;

/**
 * A digest over rows in chain order within each entry (account, key, policy), and over the entries by name: so it can be
 * computed block by block, and from the table entry by entry, and is the same.
 */
export class RowDigest {
  #rows = 0;
  readonly #entries = new Map<string, Hash>();

  /** The line holds the entry's columns too. Lines of one entry come in chain order. */
  add(entry: string, line: string): void {
    this.#rows += 1;
    let hash = this.#entries.get(entry);
    if (hash === undefined) {
      hash = createHash('sha256');
      this.#entries.set(entry, hash);
    }
    hash.update(line);
    hash.update('\n');
  }

  finish(): TableDigest {
    const whole = createHash('sha256');
    for (const entry of [...this.#entries.keys()].sort()) {
      whole.update(`${entry}\n${this.#entries.get(entry)?.digest('hex') ?? ''}\n`);
    }
    return { rows: this.#rows, digest: whole.digest('hex') };
  }
}
