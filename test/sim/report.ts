/** How often each kind of fault was injected. */
export const countsOf = (injected: readonly { readonly kind: string }[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const { kind } of injected) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
};

export const printCounts = (counts: ReadonlyMap<string, number>): readonly string[] => [
  `${counts.size} kinds of faults:`,
  ...[...counts]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([kind, count]) => `${String(count).padStart(7)}  ${kind}`),
];

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
