import type { Outage } from '../database/outage.ts';
import type { SimPostgres } from '../database/sim-postgres.ts';
import type { FaultPlan } from './fault-plan.ts';
import type { Supervisor } from './supervisor.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface FailOverOptions {
  readonly clock: VirtualClock;
  readonly plan: FaultPlan;
  readonly supervisor: Supervisor;
  readonly postgres: SimPostgres;
  readonly outage: Outage;
}

/** In ten thousand moves of the chain. */
const COPY_RATE = 250;
const FAIL_OVER_RATE = 1_500;

/** The server is replaced by a replica that lags: what it was told last is gone, and nobody says so. */
export class FailOver {
  readonly #options: FailOverOptions;
  #hasReplica = false;

  constructor(options: FailOverOptions) {
    this.#options = options;
  }

  /** Between two moves of the chain: a replica stops following, or takes over. */
  async perhaps(): Promise<void> {
    const { clock, plan, postgres, outage, supervisor } = this.#options;
    if (!this.#hasReplica) {
      if (!plan.roll(COPY_RATE, ['copy'])) return;
      await clock.track(postgres.copy());
      this.#hasReplica = true;
    } else if (plan.roll(FAIL_OVER_RATE, ['fail over'])) {
      plan.note('database: fail-over to a replica that lags', `with ${supervisor.apps.length} processes`);
      this.#hasReplica = false;
      await clock.track(
        outage.during(async () => {
          await Promise.all(supervisor.apps.map(({ lifetime }) => lifetime.loseConnections()));
          await postgres.goBack();
        }),
      );
    }
  }
}
