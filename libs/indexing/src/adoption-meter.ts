import type { ProgressStatus } from '#libs/api';

/** The rate is that of this long: groups of accounts come seconds apart where a node allows few calls. */
const WINDOW_MS = 60_000;

/** How far reading the current state of waiting accounts is. Counts from the moment on when some began to wait. */
export class AdoptionMeter {
  readonly #nowMs: () => number;
  #waiting = 0;
  #done = 0;
  #samples: { readonly atMs: number; readonly done: number }[] = [];

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  waiting(count: number): void {
    if (count > 0 && this.#waiting === 0) {
      this.#done = 0;
      this.#samples = [{ atMs: this.#nowMs(), done: 0 }];
    }
    this.#waiting = count;
  }

  done(count: number): void {
    const atMs = this.#nowMs();
    this.#done += count;
    this.#waiting = Math.max(0, this.#waiting - count);
    this.#samples = [
      ...this.#samples.filter((sample) => atMs - sample.atMs < WINDOW_MS).slice(-1_000),
      { atMs, done: this.#done },
    ];
  }

  /** Nothing while no account waits. */
  progress(): ProgressStatus | undefined {
    if (this.#waiting === 0) return undefined;
    const done = this.#done;
    const total = done + this.#waiting;
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.atMs === first.atMs || last.done === first.done) return { done, total };
    const ratePerSecond = ((last.done - first.done) * 1000) / (last.atMs - first.atMs);
    // They come in groups: part of the next one is done by now.
    const sinceSeconds = (this.#nowMs() - last.atMs) / 1000;
    const secondsLeft = Math.max(1, Math.ceil(this.#waiting / ratePerSecond - sinceSeconds));
    return { done, total, ratePerSecond, secondsLeft };
  }
}
