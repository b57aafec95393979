import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays, parseLocalDay, printLocalDay } from './local-day.ts';
import { periodOf } from './period.ts';
import { timeZoneOf } from './time-zone.ts';

const ZONES = Intl.supportedValuesOf('timeZone');
const iso = (seconds: number): string => new Date(seconds * 1_000).toISOString();
const boundsOf = (from: string, to: string, timeZone: string, part?: 'DAY' | 'WEEK' | 'MONTH') =>
  periodOf({ from, to, timeZone }, part).boundsSeconds.map(iso);

describe('a period', () => {
  it('is of whole local days, 23 or 25 hours long where the clocks change', () => {
    expect(boundsOf('2026-03-29', '2026-03-31', 'Europe/Berlin', 'DAY')).toEqual([
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
      '2026-03-30T22:00:00.000Z',
    ]);
    expect(boundsOf('2026-10-25', '2026-10-26', 'Europe/Berlin')).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]);
  });

  it('begins a day at its first second where there is no midnight, or two', () => {
    // Cairo goes from 24:00 to 01:00, Havana from 01:00 back to 00:00.
    expect(boundsOf('2024-04-26', '2024-04-27', 'Africa/Cairo')[0]).toBe('2024-04-25T22:00:00.000Z');
    expect(boundsOf('2024-11-03', '2024-11-04', 'America/Havana')).toEqual([
      '2024-11-03T04:00:00.000Z',
      '2024-11-04T05:00:00.000Z',
    ]);
  });

  it('is divided at Mondays and at first days, cut off at its ends', () => {
    const weeks = periodOf({ from: '2026-11-04', to: '2026-11-17' }, 'WEEK');
    expect(weeks.parts).toEqual([
      { from: '2026-11-04', to: '2026-11-09' },
      { from: '2026-11-09', to: '2026-11-16' },
      { from: '2026-11-16', to: '2026-11-17' },
    ]);
    const months = periodOf({ from: '2025-12-31', to: '2026-03-01' }, 'MONTH');
    expect(months.parts.map(({ from }) => from)).toEqual(['2025-12-31', '2026-01-01', '2026-02-01']);
    expect(months.parts.at(-1)?.to).toBe('2026-03-01');
  });

  it.each([
    ['2026-02-30', '2026-03-02', 'UTC'],
    ['2026-2-3', '2026-03-02', 'UTC'],
    ['2026-01-01', '2026-01-01', 'UTC'],
    ['2026-01-02', '2026-01-01', 'UTC'],
    ['2024-01-01', '2026-01-01', 'UTC'],
    ['1969-12-30', '1970-01-05', 'UTC'],
    ['2026-01-01', '2026-01-02', 'EST'],
    ['2026-01-01', '2026-01-02', '+02:00'],
    ['2026-01-01', '2026-01-02', 'Europe/Nowhere'],
    ['2026-01-01', '2026-01-02', ''],
  ])('is refused from %s to %s in "%s"', (from, to, timeZone) => {
    expect(() => periodOf({ from, to, timeZone })).toThrow(
      expect.objectContaining({ code: 'PERIOD_INVALID' }),
    );
  });

  it('puts each second into the day that a calendar of the zone shows, in every zone', () => {
    const day = fc.date({ min: new Date('2021-11-01'), max: new Date('2037-12-01'), noInvalidDate: true });
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        day,
        fc.integer({ min: 0, max: 86_400 * 5 - 1 }),
        (zone, date, offset) => {
          const from = date.toISOString().slice(0, 10);
          const to = printLocalDay(addDays(parseLocalDay(from), 5));
          const { boundsSeconds, parts } = periodOf({ from, to, timeZone: zone }, 'DAY');
          const first = boundsSeconds[0] ?? 0;
          const seconds = first + offset;
          const place = boundsSeconds.findLastIndex((bound) => bound <= seconds);
          const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(seconds * 1_000);
          expect(parts[place]?.from ?? to).toBe(shown);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('begins days right around each change of the clocks in every zone', () => {
    const days = [
      '2024-03-09',
      '2024-03-30',
      '2024-04-05',
      '2024-04-25',
      '2024-09-06',
      '2024-10-05',
      '2024-11-02',
    ];
    for (const zone of ZONES) {
      const rules = timeZoneOf(zone);
      const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: zone });
      for (const start of days.map(parseLocalDay)) {
        for (const day of [start, addDays(start, 1), addDays(start, 2)]) {
          const seconds = rules.startOf(day);
          expect([zone, shown.format(seconds * 1_000)]).toEqual([zone, printLocalDay(day)]);
          expect(shown.format((seconds - 1) * 1_000) < printLocalDay(day)).toBe(true);
        }
      }
    }
  });
});
