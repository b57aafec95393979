import { feltToHex } from '#libs/felt';
import type { BlockRecord, TransactionRecord } from '../chain/block-record.ts';
import type { Chain } from '../chain/chain.ts';
import type { ChainNotice } from '../chain/types.ts';
import { headerToJson, isPending, placedReceipt, transactionWithHash } from '../rpc/block-json.ts';
import { readBlockId } from '../rpc/block-id-param.ts';
import { readParams } from '../rpc/dispatcher.ts';
import { type Fields, readAddress, readList, readText } from '../rpc/fields.ts';
import type { Json, JsonObject } from '../rpc/json.ts';
import {
  emittedEvents,
  type EventFilter,
  matchesFilter,
  readEventFilter,
} from '../rpc/methods/event-methods.ts';
import { statusOf } from '../rpc/methods/transaction-methods.ts';
import { rpcErrors } from '../rpc/rpc.error.ts';
import type { RpcContext } from '../rpc/rpc-context.ts';

const MAX_BLOCKS_BACK = 1024;

type FinalityName = 'PRE_CONFIRMED' | 'ACCEPTED_ON_L2';

type Subscription =
  | { readonly kind: 'NEW_HEADS' }
  | { readonly kind: 'EVENTS'; readonly filter: EventFilter; readonly finality: readonly FinalityName[] }
  | {
      readonly kind: 'RECEIPTS' | 'TRANSACTIONS';
      readonly senders: ReadonlySet<string>;
      readonly finality: readonly FinalityName[];
    }
  | { readonly kind: 'STATUS'; readonly transactionHash: string };

const PARAMS: Readonly<Record<string, readonly string[]>> = {
  starknet_subscribeNewHeads: ['block_id?'],
  starknet_subscribeEvents: ['block_id?', 'from_address?', 'keys?', 'finality_status?'],
  starknet_subscribeNewTransactionReceipts: ['sender_address?', 'finality_status?'],
  starknet_subscribeNewTransactions: ['sender_address?', 'finality_status?', 'tags?'],
  starknet_subscribeTransactionStatus: ['transaction_hash'],
};

export const isSubscriptionMethod = (method: string): boolean =>
  Object.hasOwn(PARAMS, method) || method === 'starknet_unsubscribe';

/** The subscriptions of one socket. */
export class SocketSubscriptions {
  readonly #context: RpcContext;
  readonly #send: (message: JsonObject) => void;
  readonly #nextId: () => string;
  readonly #subscriptions = new Map<string, Subscription>();

  constructor(context: RpcContext, nextId: () => string, send: (message: JsonObject) => void) {
    this.#context = context;
    this.#nextId = nextId;
    this.#send = send;
  }

  /** Answers a subscription call; what is past already follows at once. @throws RpcError 24, 66 or 68. */
  handle(method: string, params: Json | undefined, answer: (result: Json) => void): void {
    if (method === 'starknet_unsubscribe') {
      const id = readParams(['subscription_id'], params).text('subscription_id');
      if (!this.#subscriptions.delete(id)) throw rpcErrors.invalidSubscription();
      answer(true);
      return;
    }
    const fields = readParams(PARAMS[method] ?? [], params);
    const subscription = this.#read(method, fields);
    const past = this.#past(subscription, fields);
    const id = this.#nextId();
    this.#subscriptions.set(id, subscription);
    answer(id);
    for (const { name, result } of past) this.#notify(id, name, result);
  }

  hear(notice: ChainNotice): void {
    for (const [id, subscription] of this.#subscriptions) {
      for (const { name, result } of this.#newsFor(subscription, notice)) this.#notify(id, name, result);
    }
  }

  #read(method: string, fields: Fields): Subscription {
    switch (method) {
      case 'starknet_subscribeEvents':
        return {
          kind: 'EVENTS',
          filter: readEventFilter(this.#context, fields, 'from_address'),
          finality: readFinality(fields),
        };
      case 'starknet_subscribeNewTransactionReceipts':
        return { kind: 'RECEIPTS', senders: readSenders(fields), finality: readFinality(fields) };
      case 'starknet_subscribeNewTransactions':
        return { kind: 'TRANSACTIONS', senders: readSenders(fields), finality: readFinality(fields) };
      case 'starknet_subscribeTransactionStatus':
        return { kind: 'STATUS', transactionHash: feltToHex(fields.felt('transaction_hash')) };
      default:
        return { kind: 'NEW_HEADS' };
    }
  }

  #past(subscription: Subscription, fields: Fields): News[] {
    const { chain } = this.#context;
    if (subscription.kind === 'STATUS') {
      const found = chain.findTransaction(subscription.transactionHash);
      return found ? [statusNews(found.transaction, found.block)] : [];
    }
    if (subscription.kind !== 'NEW_HEADS' && subscription.kind !== 'EVENTS') return [];
    const from = startBlock(chain, fields);
    const blocks = chain.blocksBetween(from ?? chain.latest.number, chain.latest.number);
    if (subscription.kind === 'EVENTS')
      return blocks.flatMap((block) => eventNews(subscription.filter, block));
    return from === undefined ? [] : blocks.map((block) => headNews(chain, block));
  }

  #newsFor(subscription: Subscription, notice: ChainNotice): News[] {
    switch (notice.kind) {
      case 'BLOCK':
        return this.#blockNews(subscription, notice.block);
      case 'PRE_CONFIRMED':
        return this.#transactionNews(subscription, notice.transaction, undefined);
      case 'REORG':
        return [reorgNews(notice.aborted)];
      case 'ACCEPTED_ON_L1':
        return [];
    }
  }

