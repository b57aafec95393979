import { DERIVED_TRANSACTION_INDEX, type FactPlace, type NewDeadLetter, type NewFact } from '#libs/facts';
import { feltToHex } from '#libs/felt';
import type { AccountDeadLetter, AccountFact, LocatedEvent } from '#libs/sessions';
import type { Placed } from './write-set.ts';

/** Gives a fact its block and its place there. */
export const factRow = (placed: Placed<AccountFact>): NewFact => {
  const { account, item } = placed;
  const { kind, sessionKey, token, payload } = item;
  const event = item.origin.type === 'EVENT' ? item.origin : undefined;
  return { ...placeOf(placed, event), account, kind, sessionKey, token, payload };
};

/** Gives a dead letter its block and its place there; the event is kept whole, to be tried again. */
export const deadLetterRow = (placed: Placed<AccountDeadLetter>): NewDeadLetter => {
  const { account, item } = placed;
  const { event, code, reason } = item;
  return { ...placeOf(placed, event), account, code, reason, raw: event ? rawOf(event) : subjectOf(item) };
};

const placeOf = (
  { header, ordinal }: Placed<unknown>,
  event: Pick<LocatedEvent, 'transactionIndex' | 'transactionHash' | 'eventIndex'> | undefined,
): FactPlace => ({
  blockNumber: header.blockNumber,
  blockHash: header.blockHash,
  transactionIndex: event?.transactionIndex ?? DERIVED_TRANSACTION_INDEX,
  eventIndex: event?.eventIndex ?? ordinal,
  transactionHash: event?.transactionHash,
});

const subjectOf = ({ sessionKey, token }: AccountDeadLetter): Readonly<Record<string, string>> => ({
  ...(sessionKey !== undefined && { session_key: feltToHex(sessionKey) }),
  ...(token !== undefined && { token: feltToHex(token) }),
});

const rawOf = ({ fromAddress, keys, data }: LocatedEvent) => ({
  from_address: feltToHex(fromAddress),
  keys: keys.map(feltToHex),
  data: data.map(feltToHex),
});
