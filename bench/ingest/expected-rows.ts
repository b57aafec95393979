import { CHECKED_TABLES, type CheckedTable, type Contents, RowDigest } from './digest.ts';

/** A column of a row. */
type Column = string | number | bigint | boolean | null;
type Json = string | null | readonly string[];

const printed = (column: Column): string => (column === null ? '\\N' : String(column));

/** jsonb as text: members by length of the name, then by the name. Values need no escapes. */
export const jsonbText = (members: Readonly<Record<string, Json>>): string => {
  const names = Object.keys(members).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return `{${names.map((name) => `"${name}": ${jsonText(members[name] ?? null)}`).join(', ')}}`;
};

const jsonText = (value: Json): string => {
  if (value === null) return 'null';
  return typeof value === 'string' ? `"${value}"` : `[${value.map((item) => `"${item}"`).join(', ')}]`;
};

interface OpenVersion {
  readonly from: number;
  readonly columns: readonly Column[];
}

/**
 * What the tables must hold, as lines, written by the generator from its own state while it makes the chain. Nothing here
 * comes from the code that is measured.
 */
export class ExpectedRows {
  readonly #digests = new Map<CheckedTable, RowDigest>(
    CHECKED_TABLES.map((table) => [table, new RowDigest()]),
  );
  readonly #open = new Map<string, OpenVersion>();

  add(table: CheckedTable, entry: readonly string[], columns: readonly Column[]): void {
    const name = entry.join('\t');
    this.#digests.get(table)?.add(name, [...entry, ...columns.map(printed)].join('\t'));
  }

  /** A version ends where the next one of its entry begins, so it is written when that is known. */
  addVersion(
    table: CheckedTable,
    entry: readonly string[],
    blockNumber: number,
    columns: readonly Column[],
  ): void {
    const key = `${table}\t${entry.join('\t')}`;
    const open = this.#open.get(key);
    if (open) this.add(table, entry, [open.from, blockNumber, ...open.columns]);
    this.#open.set(key, { from: blockNumber, columns });
  }

  finish(): Contents {
    for (const [key, { from, columns }] of this.#open) {
      const [table, ...entry] = key.split('\t');
      this.add(table as CheckedTable, entry, [from, null, ...columns]);
    }
    this.#open.clear();
    return Object.fromEntries(
      [...this.#digests].map(([table, digest]) => [table, digest.finish()]),
    ) as unknown as Contents;
  }
}
