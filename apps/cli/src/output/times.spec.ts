import { describe, expect, it } from '@jest/globals';
import { showDuration, showTime } from './times.ts';

describe('showTime', () => {
  it.each([
    [0n, '1970-01-01T00:00:00Z'],
    [1_700_000_000n, '2023-11-14T22:13:20Z'],
    [2n ** 64n - 1n, '18446744073709551615 (beyond the year 9999)'],
  ])('shows %p', (seconds, text) => expect(showTime(seconds)).toBe(text));
});

describe('showDuration', () => {
  it.each([
    [0, '0 s'],
    [59.4, '59 s'],
    [61, '1 min 1 s'],
    [3_600, '1 h'],
    [93_784, '1 d 2 h'],
    [-5, '0 s'],
  ])('shows %p seconds', (seconds, text) => expect(showDuration(seconds)).toBe(text));
});
