import type { Trx } from '#libs/database';
import type { ProjectedRow, ProjectedTable } from '#libs/facts';
import type { RowSink } from './fold-facts.ts';
import type { LiveRow, LiveRows } from './live-rows.ts';
import { firstField, type PrintedColumn, rowText } from './row-text.ts';
import type { ShadowTables } from './shadow-tables.ts';

/** How much is held in memory. */
export interface ComparisonSizes {
  /** Rows of accounts that are compared at once. */
  readonly range: number;
  /** Rows of an account with more are not held: they are written down, and the server compares them. */
  readonly account: number;
}

const SIZES: ComparisonSizes = { range: 5_000, account: 20_000 };
/** Live rows beyond those folded that are still looked at one by one. */
const SOME = 5_000;

export interface ComparisonTools {
  readonly trx: Trx;
  readonly tables: readonly ProjectedTable[];
  readonly live: LiveRows;
  readonly shadows: ShadowTables;
  readonly sizes?: ComparisonSizes | undefined;
}

type RowsByTable = Map<string, ProjectedRow[]>;

/** The account that is being folded. */
interface Open {
  readonly account: string;
  rows: RowsByTable;
  count: number;
  isLarge: boolean;
}

/** Accounts next to each other, with everything folded of them. */
interface Held {
  /** The last account before them. */
  readonly after: string | undefined;
  last: string | undefined;
  count: number;
  readonly rows: Map<string, RowsByTable>;
  /** By the place of the table. Taken away as they are met among the live ones. */
  readonly texts: readonly Set<string>[];
  readonly differing: Set<string>;
  readonly large: string[];
}

/**
 * Compares folded rows with the live ones, some accounts at a time, by how the server prints them: rows that are equal
 * are written nowhere. All rows of an account in which any differs go to the shadow tables, where the server compares
 * them by their values. Live rows of accounts that stand between those with facts differ too.
 */
export class RowComparison implements RowSink {
  /** Accounts to be compared by the server, with all of their rows in the shadow tables. Others are as they should be. */
  readonly differing = new Set<string>();
  readonly #tools: ComparisonTools;
  readonly #sizes: ComparisonSizes;
  readonly #places: ReadonlyMap<string, number>;
  #open: Open = openOf('');
  #held: Held;
  #ready: Held[] = [];
  #leftovers: RowsByTable[] = [];
  #comparing: Promise<void> = Promise.resolve();

  constructor(tools: ComparisonTools) {
    this.#tools = tools;
    this.#sizes = tools.sizes ?? SIZES;
    this.#places = new Map(tools.tables.map(({ name }, at) => [name, at]));
    this.#held = heldAfter(undefined, tools.tables.length);
  }

  add(account: string, rows: Readonly<Record<string, readonly ProjectedRow[]>>): void {
    if (account !== this.#open.account) this.#turnTo(account);
    for (const [table, added] of Object.entries(rows)) {
      if (added.length === 0) continue;
      this.#open.count += added.length;
      const before = this.#open.rows.get(table);
      if (before === undefined) this.#open.rows.set(table, [...added]);
      else for (const row of added) before.push(row);
    }
  }

  async settle(): Promise<void> {
    const open = this.#open;
    open.isLarge = this.#isLarge(open);
    if (open.isLarge) {
      this.#leftovers.push(open.rows);
      open.rows = new Map();
    }
    const [leftovers, ready] = [this.#leftovers, this.#ready];
    this.#leftovers = [];
    this.#ready = [];
    for (const rows of leftovers) await this.#writeDown(rows);
    for (const held of ready) {
      await this.#comparing;
      this.#comparing = this.#compare(held, held.last);
      // Who waits for it next is told; nobody waits where the fold ends early.
      this.#comparing.catch(() => undefined);
    }
  }

  async end(): Promise<void> {
    this.#turnTo('');
    await this.settle();
    await this.#comparing;
    await this.#compare(this.#held, undefined);
  }

  /** Waits for what is being compared, however that ends. */
  async idle(): Promise<void> {
    await this.#comparing.catch(() => undefined);
  }

  #turnTo(account: string): void {
    const open = this.#open;
    this.#open = openOf(account);
    if (open.count === 0) return;
    this.#held.last = open.account;
    if (this.#isLarge(open)) {
      this.#leftovers.push(open.rows);
      this.#held.large.push(open.account);
      this.differing.add(open.account);
    } else this.#hold(open);
    if (this.#held.count < this.#sizes.range) return;
    this.#ready.push(this.#held);
    this.#held = heldAfter(this.#held.last, this.#places.size);
  }

  #isLarge({ isLarge, count }: Open): boolean {
    return isLarge || count > this.#sizes.account;
  }

  #hold({ account, rows, count }: Open): void {
    const held = this.#held;
    held.count += count;
    held.rows.set(account, rows);
    for (const [table, added] of rows) {
      const { columns, texts } = this.#textsOf(table);
      for (const row of added) {
        const text = rowText(columns, row);
        // The same row twice, which no table can hold.
        if (texts.has(text)) held.differing.add(account);
        texts.add(text);
      }
    }
  }

  #textsOf(table: string): { columns: readonly PrintedColumn[]; texts: Set<string> } {
    const at = this.#places.get(table) ?? -1;
    const [columns, texts] = [this.#tools.live.columns[at], this.#held.texts[at]];
    if (columns === undefined || texts === undefined) throw new Error(`no projection has a table ${table}`);
    return { columns, texts };
  }

  async #compare(held: Held, upTo: string | undefined): Promise<void> {
    const { live } = this.#tools;
    const range = { after: held.after, upTo, except: held.large };
    const found = await live.read(range, held.count + SOME);
    if (found === undefined) {
      for (const account of [...held.rows.keys(), ...(await live.accounts(range))])
        held.differing.add(account);
    } else matchTexts(held, found);
    for (const account of held.differing) {
      this.differing.add(account);
      const rows = held.rows.get(account);
      if (rows !== undefined) await this.#writeDown(rows);
    }
  }

  async #writeDown(rows: RowsByTable): Promise<void> {
    const { trx, shadows } = this.#tools;
    for (const [table, added] of rows) await shadows.fill(trx, table, added);
  }
}

const openOf = (account: string): Open => ({ account, rows: new Map(), count: 0, isLarge: false });

const heldAfter = (after: string | undefined, tables: number): Held => ({
  after,
  last: after,
  count: 0,
  rows: new Map(),
  texts: Array.from({ length: tables }, () => new Set<string>()),
  differing: new Set(),
  large: [],
});

const matchTexts = ({ texts, differing }: Held, live: readonly LiveRow[]): void => {
  for (const { at, text } of live) if (texts[at]?.delete(text) !== true) differing.add(firstField(text));
  for (const left of texts) for (const text of left) differing.add(firstField(text));
};
