import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { scaled } from './scaled.ts';

describe('an amount in whole tokens', () => {
  it.each([
    [1_500_000n, 6, '1.5'],
    [1n, 18, '0.000000000000000001'],
    [-25n, 1, '-2.5'],
    [0n, 18, '0'],
    [7n, 0, '7'],
    [100n, 2, '1'],
  ])('is %s with %s decimals: %s', (raw, decimals, text) => {
    expect(scaled(raw, decimals)).toBe(text);
  });

  it('is nothing where the token does not say its decimals', () => {
    expect(scaled(5n, null)).toBeNull();
  });

  it('loses nothing', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 260n), max: 2n ** 260n }),
        fc.integer({ min: 0, max: 255 }),
        (raw, decimals) => {
          const [whole = '', fraction = ''] = scaled(raw, decimals)?.split('.') ?? [];
          expect(BigInt(whole + fraction.padEnd(decimals, '0'))).toBe(raw);
        },
      ),
    );
  });
});
