import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import type { Sql } from '#libs/database';
import { pedersenHash } from '#libs/felt';
import { nextMessage, startChild } from './child.ts';
import type { ParseCost, ParseJob } from './parse.process.ts';
import { readLines } from './stored-rows.ts';

/** What the same rows cost when nothing but the database works on them. */
export interface WriteLimits {
  readonly copyFactsSeconds: readonly number[];
  readonly unnestFactsSeconds: readonly number[];
  /** All tables that a back-fill fills, one COPY each. */
  readonly copyAllSeconds: readonly number[];
  readonly allRows: number;
}

/** Not filled block by block. */
const STANDING = ['schema_migrations', 'networks', 'cursors', 'classes'];
const ROWS_A_STATEMENT = 5_000;
const FACTS_ORDER = ['block_number', 'transaction_index', 'event_index', 'account'];

/** Writes the rows of a filled database into tables made like theirs, on the same server. */
export const measureWriteLimits = async (sql: Sql, runs: number): Promise<WriteLimits> => {
  const folder = await mkdtemp(join(tmpdir(), 'purser-limits-'));
  try {
    const fileOf = (table: string): string => join(folder, table);
    const filled = await filledTables(sql);
    for (const table of filled) await dump(sql, table, fileOf(table));
    const copyFactsSeconds: number[] = [];
    const unnestFactsSeconds: number[] = [];
    const copyAllSeconds: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      copyFactsSeconds.push(await onTwin(sql, 'facts', () => copyIn(sql, 'facts', fileOf('facts'))));
      unnestFactsSeconds.push(await onTwin(sql, 'facts', () => unnestIn(sql, fileOf('facts'))));
      let all = 0;
      for (const table of filled) all += await onTwin(sql, table, () => copyIn(sql, table, fileOf(table)));
      copyAllSeconds.push(all);
    }
    return { copyFactsSeconds, unnestFactsSeconds, copyAllSeconds, allRows: await countRows(sql, filled) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Every table of the schema that has rows of the chain in it, whichever there are by now. */
const filledTables = async (sql: Sql): Promise<string[]> => {
  const tables = await sql<{ name: string }[]>`
    select relname as name from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> all(${STANDING}::text[])
    order by relname`;
  const counted = await Promise.all(
    tables.map(async ({ name }) => ({ name, rows: await countRows(sql, [name]) })),
  );
  return counted.filter(({ rows }) => rows > 0).map(({ name }) => name);
};

const dump = async (sql: Sql, table: string, file: string): Promise<void> => {
  const columns = await sql<{ name: string }[]>`
    select attname as name from pg_attribute
    where attrelid = ${table}::text::regclass and attnum > 0 and not attisdropped order by attnum`;
  const names = columns.map(({ name }) => name);
  const lines = readLines(sql, table, names, table === 'facts' ? FACTS_ORDER : []);
  await pipeline(endEach(lines), createWriteStream(file));
};

async function* endEach(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}

/** The same columns, checks and indexes, empty; dropped afterwards. */
const onTwin = async (sql: Sql, table: string, work: () => Promise<number>): Promise<number> => {
  await sql.unsafe(`create table limit_${table} (like ${table} including all)`);
  try {
    return await work();
  } finally {
    await sql.unsafe(`drop table limit_${table}`);
  }
};

const copyIn = async (sql: Sql, table: string, file: string): Promise<number> => {
  const startedMs = performance.now();
  await pipeline(createReadStream(file), await sql.unsafe(`copy limit_${table} from stdin`).writable());
  return secondsSince(startedMs);
};

const unnestIn = async (sql: Sql, file: string): Promise<number> => {
  let milliseconds = 0;
  for await (const columns of batches(file)) {
    const startedMs = performance.now();
    await sql`
      insert into limit_facts
      select * from unnest(${columns[0]!}::integer[], ${columns[1]!}::text[], ${columns[2]!}::integer[],
        ${columns[3]!}::integer[], ${columns[4]!}::bigint[], ${columns[5]!}::text[], ${columns[6]!}::text[],
        ${columns[7]!}::text[], ${columns[8]!}::text[], ${columns[9]!}::text[], ${columns[10]!}::text[]::jsonb[])`;
    milliseconds += performance.now() - startedMs;
  }
  return milliseconds / 1000;
};

/** The lines of a COPY file as columns of many rows. Reading them is not part of what is measured. */
async function* batches(file: string): AsyncGenerator<(string | null)[][]> {
  let columns: (string | null)[][] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    line.split('\t').forEach((value, index) => {
      (columns[index] ??= []).push(value === '\\N' ? null : value);
    });
    if (columns[0]?.length === ROWS_A_STATEMENT) {
      yield columns;
      columns = [];
    }
  }
  if (columns.length > 0) yield columns;
}

const countRows = async (sql: Sql, tables: readonly string[]): Promise<number> => {
  const counts = tables.map((table) => `(select count(*) from ${table})`).join(' + ');
  const [row] = await sql.unsafe<{ rows: number }[]>(`select (${counts})::integer as rows`);
  return row?.rows ?? 0;
};

const secondsSince = (startedMs: number): number => (performance.now() - startedMs) / 1000;

/** What it costs to parse the answers of the feed, and to fetch them without looking at them. */
export const measureParseLimit = async (job: ParseJob, core: number | undefined): Promise<ParseCost> => {
  const child = startChild('parse.process.ts', { argument: job, core });
  return nextMessage(child, (message) => message as ParseCost);
};

/** Pedersen hashes a second on this core, as libs/felt computes them. */
export const measurePedersenRate = (hashes: number): number => {
  let value = pedersenHash(1n, 2n);
  const startedMs = performance.now();
  for (let count = 0; count < hashes; count += 1) value = pedersenHash(value, BigInt(count));
  return hashes / secondsSince(startedMs);
};
