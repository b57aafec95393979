import { aborted, unlessAborted } from '../abort.ts';

export interface ReadAheadOptions<T> {
  readonly from: number;
  readonly to: number;
  readonly fetch: (blockNumber: number, signal: AbortSignal) => Promise<T>;
  readonly bytesOf: (item: T) => number;
  /** Fetches under way at once. */
  readonly concurrency: number;
  /** Fetched and not yet taken: at most this many, and no further fetch is begun above these bytes. */
  readonly maxItems: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

type Outcome<T> = { readonly item: T } | { readonly error: unknown };

/** The state between the fetches that run and the reader that takes their results in order. */
interface Window<T> {
  readonly outcomes: Map<number, Promise<Outcome<T>>>;
  /** The block the reader waits for or takes next. */
  reading: number;
  /** The block to be fetched next. */
  next: number;
  running: number;
  waitingBytes: number;
}

/** Fetches a range of blocks ahead of the reader and yields them in order; ends by throwing at the first that fails. */
export async function* readAhead<T>(options: ReadAheadOptions<T>): AsyncGenerator<T> {
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  const { from } = options;
  const window: Window<T> = { outcomes: new Map(), reading: from, next: from, running: 0, waitingBytes: 0 };
  try {
    while (window.reading <= options.to) {
      fill(window, options, signal);
      const item = await take(window, options, signal);
      window.reading += 1;
      // What comes next is under way while the reader works.
      fill(window, options, signal);
      yield item;
    }
  } finally {
    stopping.abort();
  }
}

const take = async <T>(window: Window<T>, options: ReadAheadOptions<T>, signal: AbortSignal): Promise<T> => {
  const outcome = window.outcomes.get(window.reading);
  if (!outcome) throw aborted();
  const settled = await unlessAborted(outcome, signal);
  window.outcomes.delete(window.reading);
  if ('error' in settled) throw settled.error;
  window.waitingBytes -= options.bytesOf(settled.item);
  return settled.item;
};

const fill = <T>(window: Window<T>, options: ReadAheadOptions<T>, signal: AbortSignal): void => {
  const mayBegin = (): boolean =>
    window.next <= options.to &&
    window.running < options.concurrency &&
    // The block the reader waits for is fetched whatever lies behind it.
    (window.next === window.reading ||
      (window.outcomes.size < options.maxItems && window.waitingBytes < options.maxBytes));
  while (!signal.aborted && mayBegin()) {
    window.outcomes.set(window.next, begin(window, options, window.next, signal));
    window.next += 1;
  }
};

const begin = async <T>(
  window: Window<T>,
  options: ReadAheadOptions<T>,
  blockNumber: number,
  signal: AbortSignal,
): Promise<Outcome<T>> => {
  window.running += 1;
  try {
    const item = await options.fetch(blockNumber, signal);
    window.waitingBytes += options.bytesOf(item);
    return { item };
  } catch (error) {
    // Nothing behind a failed block can be used.
    window.next = Number.POSITIVE_INFINITY;
    return { error };
  } finally {
    window.running -= 1;
    fill(window, options, signal);
  }
};
