import { feltToHex } from '#libs/felt';
import { type EventFilter, type EventPage, readEventPage } from '../answers/event-page.ts';
import { ChainError, isChainError } from '../chain.error.ts';
import type { BlockPin, CallOptions, EmittedEvent, EventQuery } from '../types.ts';
import { blockId } from './block-id.ts';
import { filterOf, halvesByRange, learnFromRefusal, partsWithin } from './event-parts.ts';
import type { Provider } from './provider.ts';
import type { AskPool } from './provider-pool.ts';

/** A part may begin again this often without a new block in between. */
const MAX_RESTARTS = 5;
/** More pages than this for one part is a node that never comes to an end. */
const MAX_PAGES = 100_000;

/** Reads a filter to its end: parts still to do are a stack, so that refusals and loops cut them smaller. */
export async function* scanEvents(
  ask: AskPool,
  query: EventQuery,
  options: CallOptions = {},
): AsyncGenerator<readonly EmittedEvent[]> {
  const whole = filterOf(query);
  const parts: EventFilter[] = whole ? [whole] : [];
  for (let part = parts.pop(); part; part = parts.pop()) {
    const smaller = yield* scanPart(ask, part, options.signal);
    parts.push(...smaller.toReversed());
  }
}

interface Scan {
  /** What is still to be passed on. */
  readonly remaining: EventFilter;
  /** Where the token stands. It is bound to the node, the filter and the page size it came with. */
  readonly position?: Position;
  /** Those of this round; added to in place, since a long range has many pages. */
  readonly tokens: Set<string>;
  /** Events of the block in which the last page may have ended: only whole blocks are passed on, so that a restart doubles nothing. */
  readonly held: readonly EmittedEvent[];
  readonly restarts: number;
}

interface PageRequest {
  readonly provider: Provider;
  readonly filter: EventFilter;
  readonly chunkSize: number;
}

interface Position extends PageRequest {
  readonly token: string;
}

const begin = (remaining: EventFilter, restarts: number): Scan => ({
  remaining,
  tokens: new Set(),
  held: [],
  restarts,
});

/** Yields the events of a part and returns nothing, or stops and returns the parts it must be cut into. */
async function* scanPart(
  ask: AskPool,
  filter: EventFilter,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly EmittedEvent[], readonly EventFilter[]> {
  let scan = begin(filter, 0);
  for (;;) {
    const step = await ask((provider, stopped) => nextStep(provider, scan, stopped), {
      signal,
      prefer: scan.position?.provider,
    });
    if (step.type === 'cut') return step.parts;
    if (step.type === 'restart') {
      scan = restarted(scan, step.reason);
      continue;
    }
    const { whole, rest } = splitAtLastBlock([...scan.held, ...step.page.events]);
    if (step.page.token === undefined) {
      const last = [...whole, ...rest];
      if (last.length > 0) yield last;
      return [];
    }
    if (whole.length > 0) yield whole;
    scan = advanced(scan, { ...step.request, token: step.page.token }, whole, rest);
  }
}

type Step =
  | { readonly type: 'page'; readonly request: PageRequest; readonly page: EventPage }
  | { readonly type: 'cut'; readonly parts: readonly EventFilter[] }
  | { readonly type: 'restart'; readonly reason: ChainError };

const nextStep = async (provider: Provider, scan: Scan, signal: AbortSignal | undefined): Promise<Step> => {
  const { remaining, position } = scan;
  if (position && position.provider !== provider) {
    return { type: 'restart', reason: new ChainError('CONTINUATION_TOKEN_INVALID', 'given by another node') };
  }
  const parts = position ? undefined : partsWithin(remaining, provider.limits);
  if (parts) return { type: 'cut', parts };
  const request = position ?? { provider, filter: remaining, chunkSize: provider.limits.eventChunkSize };
  try {
    const page = await askPage(request, position?.token, signal);
    const loops = page.token !== undefined && isLoop(scan, page.token);
    return loops ? { type: 'cut', parts: cutLoop(remaining) } : { type: 'page', request, page };
  } catch (error) {
    if (isChainError(error, 'CONTINUATION_TOKEN_INVALID')) return { type: 'restart', reason: error };
    // A lesson lowers a limit, so these rounds come to an end by themselves.
    if (learnFromRefusal(request, error)) return { type: 'cut', parts: [remaining] };
    throw error;
  }
};

const isLoop = ({ tokens }: Scan, token: string): boolean => tokens.has(token) || tokens.size >= MAX_PAGES;

const cutLoop = (filter: EventFilter): readonly EventFilter[] =>
  halvesByRange(
    filter,
    new ChainError('INCOMPLETE_EVENTS', 'the continuation tokens of the node lead nowhere'),
  );

const advanced = (
  scan: Scan,
  position: Position,
  whole: readonly EmittedEvent[],
  held: readonly EmittedEvent[],
): Scan => ({
  // What was passed on is behind us: a restart or a cut begins at the first block that was not.
  remaining: { ...scan.remaining, fromBlock: held[0]?.blockNumber ?? scan.remaining.fromBlock },
  position,
  tokens: scan.tokens.add(position.token),
  held,
  restarts: whole.length > 0 ? 0 : scan.restarts,
});

const restarted = (scan: Scan, reason: ChainError): Scan => {
  if (scan.restarts >= MAX_RESTARTS) {
    throw new ChainError('INCOMPLETE_EVENTS', `the events of a range broke off ${MAX_RESTARTS} times`, {
      cause: reason,
    });
  }
  return begin(scan.remaining, scan.restarts + 1);
};

const splitAtLastBlock = (
  events: readonly EmittedEvent[],
): { readonly whole: readonly EmittedEvent[]; readonly rest: readonly EmittedEvent[] } => {
  const last = events.at(-1)?.blockNumber;
  const cut = events.findIndex((event) => event.blockNumber === last);
  return cut === -1 ? { whole: [], rest: [] } : { whole: events.slice(0, cut), rest: events.slice(cut) };
};

const askPage = async (
  { provider, filter, chunkSize }: PageRequest,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<EventPage> => {
  const { addresses } = filter;
  const request = {
    from_block: blockId({ blockNumber: filter.fromBlock }),
    to_block: blockId(lastOf(filter, provider)),
    chunk_size: chunkSize,
    keys: filter.keys.map((alternatives) => alternatives.map(feltToHex)),
    ...(addresses ? { address: addressParam(addresses) } : {}),
    ...(token === undefined ? {} : { continuation_token: token }),
  };
  const answer = await provider.ask('starknet_getEvents', { filter: request }, signal);
  return readEventPage(answer.result, filter, chunkSize);
};

const lastOf = ({ toBlock, toBlockHash }: EventFilter, { limits }: Provider): BlockPin =>
  toBlockHash === undefined || !limits.eventsUpToHash ? { blockNumber: toBlock } : { blockHash: toBlockHash };

// One address goes as a single value, which every version takes.
const addressParam = (addresses: readonly bigint[]): unknown => {
  const texts = addresses.map(feltToHex);
  return texts.length === 1 ? texts[0] : texts;
};
