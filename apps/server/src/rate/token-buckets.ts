/** What may be used in a minute, by whom. */
export interface Allowance {
  readonly id: string;
  readonly perMinute: number;
}

export interface Budget {
  readonly isAllowed: boolean;
  readonly perMinute: number;
  /** Whole units that are left now. */
  readonly remaining: number;
  /** Until what was asked for is there; 0 where it was allowed. */
  readonly retryAfterSeconds: number;
  /** Until all is there again. */
  readonly resetSeconds: number;
}

interface Bucket {
  units: number;
  atMs: number;
}

const MINUTE_MS = 60_000;
export const CAPACITY = 20_000;

/**
 * One bucket for each id, filled evenly and never above what a minute allows. It is known for as many ids as `capacity`; the one
 * that asked least lately is forgotten first, and starts full again.
 */
export class TokenBuckets {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly nowMs: () => number,
    private readonly capacity: number = CAPACITY,
  ) {}

  get size(): number {
    return this.buckets.size;
  }

  /**
   * Takes units where they are there. What is dearer than a whole minute is let through by a full bucket, which owes the rest: else it
   * could never be asked.
   */
  take({ id, perMinute }: Allowance, units: number): Budget {
    const bucket = this.fill(id, perMinute);
    const needed = Math.min(units, perMinute);
    const isAllowed = bucket.units >= needed;
    if (isAllowed) bucket.units -= units;
    return budgetOf(bucket.units, perMinute, isAllowed ? undefined : needed);
  }

  /** Whether so many are there; takes none. */
  look({ id, perMinute }: Allowance, units: number): Budget {
    const bucket = this.fill(id, perMinute);
    return budgetOf(bucket.units, perMinute, bucket.units >= units ? undefined : units);
  }

  /** Takes units whether they are there or not, down to nothing. */
  charge({ id, perMinute }: Allowance, units: number): Budget {
    const bucket = this.fill(id, perMinute);
    bucket.units = Math.min(bucket.units, Math.max(0, bucket.units - units));
    return budgetOf(bucket.units, perMinute, undefined);
  }

  private fill(id: string, perMinute: number): Bucket {
    const nowMs = this.nowMs();
    const known = this.buckets.get(id);
    this.buckets.delete(id);
    const gone = known === undefined ? MINUTE_MS : Math.max(0, nowMs - known.atMs);
    const units = Math.min(perMinute, (known?.units ?? perMinute) + (gone * perMinute) / MINUTE_MS);
    const bucket = { units, atMs: nowMs };
    // The order of a Map is that of insertion: who asked last goes to the end.
    this.buckets.set(id, bucket);
    const [oldest] = this.buckets.keys();
    if (this.buckets.size > this.capacity && oldest !== undefined) this.buckets.delete(oldest);
    return bucket;
  }
}

/** @param needed what was refused; undefined: nothing was */
export const budgetOf = (units: number, perMinute: number, needed: number | undefined): Budget => {
  const secondsFor = (missing: number): number => Math.max(0, Math.ceil((missing * 60) / perMinute));
  return {
    isAllowed: needed === undefined,
    perMinute,
    remaining: Math.max(0, Math.floor(units)),
    retryAfterSeconds: needed === undefined ? 0 : Math.max(1, secondsFor(needed - units)),
    resetSeconds: secondsFor(perMinute - units),
  };
};
