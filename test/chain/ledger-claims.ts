import { feltToHex } from '#libs/felt';
import type { ChainDriver, TestDatabase } from '#libs/testing';
import { selector } from '../conformance/client/wire-call.ts';
import { callView } from '../conformance/play/lead-state.ts';
import { STRK, TOKEN_NAMES, type World } from '../conformance/play/world.ts';
import type { AccountName, TokenName } from '../conformance/sequence/command.ts';
import { changed, ofEachPolicy } from './keys-and-policies.ts';

/** What the ledgers of an account come to, in base units. */
export interface LedgerClaims {
  /** By token: what went out, fees left out. What came in is kept only beside what went out. */
  readonly moved: Readonly<Record<string, string>>;
  /** By key and token: what the last debit since the policy was last set or removed left as spent. */
  readonly spent: Readonly<Record<string, string>>;
}

/** By the rows of both ledgers alone. */
export const claimsOfLedgers = async (
  { sql }: TestDatabase,
  world: World,
  name: AccountName,
): Promise<LedgerClaims> => {
  const account = feltToHex(world.accounts[name].address);
  const moved = await Promise.all(
    TOKEN_NAMES.map(async (token): Promise<[string, string]> => {
      const [row] = await sql`
        select coalesce(sum(amount), 0)::text as out from movements
        where account = ${account} and token = ${feltToHex(world.tokens[token])} and direction = 'OUT'`;
      return [token, row!['out'] as string];
    }),
  );
  const spent = await ofEachPolicy(world, async (key, token) => {
    const policy = { account, sessionKey: feltToHex(key), token: feltToHex(token) };
    const [row] = await sql`
      with ${changed(sql, policy)}
      select d.spent_after::text as spent from debits d
      where d.account = ${account} and d.session_key = ${policy.sessionKey} and d.token = ${policy.token}
        and not exists (
          select from changed c
          where (c.block_number, c.transaction_index, c.event_index)
            > (d.block_number, d.transaction_index, d.use_index))
      order by d.block_number desc, d.transaction_index desc, d.use_index desc, d.call_index desc limit 1`;
    return (row?.['spent'] as string | undefined) ?? '0';
  });
  return { moved: Object.fromEntries(moved), spent };
};

/** Who has how much by the node: views for what is there, receipts for what was paid in and paid in fees. */
export class NodeBalances {
  readonly #chain: ChainDriver;
  readonly #world: World;
  #readTo: number;
  /** By account and token: fees paid, less what came in. */
  readonly #besides = new Map<string, bigint>();

  /** @param from receipts are read of the blocks after it */
  constructor(chain: ChainDriver, world: World, from: number) {
    this.#chain = chain;
    this.#world = world;
    this.#readTo = from;
  }

  /** By token: the balance as it were had nothing come in and no fee been paid since the beginning. */
  async of(name: AccountName, blockNumber: number): Promise<Readonly<Record<TokenName, bigint>>> {
    await this.#readReceipts(blockNumber);
    const { address } = this.#world.accounts[name];
    const entries = TOKEN_NAMES.map(async (name): Promise<[TokenName, bigint]> => {
      const [token, at] = [this.#world.tokens[name], { block_number: blockNumber }];
      const words = await callView(this.#chain, token, 'balance_of', [address], at);
      const balance = words[0]! + (words[1]! << 128n);
      return [name, balance + (this.#besides.get(entryOf(address, token)) ?? 0n)];
    });
    return Object.fromEntries(await Promise.all(entries)) as Record<TokenName, bigint>;
  }

  async #readReceipts(to: number): Promise<void> {
    for (; this.#readTo < to; this.#readTo += 1) {
      const { transactions } = await this.#chain.rpc.request<BlockAnswer>('starknet_getBlockWithReceipts', {
        block_id: { block_number: this.#readTo + 1 },
      });
      for (const { transaction, receipt } of transactions) {
        this.#addFee(transaction, receipt);
        for (const event of receipt.events) this.#addIncoming(event);
      }
    }
  }

  #addFee({ sender_address: sender }: TransactionAnswer, { actual_fee: fee }: ReceiptAnswer): void {
    if (sender === undefined) return;
    if (fee.unit !== 'FRI') throw new Error(`${sender} paid a fee in ${fee.unit}`);
    this.#add(BigInt(sender), STRK, BigInt(fee.amount));
  }

  #addIncoming(event: EventAnswer): void {
    if (BigInt(event.keys[0] ?? 0) !== TRANSFER) return;
    // Keyed layout: the parties are keys; legacy layout: they are data.
    const [from, to, low, high] = [...event.keys.slice(1), ...event.data].map(BigInt);
    if (from === to) return;
    this.#add(to!, BigInt(event.from_address), -(low! + (high! << 128n)));
  }

  #add(account: bigint, token: bigint, amount: bigint): void {
    const entry = entryOf(account, token);
    this.#besides.set(entry, (this.#besides.get(entry) ?? 0n) + amount);
  }
}

const TRANSFER = selector('Transfer');
const entryOf = (account: bigint, token: bigint): string => `${account}/${token}`;

interface TransactionAnswer {
  readonly sender_address?: string;
}

interface EventAnswer {
  readonly from_address: string;
  readonly keys: readonly string[];
  readonly data: readonly string[];
}

interface ReceiptAnswer {
  readonly actual_fee: { readonly amount: string; readonly unit: string };
  readonly events: readonly EventAnswer[];
}

interface BlockAnswer {
  readonly transactions: readonly {
    readonly transaction: TransactionAnswer;
    readonly receipt: ReceiptAnswer;
  }[];
}
