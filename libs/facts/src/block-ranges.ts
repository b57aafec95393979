/** Blocks read, both ends inclusive. `toBlock` null: up to the cursor, and moving with it. */
export interface BlockRange {
  readonly fromBlock: number;
  readonly toBlock: number | null;
}

const endOf = ({ toBlock }: BlockRange): number => toBlock ?? Number.POSITIVE_INFINITY;
const toRange = (fromBlock: number, end: number): BlockRange => ({
  fromBlock,
  toBlock: end === Number.POSITIVE_INFINITY ? null : end,
});

/** The fewest disjoint ranges that hold the same blocks, in order. Ranges that touch become one. */
export const mergeRanges = (ranges: readonly BlockRange[]): BlockRange[] => {
  const merged: BlockRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.fromBlock - b.fromBlock)) {
    const last = merged.at(-1);
    if (last !== undefined && range.fromBlock <= endOf(last) + 1) {
      merged[merged.length - 1] = toRange(last.fromBlock, Math.max(endOf(last), endOf(range)));
    } else {
      merged.push(range);
    }
  }
  return merged;
};

/** What of [fromBlock, toBlock] the ranges leave out, in order. */
export const missingRanges = (
  ranges: readonly BlockRange[],
  wanted: { readonly fromBlock: number; readonly toBlock: number },
): { readonly fromBlock: number; readonly toBlock: number }[] => {
  const missing = [];
  let next = wanted.fromBlock;
  for (const range of mergeRanges(ranges)) {
    if (range.fromBlock > wanted.toBlock) break;
    if (range.fromBlock > next) missing.push({ fromBlock: next, toBlock: range.fromBlock - 1 });
    next = Math.max(next, endOf(range) + 1);
  }
  if (next <= wanted.toBlock) missing.push({ fromBlock: next, toBlock: wanted.toBlock });
  return missing;
};
