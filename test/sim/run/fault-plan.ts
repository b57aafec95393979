import { createRandom, type Random } from '../../conformance/sequence/random.ts';

/** What was injected, and when. */
export interface Injected {
  readonly atMs: number;
  readonly kind: string;
  readonly where: string;
}

/** Decides by the seed which faults happen, and keeps count. */
export class FaultPlan {
  readonly random: Random;
  readonly injected: Injected[] = [];
  readonly #nowMs: () => number;
  readonly #startMs: number;
  #on = true;

  constructor(seed: number, nowMs: () => number) {
    this.random = createRandom(seed);
    this.#nowMs = nowMs;
    this.#startMs = nowMs();
  }

  get isOn(): boolean {
    return this.#on;
  }

  /** From here on everything works. */
  stop(): void {
    this.#on = false;
  }

  /** One of the kinds, this often in ten thousand; nothing once faults have stopped. */
  roll<Kind extends string>(perTenThousand: number, kinds: readonly Kind[]): Kind | undefined {
    if (!this.#on || kinds.length === 0 || this.random.below(10_000) >= perTenThousand) return undefined;
    return this.random.pick(kinds);
  }

  note(kind: string, where: string): void {
    this.injected.push({ atMs: Math.round(this.#nowMs() - this.#startMs), kind, where });
  }

  trace(): readonly string[] {
    return this.injected.map(({ atMs, kind, where }) => `${String(atMs).padStart(8)} ms  ${kind}  ${where}`);
  }
}
