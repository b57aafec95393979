import { eventSelectors, type EventShapes, SESSION_EVENT_KINDS, STANDARD_EVENT_SHAPES } from '#libs/account';
import type { BlockHeader, ChainSource, EmittedEvent, EventQuery, EventWitness } from '#libs/chain';
import type { Address, ClassHash, Felt } from '#libs/felt';
import { GRANTED } from './account-history.ts';
import type { AccountReads } from './limit-reads.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { isOnChain } from './on-chain.ts';
import { SharedBlocks } from './shared-blocks.ts';
import { WordLoader } from './word-loader.ts';

type Source = AccountReads & Pick<ChainSource, 'contractWords'>;

/** What several accounts are read from. */
export interface SharedReads {
  /** Those that are read together: fewer than were asked for where each word of storage is a question. */
  readonly addresses: readonly Address[];
  /** How many of them to read at the same time. */
  readonly atOnce: number;
  of(address: Address): AccountReads;
}

export interface SharingPorts {
  readonly source: Source;
  readonly at: BlockHeader;
  readonly signal: AbortSignal | undefined;
  readonly shapesOf: (classHash: ClassHash) => Promise<EventShapes>;
  /** Headers that are stored already. */
  readonly storedHeaders: (blockHashes: readonly Felt[]) => Promise<ReadonlyMap<bigint, BlockHeader>>;
}

const READS_AT_ONCE = 16;
/** Without proofs of storage an account takes a dozen questions: fewer at a time, so that they are committed soon. */
const FEW = 16;
const FEW_AT_ONCE = 4;
/** More than these in one scan are somebody's with a long history: then each account is read by itself. */
const MOST_EVENTS = 10_000;

/**
 * Puts the questions that accounts have in common once: their classes and words in proofs of storage, their events in one
 * scan, with the check of the branch before and behind it, and each header once. Whatever is not found there, and
 * everything once the scan has failed, is asked for by the account itself: nobody suffers for another one.
 */
export const shareReads = async (
  ports: SharingPorts,
  addresses: readonly Address[],
): Promise<SharedReads> => {
  const { source, at, signal } = ports;
  const words = new WordLoader(source, at.blockHash);
  const options = signal ? { signal } : {};
  const classes = await words.classesOf(addresses, options).catch(() => []);
  signal?.throwIfAborted();
  const taken = words.hasProofs ? addresses : addresses.slice(0, FEW);
  const known = new Map(
    await mapConcurrently([...taken.entries()], READS_AT_ONCE, async ([index, address]) => {
      const found = classes[index] ?? source.classHashAt(address, { blockHash: at.blockHash }, options);
      return [address, await settle(Promise.resolve(found))] as const;
    }),
  );
  signal?.throwIfAborted();
  const scan = taken.length > 1 ? await scanTogether(ports, taken, known) : undefined;
  const blocks = new SharedBlocks(source, taken, signal);
  if (scan) await blocks.readAhead(blocksWithGrants(scan));
  signal?.throwIfAborted();
  return {
    addresses: taken,
    atOnce: words.hasProofs ? taken.length : FEW_AT_ONCE,
    of: (address) => readsOf(ports, { scan, words, blocks, classOf: known.get(address) }, address),
  };
};

type Settled<T> = { readonly value: T } | { readonly error: unknown };

const settle = <T>(promise: Promise<T>): Promise<Settled<T>> =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );

const opened = <T>(settled: Settled<T>): T => {
  if ('error' in settled) throw settled.error;
  return settled.value;
};

interface Shared {
  readonly scan: Scan | undefined;
  readonly words: WordLoader;
  readonly blocks: SharedBlocks;
  readonly classOf: Settled<ClassHash | undefined> | undefined;
}

/** Events by their account. */
type Told = ReadonlyMap<bigint, readonly EmittedEvent[]>;

/** The events of all accounts up to the block, which was on the chain before and after they were read. */
interface Scan {
  readonly selectors: ReadonlySet<bigint>;
  /** As each of the nodes asked told them. */
  readonly told: readonly Told[];
  readonly headers: ReadonlyMap<bigint, BlockHeader>;
}

const blocksWithGrants = ({ told }: Scan): Felt[] => {
  const grants = told
    .flatMap((each) => [...each.values()].flat())
    .filter(({ keys }) => keys.includes(GRANTED));
  return [...new Set(grants.map(({ blockHash }) => blockHash))];
};

const scanTogether = async (
  ports: SharingPorts,
  addresses: readonly Address[],
  classes: ReadonlyMap<Address, Settled<ClassHash | undefined>>,
): Promise<Scan | undefined> => {
  const { source, at, signal } = ports;
  try {
    if (!(await isOnChain(source, at, signal))) return undefined;
    const selectors = eventSelectors([...SESSION_EVENT_KINDS, 'Upgraded'], await shapesOf(ports, classes));
    const { blockNumber: toBlock, blockHash: toBlockHash } = at;
    const query = { fromBlock: 0, toBlock, toBlockHash, address: addresses, keys: [selectors] };
    const told: EmittedEvent[][] = [];
    for (const witness of witnessesOf(source)) {
      const events = await allEvents(witness, query, signal);
      if (events === undefined) return undefined;
      told.push(events);
    }
    if (!(await isOnChain(source, at, signal))) return undefined;
    return {
      selectors: new Set(selectors),
      // Parts of a scan follow one another: each account's events stand in the order of the chain in their part.
      told: told.map((events) => Map.groupBy(events, ({ fromAddress }) => fromAddress as bigint)),
      headers: await headersOf(ports, told.flat()),
    };
  } catch {
    // Each account asks by itself then, and says what is wrong.
    return undefined;
  }
};

