const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Pauses after the first, second... failed attempt: 71 h 42 min in all, the longest a day. */
export const RETRY_DELAYS_MS: readonly number[] = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  1 * HOUR_MS,
  2 * HOUR_MS,
  4 * HOUR_MS,
  8 * HOUR_MS,
  12 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];

/**
 * How long to wait after the attempt of this number (from 1), or nothing when it was the last. Up to a tenth shorter
 * by chance, so that what failed together does not come back together; a receiver's Retry-After can only lengthen it.
 */
export const retryDelayMs = (
  attempt: number,
  random: () => number,
  retryAfterMs?: number,
): number | undefined => {
  const scheduled = RETRY_DELAYS_MS[attempt - 1];
  if (scheduled === undefined) return undefined;
  const jittered = Math.round(scheduled * (1 - random() / 10));
  return Math.max(jittered, retryAfterMs ?? 0);
};

/**
 * Reads Retry-After as seconds or as an HTTP date, clamped to 0 ... 24 h. Anything else is as if it were absent.
 */
export const parseRetryAfterMs = (header: string | undefined, nowMs: number): number | undefined => {
  const text = header?.trim() ?? '';
  if (/^-?[0-9]+$/.test(text)) return clamp(Number(text) * SECOND_MS);
  // HTTP dates start with the name of a day; Date.parse alone would take many things for a date.
  const dateMs = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(dateMs) ? undefined : clamp(dateMs - nowMs);
};

const clamp = (delayMs: number): number => Math.min(Math.max(delayMs, 0), DAY_MS);
