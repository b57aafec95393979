/** Long work that shows itself. */
export interface WorkProgress {
  /** What is being done, for people. */
  readonly step: string;
  readonly done: number;
  readonly total: number;
  readonly ratePerSecond?: number;
  readonly secondsLeft?: number;
}

export type OnProgress = (progress: WorkProgress) => void;

/** Counts one step of long work, and says how long it will still take at the rate so far. */
export class ProgressMeter {
  readonly #step: string;
  readonly #total: number;
  readonly #tell: OnProgress | undefined;
  readonly #nowMs: () => number;
  readonly #startMs: number;
  #done = 0;

  constructor(step: string, total: number, tell: OnProgress | undefined, nowMs = () => performance.now()) {
    this.#step = step;
    this.#total = total;
    this.#tell = tell;
    this.#nowMs = nowMs;
    this.#startMs = nowMs();
  }

  add(count: number): void {
    this.#done += count;
    const seconds = (this.#nowMs() - this.#startMs) / 1000;
    const total = Math.max(this.#total, this.#done);
    const base = { step: this.#step, done: this.#done, total };
    if (seconds <= 0 || this.#done === 0) return this.#tell?.(base);
    const ratePerSecond = this.#done / seconds;
    this.#tell?.({ ...base, ratePerSecond, secondsLeft: Math.ceil((total - this.#done) / ratePerSecond) });
  }
}