/** Two nodes that are asked by themselves, or whichever the pool takes where there is only one. */
const witnessesOf = (source: Source): readonly EventWitness[] => {
  const witnesses = source.witnesses();
  return witnesses.length > 1 ? witnesses.slice(0, 2) : [source];
};

/** Undefined: more than accounts may have that are read together. */
const allEvents = async (
  witness: EventWitness,
  query: EventQuery,
  signal: AbortSignal | undefined,
): Promise<EmittedEvent[] | undefined> => {
  const events: EmittedEvent[] = [];
  for await (const page of witness.events(query, signal ? { signal } : {})) {
    events.push(...page);
    if (events.length > MOST_EVENTS) return undefined;
  }
  return events;
};

const shapesOf = async (
  ports: SharingPorts,
  classes: ReadonlyMap<Address, Settled<ClassHash | undefined>>,
): Promise<EventShapes[]> => {
  const found = new Set(
    [...classes.values()].flatMap((each) =>
      'value' in each && each.value !== undefined ? [each.value] : [],
    ),
  );
  const shapes: EventShapes[] = [];
  for (const classHash of found) {
    shapes.push(await ports.shapesOf(classHash).catch(() => STANDARD_EVENT_SHAPES));
  }
  return [...new Set([STANDARD_EVENT_SHAPES, ...shapes])];
};

/** Of blocks whose events say their places; the others are read whole. */
const headersOf = async (
  { source, signal, storedHeaders }: SharingPorts,
  events: readonly EmittedEvent[],
): Promise<ReadonlyMap<bigint, BlockHeader>> => {
  const placed = events.filter(({ transactionIndex }) => transactionIndex !== undefined);
  const hashes = [...new Set(placed.map(({ blockHash }) => blockHash))];
  const options = signal ? { signal } : {};
  const stored = await storedHeaders(hashes);
  const headers = await mapConcurrently(
    hashes,
    READS_AT_ONCE,
    async (blockHash) => stored.get(blockHash) ?? (await source.header({ blockHash }, options)),
  );
  return new Map(headers.map((header) => [header.blockHash, header]));
};

/** What one account is read from. Once it had to ask for events by itself the branch is checked for it again. */
const readsOf = ({ source, at }: SharingPorts, shared: Shared, address: Address): AccountReads => {
  const { scan, words, blocks, classOf } = shared;
  let isAlone = scan === undefined;
  const isShared = ({ address: whose, fromBlock, toBlock, keys }: EventQuery): boolean =>
    !isAlone &&
    whose === address &&
    fromBlock === 0 &&
    toBlock === at.blockNumber &&
    keys.length === 1 &&
    keys.flat().every((selector) => scan?.selectors.has(selector));
  const eventsOf =
    (told: Told | undefined, alone: () => EventWitness): EventWitness['events'] =>
    (query, options) => {
      if (isShared(query)) return sharedEvents(told, address, query.keys.flat());
      isAlone = true;
      return alone().events(query, options);
    };
  const witnessOf = (told: Told, index: number): EventWitness => ({
    events: eventsOf(told, () => source.witnesses()[index] ?? source),
  });
  return {
    block: (ref, options) => blocks.read(ref, options),
    header: async (ref, options) => {
      if (typeof ref === 'object' && 'blockHash' in ref)
        return scan?.headers.get(ref.blockHash) ?? (await source.header(ref, options));
      const isChecked = !isAlone && typeof ref === 'object' && ref.blockNumber === at.blockNumber;
      return isChecked ? at : await source.header(ref, options);
    },
    events: eventsOf(scan?.told[0], () => source),
    witnesses: () => (isAlone ? source.witnesses() : (scan?.told ?? []).map(witnessOf)),
    storageAt: (whose, slot, ref, options) =>
      typeof ref === 'object' && 'blockHash' in ref && ref.blockHash === at.blockHash
        ? words.word(whose, slot, options)
        : source.storageAt(whose, slot, ref, options),
    classHashAt: async (whose, ref, options) =>
      whose === address && classOf !== undefined
        ? opened(classOf)
        : await source.classHashAt(whose, ref, options),
  };
};

async function* sharedEvents(
  told: Told | undefined,
  address: Address,
  selectors: readonly Felt[],
): AsyncGenerator<readonly EmittedEvent[]> {
  await Promise.resolve();
  const wanted = new Set<bigint>(selectors);
  const events = told?.get(address) ?? [];
  const page = events.filter(({ keys: [selector] }) => selector !== undefined && wanted.has(selector));
  if (page.length > 0) yield page;
}
