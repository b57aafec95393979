import {
  AccountError,
  type AccountEvent,
  decodeByShapes,
  eventSelectors,
  type EventShapes,
  SESSION_EVENT_KINDS,
  STANDARD_EVENT_SHAPES,
} from '#libs/account';
import type { BlockHeader, EmittedEvent } from '#libs/chain';
import { type Address, type ClassHash, type Felt, selectorOf, type SessionKey } from '#libs/felt';
import {
  type AccountDeadLetter,
  type AccountFact,
  eventFact,
  lifecycleChangeOf,
  type LifecyclePoint,
  type LocatedEvent,
  type OwnerGrant,
  type PolicyState,
  policyIdOf,
  type SessionState,
} from '#libs/sessions';
import { AdoptionError } from './adoption.error.ts';
import type { AccountReads } from './limit-reads.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { requireOnChain } from './on-chain.ts';
import { ownerGrantsByAccount } from './split-block.ts';
import { readToldEvents } from './told-events.ts';

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
  /** Layouts that its events were read by: of its class, of the standard, of the classes it had before. */
  readonly shapes: EventShapes[];
  /** Blocks of which one node told other events than another: their receipts decided. */
  readonly doubted: Set<Felt>;
}

/** Whose history is wanted, and up to which block. */
export interface HistoryQuestion {
  readonly address: Address;
  readonly at: BlockHeader;
  /** The layouts of its class there. */
  readonly eventShapes: EventShapes;
  /** Those of a class that it had before. */
  readonly shapesOf: (classHash: ClassHash) => Promise<EventShapes>;
  /** What was read before, up to and with a block. */
  readonly since?: { readonly at: BlockHeader; readonly history: AccountHistory };
  /** What one node alone tells is enough. */
  readonly oneWillDo: boolean;
}

/** Blocks that are read at the same time. */
const READS_AT_ONCE = 16;
/** Classes of one account that are asked for their layouts, the latest ones. */
const MOST_CLASSES = 16;

export const emptyHistory = (shapes: readonly EventShapes[] = []): AccountHistory => ({
  headers: [],
  facts: [],
  deadLetters: [],
  sessions: new Map(),
  policies: new Map(),
  shapes: [...new Set(shapes)],
  doubted: new Set(),
});

const copyOf = ({
  headers,
  facts,
  deadLetters,
  sessions,
  policies,
  shapes,
  doubted,
}: AccountHistory): AccountHistory => ({
  headers: [...headers],
  facts: [...facts],
  deadLetters: [...deadLetters],
  sessions: new Map(sessions),
  policies: new Map(policies),
  shapes: [...shapes],
  doubted: new Set(doubted),
});

/**
 * Reads the session events of an account by key filter, in the order of the chain. Nodes answer that filter by height,
 * so the branch is checked before and after; and they leave events out, so two of them are asked where there are two.
 * @throws AdoptionError ADOPTION_CHAIN_MOVED, ADOPTION_UNCONFIRMED
 */
export const readAccountHistory = async (
  source: AccountReads,
  question: HistoryQuestion,
): Promise<AccountHistory> => {
  const { at, eventShapes, since } = question;
  const history = since ? copyOf(since.history) : emptyHistory([eventShapes, STANDARD_EVENT_SHAPES]);
  await requireOnChain(source, at, chainMoved);
  if (since) await requireOnChain(source, since.at, chainMoved);
  const byHeight = Map.groupBy(
    await readSessionEvents(source, question, history),
    (event) => event.blockNumber,
  );
  const heights = [...byHeight].sort(([a], [b]) => a - b);
  const selectors = new Set(sessionSelectors(history));
  const blocks = await mapConcurrently(heights, READS_AT_ONCE, ([, events]) =>
    placeEvents(source, events, selectors, history.doubted),
  );
  await requireOnChain(source, at, chainMoved);
  for (const block of blocks) {
    history.headers.push(block.header);
    for (const event of block.events) readEvent(history, block, event);
  }
  return history;
};

export const chainMoved = (blockNumber: number): AdoptionError =>
  new AdoptionError('ADOPTION_CHAIN_MOVED', `block ${blockNumber} is another one now`);

const sessionSelectors = ({ shapes }: AccountHistory): readonly Felt[] =>
  eventSelectors(SESSION_EVENT_KINDS, shapes);

