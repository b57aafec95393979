import { sql } from 'kysely';
import { copyRows, type CopyValue, type Db, type Trx } from '#libs/database';
import { jsonParameter, type ProjectedRow, type ProjectedTable, type Projection } from '#libs/facts';

/**
 * Tables beside the live ones, filled from the facts for the accounts that somebody asks about. They are temporary: they belong to one connection, nobody else
 * sees them, and nothing is left of them when the work ends, however it ends.
 */
export class ShadowTables {
  readonly #tables: readonly ProjectedTable[];
  /** Columns that hold JSON, by table. */
  readonly #json = new Map<string, ReadonlySet<string>>();

  constructor(projections: readonly Projection[]) {
    this.#tables = projections.flatMap(({ tables }) => tables);
  }

  /** Whose rows they hold. */
  get tables(): readonly ProjectedTable[] {
    return this.#tables;
  }

  async create(db: Db | Trx): Promise<void> {
    for (const { name, key, columns } of this.#tables) {
      const list = columnsOf([...key, ...columns]);
      await sql`create temporary table ${shadow(name)} as select ${list} from ${live(name)} with no data`.execute(
        db,
      );
      this.#json.set(name, await jsonColumns(db, name));
    }
  }

  async drop(db: Db | Trx): Promise<void> {
    for (const { name } of this.#tables) await sql`drop table if exists ${shadow(name)}`.execute(db);
  }

  async fill(trx: Trx, table: string, rows: readonly ProjectedRow[]): Promise<void> {
    const columns = this.#tables.flatMap(({ name, key, columns }) =>
      name === table ? [...key, ...columns] : [],
    );
    const json = this.#json.get(table);
    const cells = rows.map((row) =>
      Object.fromEntries(columns.map((name) => [name, cellOf(row[name], json?.has(name) === true)])),
    );
    // By its bare name: tables of the session come first.
    await copyRows(trx, undefined, `shadow_${table}`, columns, cells);
  }

