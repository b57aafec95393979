import { feltToHex } from '#libs/felt';
import type { BlockRecord } from '../../chain/block-record.ts';
import type { PendingBlock } from '../../chain/pending-block.ts';
import type { EventJson } from '../../transactions/receipt.ts';
import { isPending } from '../block-json.ts';
import { readBlockId } from '../block-id-param.ts';
import { type Fields, readAddress, readFelt, readList, readText } from '../fields.ts';
import type { Json, JsonObject } from '../json.ts';
import { rpcErrors } from '../rpc.error.ts';
import { method, type RpcContext, type RpcMethods } from '../rpc-context.ts';

/** Which events a client wants. */
export interface EventFilter {
  readonly addresses: ReadonlySet<string> | undefined;
  readonly keys: readonly ReadonlySet<string>[] | undefined;
  /** Whether an event with fewer keys than the filter has positions still matches, as on devnet. */
  readonly matchesShortKeys: boolean;
}

export const readEventFilter = (context: RpcContext, fields: Fields, addressField: string): EventFilter => ({
  addresses: fields.optional(addressField, readAddresses),
  keys: fields.optional('keys', (value) =>
    readList(value, (position) => new Set(readList(position, (key) => feltToHex(readFelt(key))))),
  ),
  matchesShortKeys: context.chain.options.behaviour === 'DEVNET',
});

const readAddresses = (value: Json): Set<string> =>
  new Set(
    Array.isArray(value)
      ? readList(value, (item) => feltToHex(readAddress(item)))
      : [feltToHex(readAddress(value))],
  );

export const matchesFilter = (filter: EventFilter, event: EventJson): boolean =>
  (filter.addresses?.has(event.from_address) ?? true) &&
  (filter.keys ?? []).every((accepted, position) => {
    if (accepted.size === 0) return true;
    const key = event.keys[position];
    return key === undefined ? filter.matchesShortKeys : accepted.has(key);
  });

/** Every event of a block, in the form of `starknet_getEvents`. */
export const emittedEvents = (
  block: BlockRecord | PendingBlock,
): { readonly event: EventJson; readonly json: JsonObject }[] =>
  block.transactions.flatMap((record, transactionIndex) =>
    record.receipt.events.map((event, eventIndex) => ({
      event,
      json: {
        transaction_hash: record.hash,
        transaction_index: transactionIndex,
        event_index: eventIndex,
        ...(isPending(block) ? {} : { block_hash: block.hash, block_number: block.number }),
        ...event,
      },
    })),
  );

export const eventMethods: RpcMethods = {
  starknet_getEvents: method(['filter'], (context, fields) => {
    const request = fields.struct('filter');
    const filter = readEventFilter(context, request, 'address');
    const chunkSize = request.number('chunk_size');
    checkLimits(context, filter, chunkSize);
    const page = readPage(request);
    return takePage(blocksOf(context, request), filter, page, chunkSize);
  }),
};

const checkLimits = ({ limits }: RpcContext, filter: EventFilter, chunkSize: number): void => {
  if (limits.maxChunkSize !== undefined && chunkSize > limits.maxChunkSize) throw rpcErrors.pageSizeTooBig();
  const keys = (filter.keys ?? []).reduce((sum, position) => sum + position.size, 0);
  if (limits.maxKeys !== undefined && keys > limits.maxKeys) throw rpcErrors.tooManyKeys();
};

/** The token is the number of pages read so far. */
const readPage = (request: Fields): number => {
  const token = request.optional('continuation_token', readText) ?? '0';
  if (!/^\+?[0-9]{1,15}$/.test(token)) throw rpcErrors.invalidContinuationToken();
  return Number(token);
};

/** From the first named block to the last; the block being built belongs to an open end. */
const blocksOf = ({ chain }: RpcContext, request: Fields): (BlockRecord | PendingBlock)[] => {
  const bound = (name: string): number | undefined =>
    request.optional(name, (value) => chain.requireBlock(readBlockId(value)).number);
  const from = bound('from_block') ?? 0;
  const to = bound('to_block') ?? chain.pending.number;
  const blocks: (BlockRecord | PendingBlock)[] = [...chain.blocksBetween(from, to)];
  if (from <= chain.pending.number && chain.pending.number <= to) blocks.push(chain.pending);
  return blocks;
};

const takePage = (
  blocks: readonly (BlockRecord | PendingBlock)[],
  filter: EventFilter,
  page: number,
  chunkSize: number,
): JsonObject => {
  let toSkip = page * chunkSize;
  const events: JsonObject[] = [];
  for (const block of blocks) {
    for (const { event, json } of emittedEvents(block)) {
      if (!matchesFilter(filter, event)) continue;
      if (toSkip > 0) toSkip -= 1;
      else if (events.length === chunkSize) return { events, continuation_token: String(page + 1) };
      else events.push(json);
    }
  }
  return { events };
};
