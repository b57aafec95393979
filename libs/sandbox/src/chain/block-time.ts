import type { SandboxClock } from '../clock.ts';

export interface BlockTimeState {
  readonly shiftSeconds: number;
  readonly nextSeconds: number | undefined;
}

/** Which time the next block gets: what was set for it, else the clock and the shift. */
export class BlockTime {
  readonly #clock: SandboxClock;
  #shiftSeconds = 0;
  #nextSeconds: number | undefined;

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  /** The time a transaction executed now would see. */
  peek(): number {
    return this.#nextSeconds ?? this.#clock.nowSeconds() + this.#shiftSeconds;
  }

  /** The time of a block built now; `opened` is what its transactions already saw. */
  take(opened: number | undefined): number {
    const taken = this.#nextSeconds ?? opened ?? this.peek();
    this.#nextSeconds = undefined;
    return taken;
  }

  /** The time of the first block; later ones follow the clock again. */
  startAt(timestampSeconds: number): void {
    this.#nextSeconds = timestampSeconds;
  }

  set(timestampSeconds: number): void {
    this.#shiftSeconds = timestampSeconds - this.#clock.nowSeconds();
    this.#nextSeconds = timestampSeconds;
  }

  increase(seconds: number): void {
    this.#shiftSeconds += seconds;
  }

  get state(): BlockTimeState {
    return { shiftSeconds: this.#shiftSeconds, nextSeconds: this.#nextSeconds };
  }

  restore(state: BlockTimeState): void {
    this.#shiftSeconds = state.shiftSeconds;
    this.#nextSeconds = state.nextSeconds;
  }
}
