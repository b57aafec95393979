export interface MinuteLimitOptions {
  readonly nowMs: () => number;
  /** Of one name in a minute. */
  readonly most: number;
  /** Names that are remembered, the least recent dropped first. Default 20,000. */
  readonly capacity?: number;
}

const MINUTE_MS = 60_000;
const CAPACITY = 20_000;

/** Bounds what comes of each name within a minute of the first. A clock that was put back begins anew. In memory, of this process. */
export class MinuteLimit {
  readonly #windows = new Map<string, { readonly sinceMs: number; count: number }>();
  readonly #options: MinuteLimitOptions;

  constructor(options: MinuteLimitOptions) {
    this.#options = options;
  }

  /** Counts one more. @returns in how many milliseconds there is room for it; 0: there is */
  take(name: string): number {
    const { nowMs: now, most, capacity = CAPACITY } = this.#options;
    const nowMs = now();
    const window = this.#windowOf(name, nowMs);
    window.count += 1;
    this.#windows.delete(name);
    this.#windows.set(name, window);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size > capacity && oldest !== undefined) this.#windows.delete(oldest);
    return window.count <= most ? 0 : window.sinceMs + MINUTE_MS - nowMs;
  }

  #windowOf(name: string, nowMs: number): { readonly sinceMs: number; count: number } {
    const known = this.#windows.get(name);
    const isOver = known === undefined || nowMs < known.sinceMs || nowMs - known.sinceMs >= MINUTE_MS;
    return isOver ? { sinceMs: nowMs, count: 0 } : known;
  }
}
