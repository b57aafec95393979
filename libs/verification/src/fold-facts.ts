import type { Trx } from '#libs/database';
import {
  type AccountProjection,
  type FoldComplaint,
  type ProjectedAccount,
  type ProjectedRow,
  type Projection,
  streamFactPages,
} from '#libs/facts';

/** Takes the rows that a fold makes, account after account. */
export interface RowSink {
  /** Rows of one account, by table. Those of an account come in any number of parts, and then never again. */
  add(account: string, rows: Readonly<Record<string, readonly ProjectedRow[]>>): void;
  /** Awaited after each page of facts, so that no more is in memory than what a few pages make. */
  settle(): Promise<void>;
  end(): Promise<void>;
}

export interface FoldOptions {
  readonly projections: readonly Projection[];
  /** Default: every account of the network. */
  readonly accounts?: readonly string[];
  readonly signal?: AbortSignal;
  readonly onFacts?: (count: number) => void;
  readonly into: RowSink;
}

/**
 * Folds facts into the rows of all projections, account by account. Call it inside a repeatable transaction: accounts,
 * blocks and facts have to be of one moment.
 */
export const foldFacts = async (
  trx: Trx,
  networkId: number,
  options: FoldOptions,
): Promise<readonly FoldComplaint[]> => {
  const { accounts, signal, onFacts, into } = options;
  const fold = new NetworkFold(options, await followedAccounts(trx, networkId, accounts));
  for await (const blocks of streamFactPages(trx, networkId, accounts === undefined ? {} : { accounts })) {
    signal?.throwIfAborted();
    let facts = 0;
    for (const block of blocks) {
      fold.take(block);
      facts += block.facts.length;
    }
    fold.collect();
    onFacts?.(facts);
    await into.settle();
  }
  fold.finish();
  await into.end();
  return fold.complaints;
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

type TakenBlock = Parameters<AccountProjection['block']>[0] & {
  readonly account: string;
  readonly canonical: boolean;
};

class NetworkFold {
  readonly complaints: FoldComplaint[] = [];
  readonly #options: FoldOptions;
  readonly #from: ReadonlyMap<string, Standing>;
  #address = '';
  #open: readonly AccountProjection[] = [];

  constructor(options: FoldOptions, from: ReadonlyMap<string, Standing>) {
    this.#options = options;
    this.#from = from;
  }

  take(block: TakenBlock): void {
    if (block.account !== this.#address) this.#turnTo(block.account);
    for (const projection of this.#open) {
      if (block.canonical) projection.block(block);
      else projection.orphaned?.(block);
    }
  }

  /** Hands over what is finished of the account that is open. */
  collect(end = false): void {
    for (const projection of this.#open) {
      this.#options.into.add(this.#address, projection.take(end));
      if (end) this.complaints.push(...(projection.complaints?.() ?? []));
    }
  }

  finish(): void {
    this.collect(true);
    this.#open = [];
  }

  #turnTo(address: string): void {
    this.finish();
    this.#address = address;
    const account: ProjectedAccount = { address, followedFromBlock: undefined, ...this.#from.get(address) };
    this.#open = this.#options.projections.map((projection) => projection.begin(account));
  }
}
