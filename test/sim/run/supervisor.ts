import type { App } from './app.ts';
import type { FaultPlan } from './fault-plan.ts';
import type { VirtualClock } from './virtual-clock.ts';

const RESTART_MS = 400;
const LOOK_EVERY_MS = 250;
/** In ten thousand looks. */
const SECOND_WRITER_RATE = 60;
const END_RATE = 400;
const CLOCK_RATE = 40;
const LONGEST_JUMP_MS = 20 * 60_000;
/** Of a host's clock that somebody sets. */
const LONGEST_SET_MS = 24 * 60 * 60_000;

/** What may happen to the time of a host. */
const CLOCK_FAULTS = ['host stood still', 'host clock set'] as const;

/** Starts processes: another for one that was killed, and now and then a second one beside the first. */
export class Supervisor {
  readonly #clock: VirtualClock;
  readonly #plan: FaultPlan;
  readonly #start: () => Promise<App>;
  readonly #apps: App[] = [];
  /** How far the clock of the host is off what everybody else calls the time. */
  hostOffMs = 0;
  processes = 0;

  constructor(clock: VirtualClock, plan: FaultPlan, start: () => Promise<App>) {
    this.#clock = clock;
    this.#plan = plan;
    this.#start = start;
  }

  /** The processes that live. */
  get apps(): readonly App[] {
    return this.#apps.filter(({ lifetime }) => !lifetime.isDead);
  }

  /** Looks after the processes for as long as it is told to. */
  async run(isOver: () => boolean): Promise<void> {
    await this.#begin();
    while (!isOver()) {
      await this.#clock.sleep(LOOK_EVERY_MS);
      const alive = this.apps;
      this.#troubleClocks(alive);
      if (alive.length === 0) {
        await this.#clock.sleep(RESTART_MS);
        await this.#begin();
      } else if (alive.length === 1 && this.#plan.roll(SECOND_WRITER_RATE, ['second'])) {
        this.#plan.note('two writers', (await this.#begin()).lifetime.name);
      } else if (alive.length > 1 && (!this.#plan.isOn || this.#plan.random.below(10_000) < END_RATE)) {
        await this.#end(alive[this.#plan.random.below(alive.length)]!);
      }
    }
  }

  #troubleClocks(alive: readonly App[]): void {
    const kind = this.#plan.roll(CLOCK_RATE, CLOCK_FAULTS);
    if (kind === undefined) return;
    const { random } = this.#plan;
    const byMs =
      kind === 'host clock set'
        ? random.below(2 * LONGEST_SET_MS) - LONGEST_SET_MS
        : random.below(LONGEST_JUMP_MS);
    this.#plan.note(kind, `by ${Math.round(byMs / 1000)} s`);
    if (kind === 'host clock set') this.hostOffMs = byMs;
    else for (const { lifetime } of alive) lifetime.jumpAhead(byMs);
  }

  async #end(app: App): Promise<void> {
    if (this.#plan.random.chance(50)) {
      app.lifetime.kill();
      return;
    }
    // It may be killed while it stops: then its stop never comes to an end.
    await Promise.race([app.stop(), app.lifetime.died]);
    app.lifetime.kill();
  }

  async #begin(): Promise<App> {
    this.processes += 1;
    const app = await this.#start();
    this.#apps.push(app);
    return app;
  }
}
