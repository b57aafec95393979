import { TABLE_POLICY } from '#libs/database';
import type { TestDatabase } from '#libs/testing';

const TABLES: readonly string[] = Object.entries(TABLE_POLICY)
  .filter(([, { kind }]) => kind === 'ORGANISATION')
  .map(([table]) => table);

/**
 * Every row that belongs to an organisation, as text, past row-level security: each table of the policy that is owned by
 * one. When a key was last used is left out: it changes by asking.
 */
export const rowsOf = async (
  database: TestDatabase,
  organisationId: number,
): Promise<ReadonlySet<string>> => {
  const rows = new Set<string>();
  for (const table of TABLES) {
    const found = await database.sql.unsafe<{ row: string }[]>(
      `select (to_jsonb(t) - 'last_used_at')::text as row from ${table} t where organisation_id = ${organisationId}`,
    );
    for (const { row } of found) rows.add(`${table} ${row}`);
  }
  return rows;
};

/** What is no longer there, and what is new. */
export const changesIn = (before: ReadonlySet<string>, after: ReadonlySet<string>): readonly string[] => [
  ...[...before].filter((row) => !after.has(row)).map((row) => `- ${row}`),
  ...[...after].filter((row) => !before.has(row)).map((row) => `+ ${row}`),
];
