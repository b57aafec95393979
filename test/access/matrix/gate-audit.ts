import { type RequestScope, type ScopedDb, TABLE_POLICY } from '#libs/database';
import type { CompiledQuery } from 'kysely';

const CHAIN_TABLES: readonly string[] = Object.entries(TABLE_POLICY)
  .filter(([, { kind }]) => kind === 'CHAIN')
  .map(([table]) => table);

/** What a statement reads, as its text says. */
export const tablesIn = ({ sql }: Pick<CompiledQuery, 'sql'>): ReadonlySet<string> =>
  new Set([...sql.matchAll(/\b(?:from|join)\s+(?:lateral\s+)?"?(\w+)"?/gi)].map(([, table = '']) => table));

/**
 * The texts of statements that read a table of the chain and ask neither what is followed nor `accounts`, which row-level
 * security cuts to that. The large tables have no policy of their own: the statement is their only gate.
 */
export const ungatedTexts = (statements: readonly CompiledQuery[]): readonly string[] => [
  ...new Set(
    statements
      .filter((statement) => {
        const tables = tablesIn(statement);
        const readsChain = CHAIN_TABLES.some((table) => tables.has(table));
        return readsChain && !tables.has('follows') && !tables.has('accounts');
      })
      .map(({ sql }) => sql),
  ),
];

const isQuestion = ({ sql }: CompiledQuery): boolean =>
  /^\s*(with|select)\b/i.test(sql) && !/set_config/.test(sql);

/** Each different question once, with its parameters. */
export const questionsIn = (statements: readonly CompiledQuery[]): readonly CompiledQuery[] => [
  ...new Map(
    statements
      .filter(isQuestion)
      .map((query) => [`${query.sql} ${JSON.stringify(query.parameters, printed)}`, query] as const),
  ).values(),
];

/** What each question finds for somebody, by its text and parameters. */
export const findingsOf = async (
  db: ScopedDb,
  scope: RequestScope,
  questions: readonly CompiledQuery[],
): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>();
  for (const query of questions) {
    const rows = await db.read<object>(scope, { compile: () => query });
    found.set(`${query.sql} ${JSON.stringify(query.parameters, printed)}`, JSON.stringify(rows, printed));
  }
  return found;
};

const printed = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value;

/** Where two maps differ: what is told by the second and not by the first, or otherwise. */
export const differencesOf = (
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] =>
  [...before].flatMap(([what, text]) =>
    text === after.get(what) ? [] : [`${what}\n  was told ${text}\n  and without them ${after.get(what)}`],
  );
