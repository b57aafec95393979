import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type BlockRange, mergeRanges, missingRanges } from './block-ranges.ts';

const range = fc.tuple(fc.nat(60), fc.nat(20), fc.boolean()).map(
  ([fromBlock, length, open]): BlockRange => ({
    fromBlock,
    toBlock: open && length > 15 ? null : fromBlock + length,
  }),
);
const ranges = fc.array(range, { maxLength: 8 });
const holds = (list: readonly BlockRange[], block: number): boolean =>
  list.some(({ fromBlock, toBlock }) => fromBlock <= block && (toBlock === null || block <= toBlock));
const blocks = Array.from({ length: 100 }, (_, block) => block);

describe('block ranges', () => {
  it('merge into disjoint ranges that never touch and hold the same blocks', () => {
    fc.assert(
      fc.property(ranges, (list) => {
        const merged = mergeRanges(list);
        for (const block of blocks) expect(holds(merged, block)).toBe(holds(list, block));
        for (const [index, { fromBlock }] of merged.entries()) {
          const before = merged[index - 1];
          if (before !== undefined)
            expect(fromBlock).toBeGreaterThan((before.toBlock ?? Number.POSITIVE_INFINITY) + 1);
        }
      }),
    );
  });

  it('say what is missing, block by block', () => {
    fc.assert(
      fc.property(ranges, fc.nat(80), fc.nat(19), (list, fromBlock, length) => {
        const wanted = { fromBlock, toBlock: fromBlock + length };
        const missing = missingRanges(list, wanted);
        for (const block of blocks) {
          const isWanted = block >= wanted.fromBlock && block <= wanted.toBlock;
          expect(holds(missing, block)).toBe(isWanted && !holds(list, block));
        }
      }),
    );
  });

  it('become one where they meet', () => {
    expect(
      mergeRanges([
        { fromBlock: 10, toBlock: null },
        { fromBlock: 0, toBlock: 9 },
      ]),
    ).toEqual([{ fromBlock: 0, toBlock: null }]);
  });
});
