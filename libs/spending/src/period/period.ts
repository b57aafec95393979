import { PurserError } from '#libs/api';
import { type LocalDay, nextStart, parseLocalDay, printLocalDay } from './local-day.ts';
import { timeZoneOf } from './time-zone.ts';

export type PeriodPart = 'DAY' | 'WEEK' | 'MONTH';

/** Whole local days; `to` is the first that is not meant any more. */
export interface AskedPeriod {
  readonly from: string;
  readonly to: string;
  /** Left out: UTC, so that an organisation's own has to be asked for before: `PeriodReader`. */
  readonly timeZone?: string | null | undefined;
}

/** A part of the range: a day, week or month, cut off where the range begins or ends. */
interface PartOfPeriod {
  readonly from: string;
  readonly to: string;
}

export interface Period {
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  /** In order, without gaps. One, where the range is not divided. */
  readonly parts: readonly PartOfPeriod[];
  /** Where each part begins, in chain seconds, and where the last one ends: one more than parts. */
  readonly boundsSeconds: readonly number[];
}

/** A year and a month: the same month of last year beside this one. */
const MOST_DAYS = 400;
const FIRST_YEAR = parseLocalDay('1970-01-02');
const LAST_YEAR = parseLocalDay('9999-01-01');

/** @throws PurserError PERIOD_INVALID: no days, no zone, a range that is empty, too long, or not of this world */
export const periodOf = (asked: AskedPeriod, part?: PeriodPart): Period => {
  const [from, to] = [parseLocalDay(asked.from), parseLocalDay(asked.to)];
  if (to <= from) throw invalid('The period ends before it begins: `to` is the day after the last one.');
  if (to - from > MOST_DAYS) throw invalid(`The period is longer than ${MOST_DAYS} days.`);
  if (from < FIRST_YEAR || to > LAST_YEAR) throw invalid('The period is before 1970 or after 9998.');
  const zone = timeZoneOf(asked.timeZone ?? 'UTC');
  const starts = startsOf(from, to, part);
  return {
    from: printLocalDay(from),
    to: printLocalDay(to),
    timeZone: zone.name,
    parts: starts.map((start, at) => ({
      from: printLocalDay(start),
      to: printLocalDay(starts[at + 1] ?? to),
    })),
    boundsSeconds: [...starts, to].map((day) => zone.startOf(day)),
  };
};

const startsOf = (from: LocalDay, to: LocalDay, part: PeriodPart | undefined): readonly LocalDay[] => {
  const starts = [from];
  if (part === undefined) return starts;
  for (let day = nextStart(from, part); day < to; day = nextStart(day, part)) starts.push(day);
  return starts;
};

const invalid = (message: string): PurserError => new PurserError('PERIOD_INVALID', message);
