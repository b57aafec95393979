import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { longestRise } from './longest-rise.ts';

describe('the longest rise of a list', () => {
  it('is all of a list in order, and leaves out the one item that was moved', () => {
    expect(longestRise([])).toEqual([]);
    expect(longestRise([1, 2, 3])).toEqual([0, 1, 2]);
    expect(longestRise([1, 5, 2, 3, 4, 6])).toEqual([0, 2, 3, 4, 5]);
    expect(longestRise([2, 3, 4, 1, 5])).toEqual([0, 1, 2, 4]);
  });

  it('rises, and is as long as any that does', () => {
    const lists = fc.uniqueArray(fc.integer({ min: 0, max: 20 }), { maxLength: 9 });
    fc.assert(
      fc.property(lists, (values) => {
        const rise = longestRise(values);
        const risen = rise.map((at) => values[at] ?? 0);
        expect(risen).toEqual(risen.toSorted((one, other) => one - other));
        expect(rise).toEqual(rise.toSorted((one, other) => one - other));
        expect(rise).toHaveLength(longestByTrying(values));
      }),
    );
  });
});

const longestByTrying = (values: readonly number[], above = Number.NEGATIVE_INFINITY): number => {
  const [first, ...rest] = values;
  if (first === undefined) return 0;
  const without = longestByTrying(rest, above);
  return first > above ? Math.max(without, 1 + longestByTrying(rest, first)) : without;
};
