import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseRetryAfterMs, RETRY_DELAYS_MS, retryDelayMs } from './retry-schedule.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.parse('2026-11-21T10:00:00Z');

describe('retryDelayMs', () => {
  it('goes on for up to three days, and for more than two even with the shortest pauses', () => {
    const totalMs = (random: number): number =>
      RETRY_DELAYS_MS.reduce((sum, _, index) => sum + (retryDelayMs(index + 1, () => random) ?? 0), 0);
    expect(totalMs(0)).toBeLessThanOrEqual(3 * DAY_MS);
    expect(totalMs(0.999)).toBeGreaterThan(2 * DAY_MS);
  });

  it('never waits less than the attempt before did, nor more than a day', () => {
    const delays = RETRY_DELAYS_MS.map((_, index) => retryDelayMs(index + 1, () => 0.5) ?? 0);
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    expect(Math.max(...delays)).toBeLessThanOrEqual(DAY_MS);
  });

  it('gives up after the last attempt', () => {
    expect(retryDelayMs(RETRY_DELAYS_MS.length + 1, () => 0)).toBeUndefined();
  });

  it('lets Retry-After lengthen a pause, never shorten it', () => {
    expect(retryDelayMs(1, () => 0, 60_000)).toBe(60_000);
    expect(retryDelayMs(6, () => 0, 1_000)).toBe(3_600_000);
  });
});

describe('parseRetryAfterMs', () => {
  it.each([
    ['120', 120_000],
    [' 120 ', 120_000],
    ['0', 0],
    ['-5', 0],
    ['315360000', DAY_MS],
    ['9'.repeat(400), DAY_MS],
    ['Sat, 21 Nov 2026 10:05:00 GMT', 300_000],
    ['Sat, 21 Nov 2026 09:00:00 GMT', 0],
    ['Fri, 21 Nov 2036 10:00:00 GMT', DAY_MS],
  ])('reads %p', (header, expected) => expect(parseRetryAfterMs(header, NOW_MS)).toBe(expected));

  it.each([undefined, '', 'soon', '1.5', '0x10', '1e3', '2026'])(
    'ignores %p or reads a plain number',
    (header) => {
      expect(parseRetryAfterMs(header, NOW_MS)).toBe(header === '2026' ? 2_026_000 : undefined);
    },
  );

  it('stays between now and a day whatever a receiver sends', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const delayMs = parseRetryAfterMs(header, NOW_MS) ?? 0;
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect(delayMs).toBeLessThanOrEqual(DAY_MS);
      }),
    );
  });
});
