import type { ProgressStatus } from '#libs/api';

/** The rate is that of this long: groups of accounts come seconds apart where a node allows few calls. */
const WINDOW_MS = 60_000;
const MOST_GROUPS = 1_000;

/** The end of a group: accounts are read together and followed at once. */
interface GroupEnd {
  readonly atMs: number;
  /** With all groups before. */
  readonly done: number;
}

/** How far reading the current state of waiting accounts is. Counts from the moment on when some began to wait. */
export class AdoptionMeter {
  readonly #nowMs: () => number;
  #waiting = 0;
  #done = 0;
  #startedMs = 0;
  #groups: readonly GroupEnd[] = [];

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  waiting(count: number): void {
    if (count > 0 && this.#waiting === 0) {
      this.#done = 0;
      this.#startedMs = this.#nowMs();
      this.#groups = [];
    }
    this.#waiting = count;
  }

  /** A group came to its end. One of which nobody could be followed says nothing; its time counts for the next. */
  done(count: number): void {
    if (count === 0) return;
    const atMs = this.#nowMs();
    this.#done += count;
    this.#waiting = Math.max(0, this.#waiting - count);
    this.#groups = [
      ...this.#groups.filter((group) => atMs - group.atMs < WINDOW_MS).slice(-MOST_GROUPS),
      { atMs, done: this.#done },
    ];
  }

  /** Nothing while no account waits. */
  progress(): ProgressStatus | undefined {
    if (this.#waiting === 0) return undefined;
    const done = this.#done;
    const total = done + this.#waiting;
    const pace = this.#pace();
    if (pace === undefined) return { done, total };
    const { ratePerSecond, partSeconds } = pace;
    const secondsLeft = Math.max(1, Math.round(this.#waiting / ratePerSecond - partSeconds));
    return { done, total, ratePerSecond, secondsLeft };
  }

  /**
   * How fast it goes, and how long the group under way has been read: at most as long as a group takes. One that takes
   * longer makes everything slower. The first group is no measure once there is another: it waited for a start, and a
   * node that was not asked for a while lets a burst of calls through.
   */
  #pace(): { readonly ratePerSecond: number; readonly partSeconds: number } | undefined {
    const [first, ...others] = this.#groups;
    const last = this.#groups.at(-1);
    if (first === undefined || last === undefined) return undefined;
    const from = others.length === 0 ? { atMs: this.#startedMs, done: 0 } : first;
    const groups = Math.max(1, others.length);
    const tookMs = last.atMs - from.atMs;
    if (tookMs <= 0) return undefined;
    const sinceMs = Math.max(0, this.#nowMs() - last.atMs);
    const partMs = Math.min(sinceMs, tookMs / groups);
    const lateMs = sinceMs - partMs;
    return {
      ratePerSecond: ((last.done - from.done) * 1000) / (tookMs + lateMs),
      partSeconds: partMs / 1000,
    };
  }
}
