import type { BlockWithReceipts, CallOptions, ChainSource } from '#libs/chain';
import type { Address, Felt } from '#libs/felt';
import { mapConcurrently } from './map-concurrently.ts';
import { mayGrant } from './split-block.ts';

type Read = ChainSource['block'];

const READS_AT_ONCE = 8;
const MOST_KEPT = 1_000;
/** Those of a few grants each; whoever has more reads the others itself. */
const MOST_AHEAD = 200;

/**
 * Blocks, read once for accounts that were granted keys in the same one. Of each is kept what concerns these accounts:
 * transactions with an event of one of them, and any that calls for a grant.
 */
export class SharedBlocks {
  readonly #source: Pick<ChainSource, 'block'>;
  readonly #addresses: ReadonlySet<bigint>;
  /** Of the group: no account's own deadline ends what another one waits for. */
  readonly #options: CallOptions;
  readonly #kept = new Map<Felt, Promise<BlockWithReceipts>>();

  constructor(
    source: Pick<ChainSource, 'block'>,
    addresses: readonly Address[],
    signal: AbortSignal | undefined,
  ) {
    this.#source = source;
    this.#addresses = new Set<bigint>(addresses);
    this.#options = signal ? { signal } : {};
  }

  /** Accounts that find their blocks there ask for their words at the same time, and so in few questions. */
  async readAhead(blockHashes: readonly Felt[]): Promise<void> {
    await mapConcurrently(blockHashes.slice(0, MOST_AHEAD), READS_AT_ONCE, async (blockHash) => {
      // Whoever needs it asks again, and is told what is wrong.
      await this.read({ blockHash }).catch(() => undefined);
    });
  }

  async read(...[ref, options]: Parameters<Read>): ReturnType<Read> {
    if (typeof ref !== 'object' || !('blockHash' in ref)) return await this.#source.block(ref, options);
    return await (this.#kept.get(ref.blockHash) ?? this.#keep(ref.blockHash));
  }

  #keep(blockHash: Felt): Promise<BlockWithReceipts> {
    const block = this.#source.block({ blockHash }, this.#options).then((whole) => this.#partOf(whole));
    this.#kept.set(blockHash, block);
    block.catch(() => this.#kept.delete(blockHash));
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size > MOST_KEPT) this.#kept.delete(oldest);
    return block;
  }

  #partOf({ transactions, ...block }: BlockWithReceipts): BlockWithReceipts {
    const isOfOurs = (transaction: BlockWithReceipts['transactions'][number]): boolean =>
      mayGrant(transaction) || transaction.events.some(({ fromAddress }) => this.#addresses.has(fromAddress));
    return { ...block, transactions: transactions.filter(isOfOurs) };
  }
}
