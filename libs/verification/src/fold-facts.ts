import type { Trx } from '#libs/database';
import {
  type AccountProjection,
  type FoldComplaint,
  type ProjectedAccount,
  type ProjectedRow,
  type Projection,
  streamFacts,
} from '#libs/facts';

export interface FoldOptions {
  readonly projections: readonly Projection[];
  /** Default: every account of the network. */
  readonly accounts?: readonly string[];
  readonly signal?: AbortSignal;
  readonly onFacts?: (count: number) => void;
  /** Takes rows of a table; awaited before the next, so that no more are in memory than two batches. */
  readonly write: (table: string, rows: readonly ProjectedRow[]) => Promise<void>;
}

/** Rows of one table that are written at once. */
const BATCH = 5_000;

/**
 * Folds facts into the rows of all projections, account by account. Call it inside a repeatable transaction: accounts,
 * blocks and facts have to be of one moment.
 */
export const foldFacts = async (
  trx: Trx,
  networkId: number,
  options: FoldOptions,
): Promise<readonly FoldComplaint[]> => {
  const fold = new NetworkFold(options, await followedAccounts(trx, networkId, options.accounts));
  const filter = options.accounts === undefined ? {} : { accounts: options.accounts };
  for await (const block of streamFacts(trx, networkId, filter)) {
    options.signal?.throwIfAborted();
    fold.turnTo(block.account);
    fold.take(block);
    options.onFacts?.(block.facts.length);
    await fold.writeFull();
  }
  return await fold.end();
};

/** From where on an account is folded. */
type Standing = Pick<ProjectedAccount, 'followedFromBlock' | 'history'>;

/** Where each account begins to be folded, with the history below that has been read so far. */
export const followedAccounts = async (
  trx: Trx,
  networkId: number,
  accounts?: readonly string[],
): Promise<ReadonlyMap<string, Standing>> => {
  const rows = await trx
    .selectFrom('accounts as account')
    .leftJoin('coverage as history', (join) =>
      join
        .onRef('history.network_id', '=', 'account.network_id')
        .onRef('history.account', '=', 'account.address')
        .on('history.kind', '=', 'STATE')
        .on('history.to_block', 'is not', null),
    )
    .select(['account.address', 'account.followed_from_block', 'history.from_block', 'history.to_block'])
    .where('account.network_id', '=', networkId)
    .where('account.status', '=', 'FOLLOWED')
    .$if(accounts !== undefined, (query) => query.where('account.address', 'in', [...(accounts ?? []), '']))
    .orderBy('history.from_block', 'desc')
    .execute();
  return new Map(
    rows.flatMap((row) => (row.followed_from_block === null ? [] : [[row.address, standing(row)]])),
  );
};

interface StandingRow {
  readonly followed_from_block: number | null;
  readonly from_block: number | null;
  readonly to_block: number | null;
}

const standing = ({ followed_from_block, from_block, to_block }: StandingRow): Standing => ({
  followedFromBlock: followed_from_block ?? undefined,
  ...(from_block !== null && to_block !== null && { history: { fromBlock: from_block, toBlock: to_block } }),
});

class NetworkFold {
  readonly #options: FoldOptions;
  readonly #from: ReadonlyMap<string, Standing>;
  readonly #rows = new Map<string, ProjectedRow[]>();
  readonly #complaints: FoldComplaint[] = [];
  #writing: Promise<void> = Promise.resolve();
  #address: string | undefined;
  #open: readonly AccountProjection[] = [];

  constructor(options: FoldOptions, from: ReadonlyMap<string, Standing>) {
    this.#options = options;
    this.#from = from;
  }

  turnTo(address: string): void {
    if (address === this.#address) return;
    this.#collect(true);
    this.#address = address;
    const account: ProjectedAccount = { address, followedFromBlock: undefined, ...this.#from.get(address) };
    this.#open = this.#options.projections.map((projection) => projection.begin(account));
  }

  take(block: Parameters<AccountProjection['block']>[0] & { readonly canonical: boolean }): void {
    for (const projection of this.#open) {
      if (block.canonical) projection.block(block);
      else projection.orphaned?.(block);
    }
    this.#collect(false);
  }

  async writeFull(): Promise<void> {
    for (const [table, rows] of this.#rows) if (rows.length >= BATCH) await this.#write(table);
  }

  async end(): Promise<readonly FoldComplaint[]> {
    this.#collect(true);
    for (const table of this.#rows.keys()) await this.#write(table);
    await this.#writing;
    return this.#complaints;
  }

  #collect(end: boolean): void {
    for (const projection of this.#open) {
      for (const [table, rows] of Object.entries(projection.take(end))) {
        const waiting = this.#rows.get(table);
        if (waiting === undefined) this.#rows.set(table, [...rows]);
        else for (const row of rows) waiting.push(row);
      }
      if (end) this.#complaints.push(...(projection.complaints?.() ?? []));
    }
    if (end) this.#open = [];
  }

  /** One batch is written while the next one is folded. */
  async #write(table: string): Promise<void> {
    await this.#writing;
    const rows = this.#rows.get(table) ?? [];
    this.#rows.set(table, []);
    if (rows.length === 0) return;
    this.#writing = this.#options.write(table, rows);
    // Who waits for it next is told; nobody waits where the fold ends early.
    this.#writing.catch(() => undefined);
  }
}
