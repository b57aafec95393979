import { describe, expect, it } from '@jest/globals';
import { pedersen as reference } from '@scure/starknet';
import fc from 'fast-check';
import { PRIME } from './felt.ts';
import { pedersen } from './pedersen.ts';

const expected = (a: bigint, b: bigint): bigint => BigInt(reference(a, b));

describe('pedersen', () => {
  // https://github.com/starkware-libs/starkex-resources: signature_test_data.json
  it('agrees with the published vector', () => {
    const a = 0x3d937c035c878245caf64531a5756109c53068da139362728feb561405371cbn;
    const b = 0x208a0a10250e382e1e4bbe2880906c2791bf6275695e02fbbc6aeff9cd8b31an;
    expect(pedersen(a, b)).toBe(0x30e480bed5fe53fa909cc0f8c4d99b8f9f2c016be4c41e13a4848797979c662n);
  });

  it('agrees with the sum by bits where bytes and the high bits begin and end', () => {
    const edges = [0n, 1n, 255n, 256n, 2n ** 248n - 1n, 2n ** 248n, 2n ** 251n, PRIME - 1n];
    for (const a of edges) {
      for (const b of edges) expect(pedersen(a, b)).toBe(expected(a, b));
    }
  });

  it('agrees with the sum by bits for any two felts', () => {
    const felt = fc.bigInt({ min: 0n, max: PRIME - 1n });
    fc.assert(
      fc.property(felt, felt, (a, b) => pedersen(a, b) === expected(a, b)),
      { numRuns: 100 },
    );
  });

  it('agrees whatever was hashed before: the same inputs with others, and again when they are forgotten', () => {
    const [key, token, name] = [2n ** 240n + 77n, 3n ** 150n, 5n ** 100n];
    const pairs = [
      [name, key],
      [token, key],
      [key, key],
      [key, token],
      [0n, key],
      [key, 0n],
      [0n, 0n],
    ] as const;
    const again = () => pairs.map(([a, b]) => pedersen(a, b));
    const first = again();
    expect(first).toEqual(pairs.map(([a, b]) => expected(a, b)));
    for (let other = 1n; other <= 600n; other += 1n) pedersen(other, other + 1n);
    expect(again()).toEqual(first);
    expect(pedersen(600n, 601n)).toBe(expected(600n, 601n));
  });

  it('refuses what is not in the field', () => {
    expect(() => pedersen(PRIME, 0n)).toThrow(RangeError);
    expect(() => pedersen(0n, -1n)).toThrow(RangeError);
  });
});
