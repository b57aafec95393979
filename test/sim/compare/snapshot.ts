import { sql } from 'kysely';
import type { Db } from '#libs/database';
import type { ComparedTable, Placed } from './tables.ts';

/** The rows of each table as texts, in one order. */
export type Snapshot = ReadonlyMap<string, readonly string[]>;

export const takeSnapshot = async (db: Db, tables: readonly ComparedTable[]): Promise<Snapshot> => {
  const snapshot = new Map<string, readonly string[]>();
  for (const { table, from = '', masked } of tables) {
    const columns = Object.keys(masked).map((column) => `'${column}'`);
    const query = `select (to_jsonb(t) - array[${columns.join(', ')}]::text[])::text as row from ${table} t ${from}`;
    const { rows } = await sql.raw<{ row: string }>(query).execute(db);
    snapshot.set(table, rows.map(({ row }) => row).sort());
  }
  return snapshot;
};

const never = (): boolean => false;

const MOST_ROWS = 3;

/** What differs, a line for each table; nothing where both are the same. */
export const differencesOf = (
  tables: readonly ComparedTable[],
  expected: Snapshot,
  actual: Snapshot,
): readonly string[] =>
  tables.flatMap(({ table, mayHoldMore, mayLack = never, mayHold = never }) => {
    const [want, have] = [expected.get(table) ?? [], actual.get(table) ?? []];
    const missing = without(want, have).filter((row) => !mayLack(JSON.parse(row) as Placed));
    const more = mayHoldMore === undefined ? without(have, want) : [];
    const surplus = more.filter((row) => !mayHold(JSON.parse(row) as Placed));
    if (missing.length === 0 && surplus.length === 0) return [];
    return [
      `${table}: ${missing.length} missing, ${surplus.length} too many`,
      ...missing.slice(0, MOST_ROWS).map((row) => `  - ${row}`),
      ...surplus.slice(0, MOST_ROWS).map((row) => `  + ${row}`),
    ];
  });

const without = (rows: readonly string[], others: readonly string[]): readonly string[] => {
  const counts = new Map<string, number>();
  for (const row of others) counts.set(row, (counts.get(row) ?? 0) + 1);
  return rows.filter((row) => {
    const left = counts.get(row) ?? 0;
    counts.set(row, left - 1);
    return left <= 0;
  });
};