  #blockNews(subscription: Subscription, block: BlockRecord): News[] {
    const { chain } = this.#context;
    if (subscription.kind === 'NEW_HEADS') return [headNews(chain, block)];
    if (subscription.kind === 'EVENTS') {
      return subscription.finality.includes('ACCEPTED_ON_L2') ? eventNews(subscription.filter, block) : [];
    }
    return block.transactions.flatMap((record) => this.#transactionNews(subscription, record, block));
  }

  #transactionNews(
    subscription: Subscription,
    record: TransactionRecord,
    block: BlockRecord | undefined,
  ): News[] {
    const { chain } = this.#context;
    const finality: FinalityName = block ? 'ACCEPTED_ON_L2' : 'PRE_CONFIRMED';
    switch (subscription.kind) {
      case 'NEW_HEADS':
        return [];
      case 'STATUS':
        return record.hash === subscription.transactionHash ? [statusNews(record, block)] : [];
      case 'EVENTS':
        if (block || !subscription.finality.includes(finality)) return [];
        return pendingEventNews(chain, subscription.filter, record);
      case 'RECEIPTS':
      case 'TRANSACTIONS':
        if (!subscription.finality.includes(finality)) return [];
        if (subscription.senders.size > 0 && !subscription.senders.has(record.senderAddress)) return [];
        return subscription.kind === 'RECEIPTS'
          ? [{ name: 'NewTransactionReceipts', result: placedReceipt(chain, block, record) }]
          : [
              {
                name: 'NewTransaction',
                result: { ...transactionWithHash(record), finality_status: finality },
              },
            ];
    }
  }

  #notify(subscriptionId: string, name: string, result: JsonObject): void {
    const method = `starknet_subscription${name}`;
    this.#send({ method, params: { subscription_id: subscriptionId, result }, jsonrpc: '2.0' });
  }
}

interface News {
  readonly name: string;
  readonly result: JsonObject;
}

const headNews = (chain: Chain, block: BlockRecord): News => ({
  name: 'NewHeads',
  result: headerToJson(chain, block),
});

const eventNews = (filter: EventFilter, block: BlockRecord): News[] =>
  emittedEvents(block)
    .filter(({ event }) => matchesFilter(filter, event))
    .map(({ json }) => ({ name: 'Events', result: { ...json, finality_status: 'ACCEPTED_ON_L2' } }));

const pendingEventNews = (chain: Chain, filter: EventFilter, record: TransactionRecord): News[] =>
  emittedEvents(chain.pending)
    .filter(({ event, json }) => json['transaction_hash'] === record.hash && matchesFilter(filter, event))
    .map(({ json }) => ({ name: 'Events', result: { ...json, finality_status: 'PRE_CONFIRMED' } }));

const statusNews = (record: TransactionRecord, block: BlockRecord | undefined): News => ({
  name: 'TransactionStatus',
  result: { transaction_hash: record.hash, status: statusOf(record, block) },
});

const reorgNews = (aborted: readonly BlockRecord[]): News => {
  const [last] = aborted;
  const first = aborted.at(-1);
  return {
    name: 'Reorg',
    result: {
      starting_block_hash: first?.hash ?? '0x0',
      starting_block_number: first?.number ?? 0,
      ending_block_hash: last?.hash ?? '0x0',
      ending_block_number: last?.number ?? 0,
    },
  };
};

/** The block to tell the past from; nothing for the latest. @throws RpcError 24 or 68. */
const startBlock = (chain: Chain, fields: Fields): number | undefined => {
  const id = fields.optional('block_id', readBlockId);
  if (!id || id.kind === 'LATEST') return undefined;
  if (id.kind === 'PRE_CONFIRMED' || id.kind === 'L1_ACCEPTED') {
    throw rpcErrors.invalidParams(`Subscription block cannot be '${id.kind.toLowerCase()}'`);
  }
  const block = chain.requireBlock(id);
  if (isPending(block)) throw rpcErrors.blockNotFound();
  if (chain.latest.number - block.number > MAX_BLOCKS_BACK) throw rpcErrors.tooManyBlocksBack();
  return block.number;
};

const readSenders = (fields: Fields): ReadonlySet<string> =>
  new Set(
    fields.optional('sender_address', (value) => readList(value, (item) => feltToHex(readAddress(item)))) ??
      [],
  );

const readFinality = (fields: Fields): readonly FinalityName[] => {
  const read = (value: Json): string[] =>
    Array.isArray(value) ? readList(value, readText) : [readText(value)];
  const names = fields.optional('finality_status', read) ?? ['ACCEPTED_ON_L2'];
  return names.filter((name): name is FinalityName => name === 'PRE_CONFIRMED' || name === 'ACCEPTED_ON_L2');
};
