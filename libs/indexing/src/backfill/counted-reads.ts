import type { ChainSource, Clock, EventWitness } from '#libs/chain';

/** What a history is read from. */
export type BackfillReads = Pick<
  ChainSource,
  | 'header'
  | 'block'
  | 'stateUpdate'
  | 'events'
  | 'witnesses'
  | 'storageAt'
  | 'storageWithUpdateBlock'
  | 'classHashAt'
  | 'traceTransaction'
>;

/** Lets so many calls a second through, evenly, for all jobs of a network together. */
export class Pacer {
  readonly #intervalMs: number;
  readonly #clock: Clock;
  #nextMs = 0;

  constructor(callsPerSecond: number, clock: Clock) {
    this.#intervalMs = 1000 / callsPerSecond;
    this.#clock = clock;
  }

  async turn(signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const atMs = Math.max(nowMs, this.#nextMs);
    this.#nextMs = atMs + this.#intervalMs;
    if (atMs > nowMs) await this.#clock.sleep(atMs - nowMs, signal);
    signal.throwIfAborted();
  }
}

/** Counts the calls of one job; a page of events is one. */
export class CallCount {
  made: number;

  constructor(made = 0) {
    this.made = made;
  }
}

/** The chain, each question counted and at its turn. */
export const countReads = (
  source: ChainSource,
  pacer: Pacer,
  count: CallCount,
  signal: AbortSignal,
): BackfillReads => {
  const turn = async (): Promise<void> => {
    await pacer.turn(signal);
    count.made += 1;
  };
  const counted =
    <Args extends unknown[], T>(read: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      await turn();
      return await read(...args);
    };
  const countedEvents = ({ events }: EventWitness): EventWitness['events'] =>
    async function* (query) {
      await turn();
      let isFirst = true;
      for await (const page of events(query, { signal })) {
        if (!isFirst) await turn();
        isFirst = false;
        yield page;
      }
    };
  return {
    header: counted((ref) => source.header(ref, { signal })),
    block: counted((ref) => source.block(ref, { signal })),
    stateUpdate: counted((blockHash, addresses) => source.stateUpdate(blockHash, addresses, { signal })),
    storageAt: counted((address, slot, ref) => source.storageAt(address, slot, ref, { signal })),
    storageWithUpdateBlock: counted((address, slot, ref) =>
      source.storageWithUpdateBlock(address, slot, ref, { signal }),
    ),
    classHashAt: counted((address, ref) => source.classHashAt(address, ref, { signal })),
    traceTransaction: counted((hash) => source.traceTransaction(hash, { signal })),
    events: countedEvents(source),
    witnesses: () => source.witnesses().map((witness) => ({ events: countedEvents(witness) })),
  };
};
