import {
  AccountError,
  type AccountEvent,
  decodeAccountEvent,
  type EventShapes,
  SESSION_EVENT_SELECTORS,
  STANDARD_EVENT_SHAPES,
} from '#libs/account';
import type { BlockHeader, ChainSource, EmittedEvent } from '#libs/chain';
import type { Address, SessionKey } from '#libs/felt';
import {
  type AccountDeadLetter,
  type AccountFact,
  eventFact,
  lifecycleChangeOf,
  type LifecyclePoint,
  type LocatedEvent,
  type PolicyState,
  policyIdOf,
  type SessionState,
} from '#libs/sessions';
import { mapConcurrently } from './map-concurrently.ts';

/** The last that the owner did to a session key. */
export interface SessionLife {
  readonly lifecycle: SessionState['lifecycle'];
  readonly lifecycleAt: LifecyclePoint;
}

/** The last that the owner did to a spending policy. */
export interface PolicyLife {
  readonly sessionKey: SessionKey;
  readonly token: Address;
  readonly lifecycle: PolicyState['lifecycle'];
  readonly lifecycleAt: LifecyclePoint;
}

/** The session events of one account up to a block, and what they say there is. */
export interface AccountHistory {
  readonly headers: BlockHeader[];
  readonly facts: { header: BlockHeader; item: AccountFact }[];
  readonly deadLetters: { header: BlockHeader; item: AccountDeadLetter }[];
  readonly sessions: Map<SessionKey, SessionLife>;
  readonly policies: Map<string, PolicyLife>;
}

/** Blocks that are read at the same time. */
const READS_AT_ONCE = 16;

export const emptyHistory = (): AccountHistory => ({
  headers: [],
  facts: [],
  deadLetters: [],
  sessions: new Map(),
  policies: new Map(),
});

/** Reads the session events of an account by key filter, in the order of the chain. */
export const readAccountHistory = async (
  source: ChainSource,
  address: Address,
  toBlock: number,
  eventShapes: EventShapes,
): Promise<AccountHistory> => {
  const history = emptyHistory();
  const byBlock = Map.groupBy(
    await sessionEventsUpTo(source, address, toBlock),
    (event) => event.blockNumber,
  );
  const blocks = [...byBlock.values()].sort(([a], [b]) => (a?.blockNumber ?? 0) - (b?.blockNumber ?? 0));
  for (const { header, events } of await mapConcurrently(blocks, READS_AT_ONCE, (some) =>
    placeEvents(source, some),
  )) {
    history.headers.push(header);
    for (const event of events) readEvent(history, header, event, eventShapes);
  }
  return history;
};

/** The key filter names the events that say which keys and policies there are. */
const sessionEventsUpTo = async (
  source: ChainSource,
  address: Address,
  toBlock: number,
): Promise<EmittedEvent[]> => {
  const all: EmittedEvent[] = [];
  const query = { fromBlock: 0, toBlock, address, keys: [[...SESSION_EVENT_SELECTORS]] };
  for await (const page of source.events(query)) all.push(...page);
  return all;
};

interface PlacedEvents {
  readonly header: BlockHeader;
  readonly events: readonly LocatedEvent[];
}

/** Gives the events of one block their places. Before RPC 0.10 a node does not say them, so the receipts have to. */
const placeEvents = async (source: ChainSource, found: readonly EmittedEvent[]): Promise<PlacedEvents> => {
  const [first] = found as readonly [EmittedEvent, ...EmittedEvent[]];
  const pin = { blockHash: first.blockHash };
  const placed = found.flatMap(({ transactionIndex, eventIndex, ...event }) =>
    transactionIndex === undefined || eventIndex === undefined
      ? []
      : [{ ...event, transactionIndex, eventIndex }],
  );
  if (placed.length === found.length)
    return { header: await source.header(pin), events: placed.sort(byPlace) };
  const { header, transactions } = await source.block(pin);
  const events = transactions.flatMap(({ transactionHash, transactionIndex, events: emitted }) =>
    emitted.map((event, eventIndex) => ({ ...event, transactionHash, transactionIndex, eventIndex })),
  );
  return {
    header,
    events: events.filter((event) => event.fromAddress === first.fromAddress && isSessionEvent(event)),
  };
};

const byPlace = (a: LocatedEvent, b: LocatedEvent): number =>
  a.transactionIndex - b.transactionIndex || a.eventIndex - b.eventIndex;

const isSessionEvent = ({ keys }: LocatedEvent): boolean =>
  keys[0] !== undefined && SESSION_EVENT_SELECTORS.includes(keys[0]);

const readEvent = (
  history: AccountHistory,
  header: BlockHeader,
  event: LocatedEvent,
  eventShapes: EventShapes,
): void => {
  try {
    // The class may have been another one then; the standard's shapes are what an older class most likely had.
    const decoded =
      decodeAccountEvent(event, eventShapes) ?? decodeAccountEvent(event, STANDARD_EVENT_SHAPES);
    if (decoded === undefined) return;
    history.facts.push({ header, item: eventFact(event, decoded, []) });
    note(history, header, event, decoded);
  } catch (error) {
    if (!(error instanceof AccountError)) throw error;
    history.deadLetters.push({ header, item: { event, code: error.code, reason: error.message } });
  }
};

const note = (
  history: AccountHistory,
  header: BlockHeader,
  event: LocatedEvent,
  decoded: AccountEvent,
): void => {
  const lifecycleAt = { blockNumber: header.blockNumber, transactionHash: event.transactionHash };
  const change = lifecycleChangeOf(decoded);
  if (change?.subject === 'SESSION') {
    history.sessions.set(change.sessionKey, { lifecycle: change.lifecycle, lifecycleAt });
  }
  if (change?.subject === 'POLICY') {
    history.policies.set(policyIdOf(change.sessionKey, change.token), { ...change, lifecycleAt });
  }
};
