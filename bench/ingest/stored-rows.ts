import type { Sql } from '#libs/database';
import {
  CHECKED_TABLES,
  type CheckedTable,
  type Contents,
  ENTRY_COLUMNS,
  RowDigest,
  type TableDigest,
} from './digest.ts';

interface Selection {
  /** Rows that the generator writes no lines for; they are counted instead. */
  readonly where?: string;
  readonly columns: readonly string[];
  readonly order: readonly string[];
}

const SESSION = ['account', 'session_key'];
const POLICY = [...SESSION, 'token'];
const HELD = ['valid_from_block', 'valid_to_block'];
const LIFECYCLE = ['lifecycle', 'lifecycle_block', 'lifecycle_tx'];
const CHAIN_ORDER = ['block_number', 'transaction_index', 'event_index'];

/** The columns of each table in the order of the generator's lines, and the order of the chain within an entry. */
const SELECTIONS: Readonly<Record<CheckedTable, Selection>> = {
  blocks: {
    columns: ['block_number', 'block_hash', 'parent_hash', 'timestamp_seconds', 'finality', 'canonical'],
    order: ['block_number'],
  },
  facts: {
    columns: [
      ...['account', 'block_number', 'block_hash', 'transaction_index', 'event_index', 'transaction_hash'],
      ...['kind', 'session_key', 'token', 'payload'],
    ],
    order: ['account', ...CHAIN_ORDER],
    where: `kind not like 'SessionCall%' and kind <> 'TokensMoved'`,
  },
  session_versions: {
    columns: [
      ...[...SESSION, ...HELD, 'valid_until_seconds', 'max_calls', 'calls_used', 'allowed_entrypoints'],
      ...['allowed_entrypoints_len', 'entrypoints_known', ...LIFECYCLE],
    ],
    order: [...SESSION, 'valid_from_block'],
  },
  policy_versions: {
    columns: [
      ...[...POLICY, ...HELD, 'max_per_call', 'max_per_window', 'window_seconds', 'spent_in_window'],
      ...['window_start_seconds', ...LIFECYCLE],
    ],
    order: [...POLICY, 'valid_from_block'],
  },
  account_versions: {
    columns: ['account', ...HELD, 'class_hash'],
    order: ['account', 'valid_from_block'],
  },
};

/** Where blocks were replaced: those of the chain as it is, and their facts. */
const CANONICAL: Readonly<Partial<Record<CheckedTable, string>>> = {
  blocks: 'canonical',
  facts: `exists (select 1 from blocks b where b.network_id = facts.network_id
    and b.block_hash = facts.block_hash and b.canonical)`,
};

/** What the tables hold, digested as the generator digests what they must hold. */
export const storedContents = async (
  sql: Sql,
  { canonicalOnly = false }: { readonly canonicalOnly?: boolean } = {},
): Promise<Contents> => {
  const contents = new Map<CheckedTable, TableDigest>();
  for (const table of CHECKED_TABLES)
    contents.set(table, await digestOf(sql, table, canonicalOnly ? CANONICAL[table] : undefined));
  return Object.fromEntries(contents) as unknown as Contents;
};

const digestOf = async (sql: Sql, table: CheckedTable, only: string | undefined): Promise<TableDigest> => {
  const digest = new RowDigest();
  const { columns, order, where } = SELECTIONS[table];
  const conditions = [where, only].filter((each) => each !== undefined);
  const from = conditions.length === 0 ? table : `${table} where ${conditions.join(' and ')}`;
  for await (const line of readLines(sql, from, columns, order)) {
    digest.add(line.split('\t', ENTRY_COLUMNS[table]).join('\t'), line);
  }
  return digest.finish();
};

const ROWS_A_FETCH = 5_000;

/**
 * Rows as COPY prints them, by a cursor: postgres.js can leave its connection paused for ever when a COPY ends while its
 * reader is behind. No value here holds a tab or a backslash.
 */
export async function* readLines(
  sql: Sql,
  table: string,
  columns: readonly string[],
  order: readonly string[],
): AsyncGenerator<string> {
  const printed = columns.map((column) => `coalesce(${column}::text, '\\N')`).join(', ');
  const orderBy = order.length === 0 ? '' : `order by ${order.join(', ')}`;
  const rows = sql.unsafe<{ line: string }[]>(
    `select concat_ws(E'\\t', ${printed}) as line from ${table} ${orderBy}`,
  );
  for await (const page of rows.cursor(ROWS_A_FETCH)) for (const { line } of page) yield line;
}

/** @throws Error naming each table that does not hold what the generator says it must. */
export const requireEqualContents = (expected: Contents, stored: Contents): void => {
  const wrong = CHECKED_TABLES.filter((table) => expected[table].digest !== stored[table].digest);
  if (wrong.length === 0) return;
  const described = wrong.map(
    (table) =>
      `${table}: ${stored[table].rows} rows ${stored[table].digest.slice(0, 12)}, ` +
      `expected ${expected[table].rows} rows ${expected[table].digest.slice(0, 12)}`,
  );
  throw new Error(`the index does not hold what the chain says; no time counts\n  ${described.join('\n  ')}`);
};

/** @throws Error unless each call that the generator made with a session key is there, and nothing is unexplained. */
export const requireUses = async (sql: Sql, expected: number): Promise<void> => {
  const [found] = await sql<{ consumed: number; other: number }[]>`
    select count(*) filter (where kind = 'SessionCallConsumed')::integer as consumed,
      count(*) filter (where kind <> 'SessionCallConsumed')::integer as other
    from facts where kind like 'SessionCall%'`;
  if (found?.consumed === expected && found.other === 0) return;
  throw new Error(`the index has ${found?.consumed} uses and ${found?.other} others, the chain ${expected}`);
};
