import { describe, expect, it } from '@jest/globals';
import { periodOf } from './period-options.ts';

const NOW = new Date('2026-12-31T23:30:00Z');

describe('the period of a command', () => {
  it.each([
    ['this month', {}, { from: '2026-12-01', to: '2027-01-01' }],
    ['a month', { month: '2028-02' }, { from: '2028-02-01', to: '2028-03-01' }],
    ['days', { from: '2026-11-03', to: '2026-11-09' }, { from: '2026-11-03', to: '2026-11-09' }],
    [
      'a month of a zone',
      { month: '2026-10', zone: 'Europe/Berlin' },
      { from: '2026-10-01', to: '2026-11-01', timeZone: 'Europe/Berlin' },
    ],
    [
      'a month of UTC, whatever the organisation says',
      { month: '2026-10', zone: 'UTC' },
      { from: '2026-10-01', to: '2026-11-01', timeZone: 'UTC' },
    ],
  ])('is %s', (_, options, period) => {
    expect(periodOf(options, NOW)).toEqual(period);
  });

  it.each([
    ['no month', { month: '2026-13' }],
    ['a month and days', { month: '2026-11', from: '2026-11-01', to: '2026-11-02' }],
    ['a first day alone', { from: '2026-11-01' }],
    ['a last day alone', { to: '2026-11-01' }],
  ])('is refused: %s', (_, options) => {
    expect(() => periodOf(options, NOW)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
  });
});
