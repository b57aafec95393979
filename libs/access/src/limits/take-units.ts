/** What a process asks for, for one who asks it. All in units of cost. */
export interface UnitRequest {
  /** Who asks, the same for every process. */
  readonly principal: string;
  /** What a minute allows. */
  readonly perMinute: number;
  /** Of the question that waits. */
  readonly cost: number;
  /** To have for the next ones too, where they are there. */
  readonly wanted: number;
  /** What the process has left of what it was given before; below zero: it owes. */
  readonly held: number;
}

export interface UnitGrant {
  /** 0: there are too few for the question. */
  readonly granted: number;
  /** What is left for any process; below zero: owed. */
  readonly remaining: number;
}

/** Where units come from. Rejects where nobody can say: nothing is given then. */
export type TakeUnits = (request: UnitRequest) => Promise<UnitGrant>;

/** Units that were there at a time. */
export interface UnitAccount {
  readonly units: number;
  readonly atMs: number;
}

const MINUTE_MS = 60_000;
/** Sums of fractions are not exact. */
const TOLERANCE = 0.000001;

/** What `take_units` of the database does, for one row. Undefined: nothing was taken yet. */
export const takeFrom = (
  account: UnitAccount | undefined,
  { perMinute, cost, wanted, held }: Omit<UnitRequest, 'principal'>,
  nowMs: number,
): { readonly account: UnitAccount; readonly grant: UnitGrant } => {
  const { units, atMs } = account ?? { units: perMinute, atMs: nowMs };
  const filled = units + (Math.max(0, nowMs - atMs) * perMinute) / MINUTE_MS;
  const there = Math.min(perMinute - Math.max(0, held), filled);
  const isEnough = there + held >= Math.min(cost, perMinute) - TOLERANCE;
  const granted = isEnough ? Math.max(cost - held, Math.min(there, wanted)) : 0;
  const remaining = there - granted;
  return { account: { units: remaining, atMs: nowMs }, grant: { granted, remaining } };
};
