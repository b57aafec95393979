import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays, parseLocalDay, printLocalDay } from './local-day.ts';
import { monthPlanOf } from './month-plan.ts';
import { periodOf } from './period.ts';

const ZONES = Intl.supportedValuesOf('timeZone');
const seconds = (text: string): number => Date.parse(text) / 1_000;
const boundsOf = (from: string, to: string, timeZone: string, part?: 'MONTH') =>
  periodOf({ from, to, timeZone }, part).boundsSeconds;
const LATER = seconds('2030-01-01T00:00:00Z');

/** As a person would write it: months, and edges with their sign. */
const planOf = (bounds: readonly number[], now = LATER) => {
  const plan = monthPlanOf(bounds, now);
  return (
    plan && {
      months: plan.months.map(({ part, month }) => `${part}: ${month}`),
      edges: plan.edges.map(
        ({ part, sign, fromSeconds, toSeconds }) =>
          `${part}: ${sign > 0 ? '+' : '-'} ${[fromSeconds, toSeconds].map((at) => new Date(at * 1_000).toISOString().slice(5, 16)).join(' ')}`,
      ),
    }
  );
};

describe('a plan of months', () => {
  it('is the months alone where the zone is that of the months', () => {
    expect(planOf(boundsOf('2026-10-01', '2026-12-01', 'UTC'))).toEqual({
      months: ['1: 2026-10-01', '1: 2026-11-01'],
      edges: [],
    });
  });

  it('adds the hour before the month that is local already, and takes off the last one that is not', () => {
    expect(planOf(boundsOf('2026-11-01', '2026-12-01', 'Europe/Berlin'))).toEqual({
      months: ['1: 2026-11-01'],
      edges: ['1: + 10-31T23:00 11-01T00:00', '1: - 11-30T23:00 12-01T00:00'],
    });
    expect(planOf(boundsOf('2026-11-01', '2026-12-01', 'America/New_York'))?.edges).toEqual([
      '1: - 11-01T00:00 11-01T04:00',
      '1: + 12-01T00:00 12-01T05:00',
    ]);
  });

  it('gives each local month its own months and edges', () => {
    expect(planOf(boundsOf('2026-10-01', '2026-12-01', 'Europe/Berlin', 'MONTH'))).toEqual({
      months: ['1: 2026-10-01', '2: 2026-11-01'],
      edges: [
        '1: + 09-30T22:00 10-01T00:00',
        '1: - 10-31T23:00 11-01T00:00',
        '2: + 10-31T23:00 11-01T00:00',
        '2: - 11-30T23:00 12-01T00:00',
      ],
    });
  });

  it('takes the whole month for one that has only begun: of what is to come there are no rows', () => {
    const soFar = boundsOf('2026-11-01', '2026-11-21', 'UTC');
    const now = seconds('2026-11-20T12:00:00Z');
    expect(planOf(soFar, now)).toEqual({
      months: ['1: 2026-11-01'],
      edges: ['1: - 11-21T00:00 12-01T00:00'],
    });
    expect(planOf(boundsOf('2026-11-01', '2026-11-12', 'UTC'))).toBeUndefined();
  });

  it.each([
    ['a week', '2026-11-09', '2026-11-16'],
    ['days around the first', '2026-10-29', '2026-11-03'],
    ['half a month', '2026-11-01', '2026-11-16'],
  ])('is none for %s', (_what, from, to) => {
    expect(planOf(boundsOf(from, to, 'Europe/Berlin'))).toBeUndefined();
  });

  it('counts each second of each part once and no other, whatever the zone, the period and the clock', () => {
    const day = fc.integer({ min: 0, max: 6_000 }).map((days) => addDays(parseLocalDay('2020-01-01'), days));
    const asked = fc.record({
      zone: fc.constantFrom(...ZONES),
      from: day,
      days: fc.integer({ min: 1, max: 400 }),
      byMonth: fc.boolean(),
      clock: fc.integer({ min: -100, max: 500 }),
      at: fc.array(fc.double({ min: -0.2, max: 1.2, noNaN: true }), { minLength: 5, maxLength: 20 }),
    });
    let planned = 0;
    fc.assert(
      fc.property(asked, ({ zone, from, days, byMonth, clock, at }) => {
        const to = addDays(from, days);
        const bounds = boundsOf(printLocalDay(from), printLocalDay(to), zone, byMonth ? 'MONTH' : undefined);
        const [first = 0, last = 0] = [bounds[0], bounds.at(-1)];
        const plan = monthPlanOf(bounds, first + clock * 86_400);
        if (plan === undefined) return;
        planned += 1;
        expect(new Set(plan.months.map(({ month }) => month)).size).toBe(plan.months.length);
        const pieces = [...plan.months.map((month) => ({ ...month, sign: 1 })), ...plan.edges];
        const ends = [...bounds, ...pieces.flatMap((piece) => [piece.fromSeconds, piece.toSeconds])];
        const times = at.map((share) => Math.floor(first + share * (last - first)));
        const wrong = [...times, ...ends, ...ends.map((end) => end - 1)].flatMap((time) =>
          bounds.slice(1).flatMap((to, index) => {
            const counted = pieces
              .filter(
                (piece) => piece.part === index + 1 && piece.fromSeconds <= time && time < piece.toSeconds,
              )
              .reduce((sum, { sign }) => sum + sign, 0);
            const isMeant = (bounds[index] ?? 0) <= time && time < to;
            return counted === (isMeant ? 1 : 0) ? [] : [[index + 1, time, counted]];
          }),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns: 500 },
    );
    expect(planned).toBeGreaterThan(150);
  });
});
