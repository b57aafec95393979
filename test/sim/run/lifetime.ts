import type { Clock } from '#libs/chain';
import type { VirtualClock } from './virtual-clock.ts';

/** Never settles: what a killed process was waiting for. */
export const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** How long one process lives. Whatever belongs to it does nothing any more once it is killed. */
export class Lifetime {
  readonly name: string;
  readonly #clock: VirtualClock;
  readonly #atDeath: (() => void)[] = [];
  readonly #atFailOver: (() => Promise<unknown>)[] = [];
  #aheadMs = 0;
  readonly #died = Promise.withResolvers<undefined>();
  #dead = false;

  constructor(name: string, clock: VirtualClock) {
    this.name = name;
    this.#clock = clock;
  }

  get isDead(): boolean {
    return this.#dead;
  }

  /** Resolves when it is killed. */
  get died(): Promise<undefined> {
    return this.#died.promise;
  }

  /** The time of this process: stands still for ever once it is killed. */
  get clock(): Clock {
    return {
      nowMs: () => this.#clock.nowMs() + this.#aheadMs,
      turn: () => (this.#dead ? never() : this.#clock.turn()),
      sleep: async (durationMs, signal) => {
        if (this.#dead) return never();
        await this.#clock.sleep(durationMs, signal);
        if (this.isDead) await never();
      },
    };
  }

  atDeath(work: () => void): void {
    this.#atDeath.push(work);
  }

  atFailOver(work: () => Promise<unknown>): void {
    this.#atFailOver.push(work);
  }

  /** The time goes on by so much at once, as where a machine stood still. */
  jumpAhead(durationMs: number): void {
    this.#aheadMs += durationMs;
  }

  /** The server is gone, with every connection to it: what was not committed is undone. */
  async loseConnections(): Promise<void> {
    await Promise.all(this.#atFailOver.map((work) => work()));
  }

  /** Like SIGKILL: nothing is told, nothing is tidied up. */
  kill(): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#died.resolve(undefined);
    for (const work of this.#atDeath) work();
  }
}
