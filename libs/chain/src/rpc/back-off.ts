import type { Random } from '../clock.ts';

/** Exponential with equal jitter: half of the step is fixed, half is random. */
export const backOffMs = (attempt: number, baseMs: number, capMs: number, random: Random): number => {
  const step = Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30));
  return step / 2 + (step / 2) * random();
};

/**
 * Milliseconds of a Retry-After header: seconds or an HTTP date. Nothing when absent, negative or unreadable.
 * Dates are measured against the wall clock given.
 */
export const retryAfterMs = (header: string | undefined, wallClockMs: number): number | undefined => {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^[0-9]{1,12}$/.test(text)) return Math.min(Number(text) * 1000, RETRY_AFTER_CAP_MS);
  const date = Date.parse(text);
  if (!/[a-z]/i.test(text) || Number.isNaN(date) || date < wallClockMs) return undefined;
  return Math.min(date - wallClockMs, RETRY_AFTER_CAP_MS);
};

/** A provider that asks for ten years is asked again after this. */
export const RETRY_AFTER_CAP_MS = 15 * 60_000;