/** Reads the events by all layouts that are known, and again if a class that the account had before has others. */
const readSessionEvents = async (
  source: AccountReads,
  question: HistoryQuestion,
  history: AccountHistory,
): Promise<readonly EmittedEvent[]> => {
  const asked = new Set([...sessionSelectors(history), ...eventSelectors(['Upgraded'], history.shapes)]);
  const found = await eventsUpTo(source, question, history, [...asked]);
  const earlier = upgradesIn(found, history.shapes).slice(-MOST_CLASSES);
  for (const classHash of earlier) {
    const shapes = await question.shapesOf(classHash);
    if (!history.shapes.includes(shapes)) history.shapes.push(shapes);
  }
  const wanted = sessionSelectors(history);
  const complete = wanted.every((selector) => asked.has(selector));
  const events = complete ? found : await eventsUpTo(source, question, history, wanted);
  return events.filter(({ keys: [selector] }) => selector !== undefined && wanted.includes(selector));
};

const eventsUpTo = async (
  source: AccountReads,
  { address, at, since, oneWillDo }: HistoryQuestion,
  { doubted }: AccountHistory,
  selectors: readonly Felt[],
): Promise<readonly EmittedEvent[]> => {
  const fromBlock = since ? since.at.blockNumber + 1 : 0;
  const { blockNumber: toBlock, blockHash: toBlockHash } = at;
  const query = { fromBlock, toBlock, toBlockHash, address, keys: [selectors] };
  const told = await readToldEvents(source, query, { oneWillDo });
  for (const blockHash of told.doubted) doubted.add(blockHash);
  return told.events;
};

const upgradesIn = (events: readonly EmittedEvent[], shapes: readonly EventShapes[]): ClassHash[] => {
  const classes = events.flatMap((event) => {
    const decoded = readable(event, shapes);
    return decoded?.kind === 'Upgraded' ? [decoded.classHash] : [];
  });
  return [...new Set(classes)];
};

const readable = (event: EmittedEvent, shapes: readonly EventShapes[]): AccountEvent | undefined => {
  try {
    return decodeByShapes(event, shapes);
  } catch (error) {
    if (error instanceof AccountError) return undefined;
    throw error;
  }
};

interface PlacedEvents {
  readonly header: BlockHeader;
  readonly events: readonly LocatedEvent[];
  readonly ownerGrants: readonly OwnerGrant[];
}

/** What list it came with stands in the calldata only. */
export const GRANTED = selectorOf('SessionKeyAdded');

/**
 * Gives the events of one block their places. Before RPC 0.10 a node does not say them, so the receipts have to; where
 * nodes differ on what was emitted they decide, since their number stands in the header; and what list a grant came with
 * stands in its calldata only.
 */
const placeEvents = async (
  source: AccountReads,
  found: readonly EmittedEvent[],
  selectors: ReadonlySet<bigint>,
  doubted: ReadonlySet<Felt>,
): Promise<PlacedEvents> => {
  const [first] = found as readonly [EmittedEvent, ...EmittedEvent[]];
  if (found.some(({ blockHash }) => blockHash !== first.blockHash)) throw chainMoved(first.blockNumber);
  const pin = { blockHash: first.blockHash };
  const placed = found.flatMap(({ transactionIndex, eventIndex, ...event }) =>
    transactionIndex === undefined || eventIndex === undefined
      ? []
      : [{ ...event, transactionIndex, eventIndex }],
  );
  const isPlaced = placed.length === found.length && !doubted.has(first.blockHash);
  const inOrder = eachOnce(placed).sort(byPlace);
  if (isPlaced && !found.some(({ keys }) => keys.includes(GRANTED)))
    return { header: await source.header(pin), events: inOrder, ownerGrants: [] };
  const { header, transactions } = await source.block(pin);
  const ownerGrants = ownerGrantsByAccount({ transactions }).get(first.fromAddress) ?? [];
  if (isPlaced) return { header, events: inOrder, ownerGrants };
  const events = transactions.flatMap(({ transactionHash, transactionIndex, events: emitted }) =>
    emitted.map((event, eventIndex) => ({ ...event, transactionHash, transactionIndex, eventIndex })),
  );
  const isWanted = ({ fromAddress, keys: [selector] }: LocatedEvent): boolean =>
    fromAddress === first.fromAddress && selector !== undefined && selectors.has(selector);
  return { header, events: events.filter(isWanted), ownerGrants };
};

/** A node may repeat an event where its pages meet. */
const eachOnce = (events: readonly LocatedEvent[]): LocatedEvent[] => [
  ...new Map(events.map((event) => [`${event.transactionIndex}/${event.eventIndex}`, event])).values(),
];

const byPlace = (a: LocatedEvent, b: LocatedEvent): number =>
  a.transactionIndex - b.transactionIndex || a.eventIndex - b.eventIndex;

const readEvent = (
  history: AccountHistory,
  { header, ownerGrants }: PlacedEvents,
  event: LocatedEvent,
): void => {
  try {
    const decoded = decodeByShapes(event, history.shapes);
    if (decoded === undefined || !SESSION_EVENT_KINDS.includes(decoded.kind)) return;
    history.facts.push({ header, item: eventFact(event, decoded, ownerGrants) });
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
