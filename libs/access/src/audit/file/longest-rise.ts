/**
 * The places of a longest part of a list that rises, in order: what is left out of it are the fewest items that must be
 * moved to put the list in order. Takes n log n steps.
 */
export const longestRise = (values: readonly number[]): readonly number[] => {
  const ends: number[] = [];
  const before: number[] = [];
  values.forEach((value, at) => {
    const length = firstNotBelow(ends, values, value);
    before.push(length === 0 ? -1 : (ends[length - 1] ?? -1));
    ends[length] = at;
  });
  const rise: number[] = [];
  for (let at = ends.at(-1) ?? -1; at >= 0; at = before[at] ?? -1) rise.push(at);
  return rise.reverse();
};

const firstNotBelow = (ends: readonly number[], values: readonly number[], value: number): number => {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[ends[middle] ?? 0] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
};
