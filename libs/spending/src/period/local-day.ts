import { PurserError } from '#libs/api';

/** A day of the calendar, without a zone: days since 1970-01-01. */
export type LocalDay = number & { readonly __brand: 'LocalDay' };

const MS_A_DAY = 86_400_000;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

export const toLocalDay = (year: number, month: number, day: number): LocalDay =>
  (Date.UTC(year, month - 1, day) / MS_A_DAY) as LocalDay;

/** @throws PurserError PERIOD_INVALID for what is no day of the calendar, 2026-02-30 too. */
export const parseLocalDay = (text: string): LocalDay => {
  const [, year = 0, month = 0, day = 0] = (DATE.exec(text) ?? []).map(Number);
  const parsed = toLocalDay(year, month, day);
  if (!DATE.test(text) || printLocalDay(parsed) !== text) {
    throw new PurserError('PERIOD_INVALID', 'A date is a day of the calendar, written as 2026-11-01.');
  }
  return parsed;
};

/** As ISO 8601 writes it. */
export const printLocalDay = (day: LocalDay): string => {
  const date = new Date(day * MS_A_DAY);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 10);
};

export const addDays = (day: LocalDay, days: number): LocalDay => (day + days) as LocalDay;

/** The first day of the next week (weeks begin on Monday) or month. */
export const nextStart = (day: LocalDay, part: 'DAY' | 'WEEK' | 'MONTH'): LocalDay => {
  switch (part) {
    case 'DAY':
      return addDays(day, 1);
    case 'WEEK':
      // 1970-01-01 was a Thursday: day 4 was the first Monday.
      return addDays(day, 7 - ((((day - 4) % 7) + 7) % 7));
    case 'MONTH': {
      const date = new Date(day * MS_A_DAY);
      return toLocalDay(date.getUTCFullYear(), date.getUTCMonth() + 2, 1);
    }
  }
};
