import { type TakeUnits } from '#libs/access';
import { type Allowance, type Budget, budgetOf, CAPACITY } from './token-buckets.ts';

/** What this process was given of somebody's units, and what it knows of the others. */
interface Lease {
  /** Below zero: owed, for questions that were refused after they were read. */
  held: number;
  givenAtMs: number;
  /** Left for all processes when it was last heard; undefined: it was never asked. */
  left: number | undefined;
  heardAtMs: number;
  asking: Promise<Budget> | undefined;
}

const MINUTE_MS = 60_000;
/** Of what a minute allows, taken at once: so seldom is anybody asked, and so much may lie idle in a process. */
const SHARE = 0.05;
/** Sums of fractions are not exact. */
const TOLERANCE = 0.000001;

/**
 * Spends units that are shared with other processes: a twentieth of what a minute allows is taken at a time, and spent here. Where they
 * come from may fail; then nothing is given. What is not spent within a minute is given up, as it is there again by then.
 */
export class UnitLeases {
  private readonly leases = new Map<string, Lease>();

  constructor(
    private readonly nowMs: () => number,
    private readonly takeUnits: TakeUnits,
    private readonly capacity: number = CAPACITY,
  ) {}

  /** Rejects with what `takeUnits` rejects with. */
  take(allowance: Allowance, units: number): Promise<Budget> {
    return this.ensure(allowance, units, units);
  }

  /** Whether so many are there; spends none. */
  look(allowance: Allowance, units: number): Promise<Budget> {
    return this.ensure(allowance, units, 0);
  }

  /** Spends units whether they are there or not; what is not there is owed, as far as one share. */
  charge({ id, perMinute }: Allowance, units: number): void {
    const lease = this.leaseOf(id);
    lease.held = Math.max(Math.min(lease.held, -shareOf(perMinute)), lease.held - units);
  }

  private async ensure(allowance: Allowance, units: number, spent: number): Promise<Budget> {
    const { id, perMinute } = allowance;
    for (;;) {
      const lease = this.leaseOf(id);
      if (lease.held >= units - TOLERANCE) {
        lease.held -= spent;
        return budgetOf(this.atMost(lease, perMinute), perMinute, undefined);
      }
      if (lease.asking === undefined) {
        const needed = Math.min(units, perMinute);
        const there = this.atMost(lease, perMinute);
        // Nobody has to be asked for what cannot be there: others only take of it.
        if (lease.left !== undefined && there < needed - TOLERANCE) return budgetOf(there, perMinute, needed);
        return await this.ask(lease, allowance, units, spent);
      }
      await lease.asking;
    }
  }

  /** One question at a time for each lease; who waits for it shares its failure. */
  private async ask(lease: Lease, allowance: Allowance, units: number, spent: number): Promise<Budget> {
    lease.asking = this.borrow(lease, allowance, units, spent);
    try {
      return await lease.asking;
    } finally {
      lease.asking = undefined;
    }
  }

  private async borrow(
    lease: Lease,
    { id, perMinute }: Allowance,
    units: number,
    spent: number,
  ): Promise<Budget> {
    const wanted = shareOf(perMinute);
    const { held } = lease;
    const { granted, remaining } = await this.takeUnits({
      principal: id,
      perMinute,
      cost: units,
      wanted,
      held,
    });
    const nowMs = this.nowMs();
    lease.left = remaining;
    lease.heardAtMs = nowMs;
    if (granted > 0) {
      lease.held += granted - spent;
      lease.givenAtMs = nowMs;
    }
    const needed = granted > 0 ? undefined : Math.min(units, perMinute);
    return budgetOf(this.atMost(lease, perMinute), perMinute, needed);
  }

  /** The most that can be there now, here and for all. */
  private atMost({ held, left = 0, heardAtMs }: Lease, perMinute: number): number {
    const back = (Math.max(0, this.nowMs() - heardAtMs) * perMinute) / MINUTE_MS;
    return held + Math.min(perMinute - Math.max(0, held), left + back);
  }

  private leaseOf(id: string): Lease {
    const nowMs = this.nowMs();
    const lease = this.leases.get(id) ?? {
      ...{ held: 0, givenAtMs: nowMs, left: undefined, heardAtMs: nowMs, asking: undefined },
    };
    if (nowMs - lease.givenAtMs >= MINUTE_MS) lease.held = Math.min(0, lease.held);
    // The order of a Map is that of insertion: who asked last goes to the end.
    this.leases.delete(id);
    this.leases.set(id, lease);
    const [oldest] = this.leases.keys();
    if (this.leases.size > this.capacity && oldest !== undefined) this.leases.delete(oldest);
    return lease;
  }
}

const shareOf = (perMinute: number): number => Math.max(1, perMinute * SHARE);
