export interface CountedWindowsOptions {
  readonly nowMs: () => number;
  /** How long what is the same is counted together. */
  readonly windowMs: number;
  /** So many different things are begun to be counted in a minute: with the length of a window that bounds how many are known. */
  readonly mostNewAMinute: number;
}

/** What was counted after the first, and from when to when. */
export interface CountedWindow<T> {
  readonly about: T;
  readonly further: number;
  readonly sinceMs: number;
  readonly untilMs: number;
}

const MINUTE_MS = 60_000;

/** Tells the first of each thing from those that follow it, and how many these were when its window is over. */
export class CountedWindows<T> {
  readonly #windows = new Map<string, { readonly about: T; readonly sinceMs: number; further: number }>();
  readonly #options: CountedWindowsOptions;
  #minute = { sinceMs: Number.NEGATIVE_INFINITY, begun: 0 };

  constructor(options: CountedWindowsOptions) {
    this.#options = options;
  }

  /** FIRST: nothing of that name is being counted. MISSED: too much that is different came in this minute. */
  take(name: string, about: T): 'FIRST' | 'COUNTED' | 'MISSED' {
    const known = this.#windows.get(name);
    if (known !== undefined) {
      known.further += 1;
      return 'COUNTED';
    }
    const nowMs = this.#options.nowMs();
    if (!this.#mayBegin(nowMs)) return 'MISSED';
    this.#windows.set(name, { about, sinceMs: nowMs, further: 0 });
    return 'FIRST';
  }

  /** Forgets the windows that are over, or all of them. @returns those in which more than the first came */
  end(all: boolean): readonly CountedWindow<T>[] {
    const nowMs = this.#options.nowMs();
    const ended: CountedWindow<T>[] = [];
    for (const [name, { about, sinceMs, further }] of this.#windows) {
      const ageMs = nowMs - sinceMs;
      if (!all && ageMs >= 0 && ageMs < this.#options.windowMs) continue;
      this.#windows.delete(name);
      if (further > 0) ended.push({ about, further, sinceMs, untilMs: nowMs });
    }
    return ended;
  }

  #mayBegin(nowMs: number): boolean {
    const ageMs = nowMs - this.#minute.sinceMs;
    if (ageMs < 0 || ageMs >= MINUTE_MS) this.#minute = { sinceMs: nowMs, begun: 0 };
    this.#minute.begun += 1;
    return this.#minute.begun <= this.#options.mostNewAMinute;
  }
}
