import { findTimeZone, PurserError } from '#libs/api';
import { type LocalDay, toLocalDay } from './local-day.ts';

/** A zone of the IANA database, under the name that its rules are found by. */
export interface TimeZone {
  readonly name: string;
  /** The day of the calendar there. */
  dayAt(seconds: number): LocalDay;
  /** The first second that belongs to the day. A day that a zone left out begins where the next one does. */
  startOf(day: LocalDay): number;
}

const KEPT_ZONES = 200;
const kept = new Map<string, TimeZone>();

/** @throws PurserError PERIOD_INVALID for a name that is not in the IANA database. */
export const timeZoneOf = (name: string): TimeZone => {
  const found = kept.get(name);
  if (found !== undefined) return found;
  const zone = zoneOver(formatterOf(name));
  if (kept.size >= KEPT_ZONES) kept.clear();
  kept.set(name, zone);
  return zone;
};

const formatterOf = (name: string): Intl.DateTimeFormat => {
  const timeZone = findTimeZone(name);
  if (timeZone === undefined)
    throw new PurserError(
      'PERIOD_INVALID',
      'A time zone is a name of the IANA database, such as Europe/Berlin.',
    );
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
};

const SECONDS_A_DAY = 86_400;
/** No zone was ever further from UTC. */
const FURTHEST_SECONDS = 16 * 3_600;

const zoneOver = (formatter: Intl.DateTimeFormat): TimeZone => {
  const wallAt = (seconds: number): number => {
    const parts: Record<string, number> = {};
    for (const { type, value } of formatter.formatToParts(seconds * 1_000)) parts[type] = Number(value);
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) / 1_000;
  };
  const dayAt = (seconds: number): LocalDay => {
    const date = new Date(wallAt(seconds) * 1_000);
    return toLocalDay(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
  };
  const startOf = (day: LocalDay): number => {
    const midnight = day * SECONDS_A_DAY;
    const guess = midnight - (wallAt(midnight) - midnight);
    if (wallAt(guess) === midnight && dayAt(guess - 1) < day) return guess;
    return firstWhere(
      midnight - FURTHEST_SECONDS,
      midnight + FURTHEST_SECONDS + SECONDS_A_DAY,
      (seconds) => dayAt(seconds) >= day,
    );
  };
  return { name: formatter.resolvedOptions().timeZone, dayAt, startOf };
};

/** The least second of the range from which on it holds. It must hold at the end. */
const firstWhere = (from: number, to: number, holds: (seconds: number) => boolean): number => {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
};
