import { type DatabaseConnection, sql } from 'kysely';
import type { Trx } from './database.ts';
import { DatabaseError, databaseErrorCode } from './database.error.ts';
import type { CopyingConnection } from './driver/copying-connection.ts';

/** A value of a row: felts and numbers beyond 2^53 in their printed form, JSON as text. */
export type CopyValue = string | number | boolean | null | readonly string[];

/** Below this a statement with its rows as a parameter is as quick: COPY takes two round trips and is never prepared. */
export const FEWEST_COPIED = 50;
/** Bounds the memory that one statement takes on both sides. */
const ROWS_A_STATEMENT = 5_000;

/**
 * Adds rows that nobody has written yet by COPY, which takes the server about half of what an INSERT of the same rows does.
 * In the transaction of the caller; without a network where the table has none. Checks, triggers and keys of the table
 * hold as ever.
 * @throws DatabaseError UNIQUE_VIOLATION and the others of an INSERT
 */
export const copyRows = async <Column extends string>(
  trx: Trx,
  networkId: number | undefined,
  table: string,
  columns: readonly Column[],
  rows: readonly Readonly<Record<Column, CopyValue>>[],
): Promise<void> => {
  const names = networkId === undefined ? columns : ['network_id', ...columns];
  const start = networkId === undefined ? [] : [String(networkId)];
  const statement = `copy ${quoted(table)} (${names.map(quoted).join(', ')}) from stdin`;
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) {
    const lines = rows
      .slice(from, from + ROWS_A_STATEMENT)
      .map((row) => [...start, ...columns.map((column) => cellOf(row[column]))].join('\t'));
    await copyIn(trx, statement, `${lines.join('\n')}\n`);
  }
};

const copyIn = (trx: Trx, statement: string, text: string): Promise<number> =>
  trx.getExecutor().provideConnection(async (connection) => {
    if (!canCopy(connection)) throw new DatabaseError('QUERY_FAILED', 'COPY needs a connection of ours');
    return await connection.copyIn(statement, text);
  });

const canCopy = (connection: DatabaseConnection): connection is DatabaseConnection & CopyingConnection =>
  'copyIn' in connection;

/**
 * Copies rows that should all be new, where some may be there after all: then nothing of them is written.
 * @returns whether they were new
 */
export const copyUnlessThere = async (trx: Trx, copy: () => Promise<void>): Promise<boolean> => {
  await sql`savepoint before_copy`.execute(trx);
  try {
    await copy();
  } catch (error) {
    if (databaseErrorCode(error) !== 'UNIQUE_VIOLATION') throw error;
    await sql`rollback to savepoint before_copy`.execute(trx);
    return false;
  }
  await sql`release savepoint before_copy`.execute(trx);
  return true;
};

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

// Text of strangers may hold any of these; Postgres takes no NUL, and U+FFFD stands for it as it does in JSON.
const SPECIAL = /[\\\t\n\r\0]/;
const EACH_SPECIAL = /[\\\t\n\r\0]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\0': '\ufffd',
};

const cellOf = (value: CopyValue): string => {
  if (value === null) return '\\N';
  if (Array.isArray(value)) return escaped(listOf(value));
  return typeof value === 'string' ? escaped(value) : String(value);
};

const escaped = (value: string): string =>
  SPECIAL.test(value) ? value.replace(EACH_SPECIAL, (special) => ESCAPES[special] ?? special) : value;

const listOf = (items: readonly string[]): string =>
  `{${items.map((item) => `"${item.replaceAll(/["\\]/g, '\\$&')}"`).join()}}`;
