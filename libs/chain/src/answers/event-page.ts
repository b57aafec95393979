import type { Felt } from '#libs/felt';
import type { EmittedEvent } from '../types.ts';
import { arrayField, asObject, feltField, type JsonObject, naturalField, textField } from './fields.ts';
import { mismatch } from './header.ts';
import { readEvent } from './transaction.ts';

/** The part of an event query that one request asks for. */
export interface EventFilter {
  readonly fromBlock: number;
  readonly toBlock: number;
  /** Of `toBlock`, where it is known. */
  readonly toBlockHash?: Felt;
  /** Absent: any. */
  readonly addresses?: readonly bigint[];
  readonly keys: readonly (readonly Felt[])[];
}

export interface EventPage {
  readonly events: readonly EmittedEvent[];
  readonly token?: string;
}

/** Reads an answer of starknet_getEvents; every event must be one that was asked for, in chain order. */
export const readEventPage = (answer: unknown, filter: EventFilter, chunkSize: number): EventPage => {
  const raw = asObject(answer, 'events');
  const events = arrayField(raw, 'events').map(readEmittedEvent);
  if (events.length > chunkSize) throw mismatch('more events in a page than asked for');
  for (const event of events) checkWanted(event, filter);
  checkOrder(events);
  const token = raw['continuation_token'];
  return token === undefined || token === null ? { events } : { events, token: tokenField(raw) };
};

const tokenField = (raw: JsonObject): string => textField(raw, 'continuation_token');

const readEmittedEvent = (item: unknown): EmittedEvent => {
  const raw = asObject(item, 'event');
  return {
    ...readEvent(raw),
    blockNumber: naturalField(raw, 'block_number'),
    blockHash: feltField(raw, 'block_hash'),
    transactionHash: feltField(raw, 'transaction_hash'),
    ...(raw['transaction_index'] === undefined
      ? {}
      : { transactionIndex: naturalField(raw, 'transaction_index') }),
    ...(raw['event_index'] === undefined ? {} : { eventIndex: naturalField(raw, 'event_index') }),
  };
};

const checkWanted = (event: EmittedEvent, filter: EventFilter): void => {
  if (event.blockNumber < filter.fromBlock || event.blockNumber > filter.toBlock) {
    throw mismatch('an event from outside the range asked for');
  }
  if (isOfAnother(event, filter)) throw mismatch('an event of another block than the one asked for');
  if (filter.addresses && !filter.addresses.includes(event.fromAddress)) {
    throw mismatch('an event of an address not asked for');
  }
  const matches = filter.keys.every((alternatives, position) => {
    const key = event.keys[position];
    return alternatives.length === 0 || (key !== undefined && alternatives.includes(key));
  });
  if (!matches) throw mismatch('an event with keys not asked for');
};

const isOfAnother = (
  { blockNumber, blockHash }: EmittedEvent,
  { toBlock, toBlockHash }: EventFilter,
): boolean => blockNumber === toBlock && toBlockHash !== undefined && blockHash !== toBlockHash;

const checkOrder = (events: readonly EmittedEvent[]): void => {
  let previous = -1;
  for (const { blockNumber } of events) {
    if (blockNumber < previous) throw mismatch('events out of chain order');
    previous = blockNumber;
  }
};
