import { MinuteLimit } from '../limits/minute-limit.ts';

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

/** All that is new is of one. */
const NEW = 'new';

/** Tells the first of each thing from those that follow it, and how many these were when its window is over. */
export class CountedWindows<T> {
  readonly #windows = new Map<string, { readonly about: T; readonly sinceMs: number; further: number }>();
  readonly #options: CountedWindowsOptions;
  readonly #begun: MinuteLimit;

  constructor(options: CountedWindowsOptions) {
    this.#options = options;
    this.#begun = new MinuteLimit({ nowMs: options.nowMs, most: options.mostNewAMinute });
  }

  /** FIRST: nothing of that name is being counted. MISSED: too much that is different came in this minute. */
  take(name: string, about: T): 'FIRST' | 'COUNTED' | 'MISSED' {
    const known = this.#windows.get(name);
    if (known !== undefined) {
      known.further += 1;
      return 'COUNTED';
    }
    if (this.#begun.take(NEW) > 0) return 'MISSED';
    this.#windows.set(name, { about, sinceMs: this.#options.nowMs(), further: 0 });
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
}
