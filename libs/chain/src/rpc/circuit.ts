import type { Random } from '../clock.ts';
import { backOffMs } from './back-off.ts';

const FAILURES_TO_OPEN = 3;
const OPEN_BASE_MS = 1_000;
const OPEN_CAP_MS = 60_000;

/** Keeps a failing provider out of the way. Half open is not a state: the network check after it is the probe. */
export interface Circuit {
  readonly failures: number;
  /** How often in a row it opened. */
  readonly openings: number;
  readonly openUntilMs: number;
}

export const CLOSED_CIRCUIT: Circuit = { failures: 0, openings: 0, openUntilMs: Number.NEGATIVE_INFINITY };

/** Failures of calls that were under way when it opened do not count again. */
export const circuitAfterFailure = (circuit: Circuit, nowMs: number, random: Random): Circuit => {
  if (nowMs < circuit.openUntilMs) return circuit;
  const failures = circuit.failures + 1;
  // Once open, one failure suffices until a call succeeds.
  if (failures < FAILURES_TO_OPEN && circuit.openings === 0) return { ...circuit, failures };
  const openForMs = backOffMs(circuit.openings, OPEN_BASE_MS, OPEN_CAP_MS, random);
  return { failures: 0, openings: circuit.openings + 1, openUntilMs: nowMs + openForMs };
};
