import { sql } from 'kysely';
import type { Trx } from '#libs/database';
import type { ProjectedTable } from '#libs/facts';
import type { ColumnKind, PrintedColumn } from './row-text.ts';

/** Accounts in the order of the server: after the one, up to and with the other. */
export interface AccountRange {
  /** Undefined: from the first. */
  readonly after: string | undefined;
  /** Undefined: to the last. */
  readonly upTo: string | undefined;
  /** Within it, these are left out. */
  readonly except: readonly string[];
}

export interface LiveRow {
  /** The place of its table. */
  readonly at: number;
  /** As `rowText` prints it. */
  readonly text: string;
}

export interface LiveScope {
  readonly networkId: number;
  /** Default: every account. */
  readonly accounts?: readonly string[];
}

/** The rows of read models as they stand, printed by the server. */
export class LiveRows {
  /** The columns of each table, as they are printed: the account first. */
  readonly columns: readonly (readonly PrintedColumn[])[];
  readonly #tables: readonly ProjectedTable[];
  readonly #trx: Trx;
  readonly #scope: LiveScope;

  private constructor(
    trx: Trx,
    scope: LiveScope,
    tables: readonly ProjectedTable[],
    columns: readonly (readonly PrintedColumn[])[],
  ) {
    this.#trx = trx;
    this.#scope = scope;
    this.#tables = tables;
    this.columns = columns;
  }

  static async of(trx: Trx, scope: LiveScope, tables: readonly ProjectedTable[]): Promise<LiveRows> {
    const columns: PrintedColumn[][] = [];
    for (const { name, key, columns: others } of tables) {
      const kinds = await columnKinds(trx, name);
      const names = ['account', ...key.filter((column) => column !== 'account'), ...others];
      columns.push(names.map((column) => ({ name: column, kind: kinds.get(column) ?? 'TEXT' })));
    }
    return new LiveRows(trx, scope, tables, columns);
  }

  /** @returns nothing where there are more than `most` */
  async read(range: AccountRange, most: number): Promise<readonly LiveRow[] | undefined> {
    const parts = this.#tables.map(({ name }, at) => {
      const columns = sql.join((this.columns[at] ?? []).map((column) => sql.ref(column.name)));
      return sql`select ${sql.lit(at)} as at, row(${columns})::text as text from ${this.#rowsOf(name, range)}`;
    });
    const { rows } = await sql<LiveRow>`${sql.join(parts, sql` union all `)} limit ${most + 1}`.execute(
      this.#trx,
    );
    return rows.length > most ? undefined : rows;
  }

  /** Accounts that have rows. */
  async accounts(range: AccountRange): Promise<readonly string[]> {
    const parts = this.#tables.map(({ name }) => sql`select account from ${this.#rowsOf(name, range)}`);
    const { rows } = await sql<{ account: string }>`${sql.join(parts, sql` union `)}`.execute(this.#trx);
    return rows.map(({ account }) => account);
  }

  #rowsOf(table: string, { after, upTo, except }: AccountRange) {
    const { networkId, accounts } = this.#scope;
    return sql`${sql.id(table)} where network_id = ${networkId}::integer
      ${after === undefined ? sql`` : sql`and account > ${after}::text`}
      ${upTo === undefined ? sql`` : sql`and account <= ${upTo}::text`}
      ${accounts === undefined ? sql`` : sql`and account = any(${accounts}::text[])`}
      ${except.length === 0 ? sql`` : sql`and account <> all(${except}::text[])`}`;
  }
}

const columnKinds = async (trx: Trx, table: string): Promise<ReadonlyMap<string, ColumnKind>> => {
  const { rows } = await sql<{ name: string; kind: ColumnKind }>`
    select attname as name, case
        when atttypid = 'jsonb'::regtype then 'JSON' when atttypid = 'boolean'::regtype then 'BOOLEAN'
        when atttypid = 'text[]'::regtype then 'LIST' else 'TEXT'
      end as kind
    from pg_attribute where attrelid = ${table}::text::regclass and attnum > 0`.execute(trx);
  return new Map(rows.map(({ name, kind }) => [name, kind]));
};
