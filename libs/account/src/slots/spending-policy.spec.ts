import { describe, expect, it } from '@jest/globals';
import { toFelt, U128_MAX, U256_MAX, U64_MAX } from '#libs/felt';
import fc from 'fast-check';
import { anyU256, anyU64, codeOf } from '../../spec/account.builder.ts';
import {
  NO_POLICY,
  spendingPolicyFromFelts,
  spendingPolicyToFelts,
  spendingTermsToFelts,
} from './spending-policy.ts';

const felts = (...values: bigint[]) => values.map(toFelt);

describe('spending policy', () => {
  it('reads back every policy it writes', () => {
    const anyPolicy = fc.record({
      maxPerCall: anyU256,
      maxPerWindow: anyU256,
      windowSeconds: anyU64,
      spentInWindow: anyU256,
      windowStartSeconds: anyU64,
    });
    fc.assert(
      fc.property(anyPolicy, (policy) =>
        expect(spendingPolicyFromFelts(spendingPolicyToFelts(policy))).toEqual(policy),
      ),
    );
  });

  it('reads the eight slots in order, low halves first', () => {
    const policy = spendingPolicyFromFelts(felts(1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n));
    expect(policy).toEqual({
      maxPerCall: 1n + 2n * 2n ** 128n,
      maxPerWindow: 3n + 4n * 2n ** 128n,
      windowSeconds: 5n,
      spentInWindow: 6n + 7n * 2n ** 128n,
      windowStartSeconds: 8n,
    });
    expect(spendingTermsToFelts(policy)).toEqual([1n, 2n, 3n, 4n, 5n]);
  });

  it('reads eight zeros as no policy', () =>
    expect(spendingPolicyFromFelts(felts(...Array.from({ length: 8 }, () => 0n)))).toEqual(NO_POLICY));

  it.each([
    ['seven felts', [1n, 0n, 1n, 0n, 1n, 0n, 0n]],
    ['nine felts', [1n, 0n, 1n, 0n, 1n, 0n, 0n, 1n, 0n]],
    ['a half beyond u128', [U128_MAX + 1n, 0n, 1n, 0n, 1n, 0n, 0n, 1n]],
    ['a window beyond u64', [1n, 0n, 1n, 0n, U64_MAX + 1n, 0n, 0n, 1n]],
    ['a start beyond u64', [1n, 0n, 1n, 0n, 1n, 0n, 0n, U64_MAX + 1n]],
  ])('refuses %s', (_, words) => {
    expect(codeOf(() => spendingPolicyFromFelts(felts(...words)))).toBe('INVALID_SPENDING_POLICY');
  });

  it('refuses to write what does not fit', () => {
    expect(codeOf(() => spendingPolicyToFelts({ ...NO_POLICY, maxPerCall: U256_MAX + 1n }))).toBe(
      'INVALID_SPENDING_POLICY',
    );
    expect(codeOf(() => spendingPolicyToFelts({ ...NO_POLICY, windowSeconds: -1n }))).toBe(
      'INVALID_SPENDING_POLICY',
    );
  });
});
