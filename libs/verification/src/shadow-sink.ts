import type { Trx } from '#libs/database';
import type { ProjectedRow } from '#libs/facts';
import type { RowSink } from './fold-facts.ts';
import type { ShadowTables } from './shadow-tables.ts';

/** Rows of one table that are written at once. */
const BATCH = 5_000;

/** Writes all rows to the shadow tables. */
export class ShadowSink implements RowSink {
  readonly #trx: Trx;
  readonly #shadows: ShadowTables;
  readonly #rows = new Map<string, ProjectedRow[]>();

  constructor(trx: Trx, shadows: ShadowTables) {
    this.#trx = trx;
    this.#shadows = shadows;
  }

  add(_account: string, rows: Readonly<Record<string, readonly ProjectedRow[]>>): void {
    for (const [table, added] of Object.entries(rows)) {
      const waiting = this.#rows.get(table);
      if (waiting === undefined) this.#rows.set(table, [...added]);
      else for (const row of added) waiting.push(row);
    }
  }

  async settle(): Promise<void> {
    for (const [table, rows] of this.#rows) if (rows.length >= BATCH) await this.#write(table, rows);
  }

  async end(): Promise<void> {
    for (const [table, rows] of this.#rows) await this.#write(table, rows);
  }

  async #write(table: string, rows: readonly ProjectedRow[]): Promise<void> {
    this.#rows.delete(table);
    await this.#shadows.fill(this.#trx, table, rows);
  }
}