  async empty(trx: Trx): Promise<void> {
    for (const { name } of this.#tables) await sql`truncate ${shadow(name)}`.execute(trx);
  }

  /** Takes the rows of some accounts out again, to be folded anew. */
  async forget(trx: Trx, accounts: readonly string[]): Promise<void> {
    for (const { name } of this.#tables) {
      await sql`delete from ${shadow(name)} where account = any(${accounts}::text[])`.execute(trx);
    }
  }

  /** Once filled: an index is made sooner than kept, and the planner takes new tables for empty. */
  async analyze(db: Db | Trx): Promise<void> {
    for (const { name, key } of this.#tables) {
      await sql`drop index if exists ${sql.id('pg_temp', `shadow_${name}_key`)}`.execute(db);
      await sql`create index ${sql.id(`shadow_${name}_key`)} on ${shadow(name)} (${columnsOf(key)})`.execute(
        db,
      );
      await sql`analyze ${shadow(name)}`.execute(db);
    }
  }

  /** Rows in which live and folded tables differ, the first ones, as text by column. The scope is what they were filled for. */
  async differences(trx: Trx, scope: Scope, limit: number): Promise<TableDifference[]> {
    const found: TableDifference[] = [];
    for (const table of this.#tables) found.push(...(await differencesOf(trx, table, scope, limit)));
    return found;
  }

  /** Makes the live rows equal to the folded ones, changing only those that differ. @returns how many by table */
  async apply(trx: Trx, scope: Scope): Promise<Record<string, { removed: number; added: number }>> {
    const changed: Record<string, { removed: number; added: number }> = {};
    const isNothing = scope.accounts?.length === 0;
    for (const table of this.#tables.toReversed()) {
      const removed = isNothing ? 0 : await removeDiffering(trx, table, scope);
      changed[table.name] = { removed, added: 0 };
    }
    for (const table of this.#tables) {
      const added = isNothing ? 0 : await addMissing(trx, table, scope);
      changed[table.name] = { removed: changed[table.name]?.removed ?? 0, added };
    }
    return changed;
  }
}

export interface Scope {
  readonly networkId: number;
  readonly accounts?: readonly string[];
}

export interface TableDifference {
  readonly table: string;
  readonly key: Readonly<Record<string, string | null>>;
  /** As the facts have it; undefined: no such row. */
  readonly expected: Readonly<Record<string, string | null>> | undefined;
  /** As the live table has it; undefined: no such row. */
  readonly found: Readonly<Record<string, string | null>> | undefined;
}

const jsonColumns = async (db: Db | Trx, table: string): Promise<ReadonlySet<string>> => {
  const { rows } = await sql<{ name: string }>`
    select attname as name from pg_attribute
    where attrelid = ${table}::text::regclass and atttypid = 'jsonb'::regtype`.execute(db);
  return new Set(rows.map(({ name }) => name));
};

const cellOf = (value: unknown, isJson: boolean): CopyValue => {
  if (value === null || value === undefined) return null;
  // Facts that somebody spoiled may hold anything.
  if (Array.isArray(value) && !isJson) return value.map(String);
  return isJson || typeof value === 'object' ? jsonParameter(value) : (value as CopyValue);
};

const shadow = (table: string) => sql.id('pg_temp', `shadow_${table}`);
const live = (table: string) => sql.id(table);
const columnsOf = (names: readonly string[]) => sql.join(names.map((name) => sql.ref(name)));
const textsOf = (names: readonly string[]) => sql.join(names.map((name) => sql`${sql.ref(name)}::text`));

const liveRows = ({ name, key, columns }: ProjectedTable, { networkId, accounts }: Scope) => sql`
  select ${columnsOf([...key, ...columns])} from ${live(name)}
  where network_id = ${networkId}::integer
  ${accounts === undefined ? sql`` : sql`and account = any(${accounts}::text[])`}`;

const shadowRows = ({ name, key, columns }: ProjectedTable) =>
  sql`select ${columnsOf([...key, ...columns])} from ${shadow(name)}`;

type TextRow = Record<string, string | null>;

const differencesOf = async (
  trx: Trx,
  table: ProjectedTable,
  scope: Scope,
  limit: number,
): Promise<TableDifference[]> => {
  const texts = textsOf([...table.key, ...table.columns]);
  const expected = await sql<TextRow>`
    select ${texts} from (${shadowRows(table)} except all (${liveRows(table, scope)})) as rows
    order by ${columnsOf(table.key)} limit ${limit}`.execute(trx);
  const found = await sql<TextRow>`
    select ${texts} from ((${liveRows(table, scope)}) except all ${shadowRows(table)}) as rows
    order by ${columnsOf(table.key)} limit ${limit}`.execute(trx);
  const keyOf = (row: TextRow): string => table.key.map((name) => row[name]).join('/');
  const byKey = Map.groupBy(
    [
      ...expected.rows.map((row) => ({ row, side: 'expected' as const })),
      ...found.rows.map((row) => ({ row, side: 'found' as const })),
    ],
    ({ row }) => keyOf(row),
  );
  return [...byKey.values()].slice(0, limit).map((sides) => ({
    table: table.name,
    key: Object.fromEntries(table.key.map((name) => [name, sides[0]?.row[name] ?? null])),
    expected: sides.find(({ side }) => side === 'expected')?.row,
    found: sides.find(({ side }) => side === 'found')?.row,
  }));
};

const sameKey = (a: string, b: string, key: readonly string[]) =>
  sql.join(
    key.map((name) => sql`${sql.ref(`${a}.${name}`)} = ${sql.ref(`${b}.${name}`)}`),
    sql` and `,
  );

const removeDiffering = async (trx: Trx, table: ProjectedTable, scope: Scope): Promise<number> => {
  const result = await sql`
    delete from ${live(table.name)} as kept
    using ((${liveRows(table, scope)}) except all ${shadowRows(table)}) as wrong
    where kept.network_id = ${scope.networkId}::integer and ${sameKey('kept', 'wrong', table.key)}`.execute(
    trx,
  );
  return Number(result.numAffectedRows ?? 0n);
};

const addMissing = async (trx: Trx, table: ProjectedTable, { networkId }: Scope): Promise<number> => {
  const names = [...table.key, ...table.columns];
  const result = await sql`
    insert into ${live(table.name)} (network_id, ${columnsOf(names)})
    select ${networkId}::integer, ${columnsOf(names)} from ${shadow(table.name)} as folded
    where not exists (
      select 1 from ${live(table.name)} as kept
      where kept.network_id = ${networkId}::integer and ${sameKey('kept', 'folded', table.key)})`.execute(
    trx,
  );
  return Number(result.numAffectedRows ?? 0n);
};
