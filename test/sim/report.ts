import type { SeedResult } from './run/run-seed.ts';

const LEAST_FAULTS = 10;
/** Kinds that many seeds together must have injected. */
const LEAST_KINDS = 24;
const MANY_SEEDS = 50;

/** How often each kind of fault was injected. */
const countsOf = (results: readonly SeedResult[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const { injected } of results) {
    for (const { kind } of injected) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
};

/** A kill at each commit point is a kind of its own; for the count of kinds they are one. */
const kindsIn = (counts: ReadonlyMap<string, number>): number =>
  new Set([...counts.keys()].map((kind) => kind.replace(/killed .*/, 'killed'))).size;

const convergedIn = (results: readonly SeedResult[]): number =>
  results.filter(({ problems }) => problems.length === 0).length;

/** Whether the seeds showed what they are there to show. */
export const isEnough = (results: readonly SeedResult[]): boolean =>
  results.length > 0 &&
  convergedIn(results) === results.length &&
  results.every(({ injected }) => injected.length >= LEAST_FAULTS) &&
  (results.length < MANY_SEEDS || kindsIn(countsOf(results)) >= LEAST_KINDS);

/** What was injected and how often, and what came of it. */
export const summaryOf = (results: readonly SeedResult[]): readonly string[] => {
  const counts = countsOf(results);
  const sum = (value: (result: SeedResult) => number): number =>
    results.reduce((total, result) => total + value(result), 0);
  const least = (value: (result: SeedResult) => number): number => Math.min(...results.map(value));
  const times = results.map(({ durationMs }) => durationMs);
  const cpu = (isLate: boolean): string => {
    const of = results.filter(({ mode }) => (mode === 'LATE') === isLate).map(({ cpuMs }) => cpuMs);
    return `${of.length} seeds with ${Math.round(median(of))} ms`;
  };
  return [
    'faults:',
    ...[...counts]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([kind, count]) => `${String(count).padStart(7)}  ${kind}`),
    '',
    `${kindsIn(counts)} kinds of faults, kills taken as one; ${counts.size} with each place of a kill`,
    `${results.length} seeds, ${convergedIn(results)} converged, at least ${least(({ injected }) => injected.length)} faults, ` +
      `${least(({ blocks }) => blocks)} blocks and ${least(({ uses }) => uses)} uses a seed`,
    `${sum(({ processes }) => processes)} processes, ${sum(({ calls }) => calls)} calls of nodes, ` +
      `${Math.round(sum(({ virtualMs }) => virtualMs) / 60_000)} virtual minutes`,
    `time of a seed: median ${Math.round(median(times))} ms, longest ${Math.round(Math.max(...times))} ms`,
    `CPU beside Postgres, median: filling histories ${cpu(true)}, without ${cpu(false)}`,
  ];
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
