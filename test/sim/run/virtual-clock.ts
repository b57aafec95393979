import type { Clock } from '#libs/chain';

interface Sleeper {
  readonly atMs: number;
  readonly order: number;
  wake: (() => void) | undefined;
}

interface Waiting {
  isSettled: boolean;
  /** It was waited for in vain: it waits itself, for a lock that somebody here holds. */
  isBlocked: boolean;
  readonly tell: () => void;
}

/** Longer than any statement takes that does not wait for a lock. */
const BLOCKED_AFTER_MS = 200;
const STILL_BLOCKED_AFTER_MS = 5;
/** How long everybody may be at work before it counts as stopped: two seconds. */
const MOST_LOOKS = 400;
const LOOK_EVERY_MS = 5;

/**
 * Time that passes only while everybody waits for it. What happens outside the process (statements of the database) is
 * tracked: the time stands still until it is done, so the order of everything follows from the seed.
 */
export class VirtualClock implements Clock {
  #nowMs: number;
  #order = 0;
  #outside = 0;
  #settled: (() => void) | undefined;
  readonly #waiting: Waiting[] = [];
  #overrunMs = Number.POSITIVE_INFINITY;
  readonly #heap: Sleeper[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  /** When the time went on first though something outside was not done: from then on the host decides too. */
  get certainUntilMs(): number {
    return this.#overrunMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  /** None: what others do meanwhile would hang on the host. */
  turn(): Promise<void> {
    return Promise.resolve();
  }

  sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper: Sleeper = {
        atMs: this.#nowMs + Math.max(0, durationMs),
        order: (this.#order += 1),
        wake: resolve,
      };
      push(this.#heap, sleeper);
      signal?.addEventListener(
        'abort',
        () => {
          sleeper.wake = undefined;
          resolve();
        },
        { once: true },
      );
    });
  }

  /** Holds the time while something outside of the process is under way. */
  async track<T>(work: Promise<T>): Promise<T> {
    this.#outside += 1;
    try {
      return await work;
    } finally {
      this.#outside -= 1;
      this.#settled?.();
    }
  }

  /**
   * Like `track`, for work that runs side by side: it is told of in the order in which it was begun, one at a time, and
   * only while nobody inside has anything to do.
   */
  async inTurn<T>(work: Promise<T>): Promise<T> {
    let tell = (): void => undefined;
    const told = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const entry: Waiting = { isSettled: false, isBlocked: false, tell };
    this.#waiting.push(entry);
    const settled = await this.track(
      work
        .then(
          (value) => () => value,
          (error: unknown) => () => {
            throw error;
          },
        )
        .finally(() => (entry.isSettled = true)),
    );
    await told;
    return settled();
  }

  /** Tells of work that is done, the first that was begun; a later one where that waits for a lock. */
  async #tellOne(): Promise<boolean> {
    const [first] = this.#waiting;
    if (first === undefined) return false;
    const patienceMs = first.isBlocked ? STILL_BLOCKED_AFTER_MS : BLOCKED_AFTER_MS;
    while (!first.isSettled && (await this.#oneSettles(patienceMs)));
    first.isBlocked = !first.isSettled;
    const next = this.#waiting.find(({ isSettled }) => isSettled);
    if (next !== first) this.#overrunMs = Math.min(this.#overrunMs, this.#nowMs);
    if (next === undefined) return false;
    this.#waiting.splice(this.#waiting.indexOf(next), 1);
    next.tell();
    return true;
  }

  /** Lets the time pass until the condition holds. @throws Error after so much time. */
  async runUntil(isDone: () => boolean, longestMs: number): Promise<void> {
    const endMs = this.#nowMs + longestMs;
    for (;;) {
      await quiet();
      if (isDone()) return;
      if (await this.#tellOne()) continue;
      if (this.#outside > this.#waiting.length && (await this.#oneSettles())) continue;
      if (this.#outside > 0) this.#overrunMs = Math.min(this.#overrunMs, this.#nowMs);
      const next = this.#next();
      if (next === undefined) {
        if (this.#outside > 0 || (await this.#goesOn())) continue;
        throw new Error('everything has stopped: nobody waits for the time any more');
      }
      if (next.atMs > endMs) throw new Error(`not there after ${longestMs} ms of virtual time`);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake?.();
    }
  }

  /** Whether somebody who was at work without waiting for anything, turn by turn, comes to wait after all. */
  async #goesOn(): Promise<boolean> {
    for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      if (this.#outside > 0 || this.#heap.length > 0) return true;
    }
    return false;
  }

  /** Until nothing is under way outside, the time standing still. */
  async untilNothingOutside(): Promise<void> {
    await quiet();
    while (this.#outside > 0 || this.#waiting.length > 0) {
      if (!(await this.#tellOne())) await this.#oneSettles();
      await quiet();
    }
  }

  /** False when nothing got done for so long that a statement must be waiting for a lock, and so for the others. */
  #oneSettles(patienceMs = BLOCKED_AFTER_MS): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => done(false), patienceMs);
      const done = (settled: boolean): void => {
        clearTimeout(timer);
        this.#settled = undefined;
        resolve(settled);
      };
      this.#settled = () => done(true);
    });
  }

  #next(): Sleeper | undefined {
    for (;;) {
      const sleeper = pop(this.#heap);
      if (sleeper === undefined || sleeper.wake !== undefined) return sleeper;
    }
  }
}

/** Until every callback that is due has run. */
const quiet = async (): Promise<void> => {
  for (let round = 0; round < 2; round += 1) await new Promise((resolve) => setImmediate(resolve));
};

const isBefore = (a: Sleeper, b: Sleeper): boolean =>
  a.atMs === b.atMs ? a.order < b.order : a.atMs < b.atMs;

const push = (heap: Sleeper[], sleeper: Sleeper): void => {
  let at = heap.length;
  heap.push(sleeper);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(sleeper, heap[parent]!)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = sleeper;
};

const pop = (heap: Sleeper[]): Sleeper | undefined => {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
    if (!isBefore(heap[child]!, last)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return first;
};
