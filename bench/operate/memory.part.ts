import { requireProfile } from '../ingest/profiles.ts';
import { requireEqualContents, requireUses, storedContents } from '../ingest/stored-rows.ts';
import type { Sample } from './indexer.process.ts';
import type { Figure } from './results.ts';
import { one, type PartOptions, percentile, totalsOf, withSetting } from './setting.ts';

const EVENTS = 1_000_000;
const AIM_MEGABYTES = 300;
const AHEAD = 1_200;
/** The first so many events do not count for the slope. */
const WARM_UP_SHARE = 0.2;

/** Node takes what it is given: 300 MB are kept to where the heap is told so. */
const CASES = [
  { name: 'heap of 176 MB', flags: ['--max-old-space-size=176', '--max-semi-space-size=4'], isAim: true },
  { name: 'heap as Node sets it', flags: [], isAim: false },
] as const;

const dense = requireProfile('dense');

export const measureMemory = async (options: PartOptions) => {
  const blocks = Math.round((EVENTS / dense.eventsPerBlock) * options.scale);
  const figures: Figure[] = [];
  for (const each of CASES) figures.push(...(await measureCase(options, blocks, each)));
  return {
    part: 'memory',
    title: 'Memory',
    about:
      `Back-fill of ${blocks.toLocaleString('en')} dense blocks, made while they are read; the memory of the indexing ` +
      'process each 250 ms, with a limited heap (`NODE_OPTIONS`) and without. Contents compared at the end. The slope is ' +
      'that of a line through the samples after the first fifth.',
    figures,
  };
};

const measureCase = async (
  options: PartOptions,
  total: number,
  { name, flags, isAim }: (typeof CASES)[number],
): Promise<Figure[]> => {
  const profile = { ...dense, blocks: total, mode: 'HEAD' as const };
  const plan = { profile, blocks: Math.min(AHEAD, total), lazy: { ahead: AHEAD, total } };
  const limited = { ...options, nodeFlags: [...options.nodeFlags, ...flags] };
  return await withSetting(limited, plan, async ({ feed, database, withIndexer }) => {
    return await withIndexer({ pollIntervalMs: 100 }, async (indexer) => {
      const { samples, peakRssBytes, commits } = await indexer.ask({
        type: 'until',
        blockNumber: total - 1,
      });
      const totals = await totalsOf(feed);
      requireEqualContents(totals.contents, await storedContents(database.sql));
      await requireUses(database.sql, totals.uses);
      const events = totals.sessionEvents;
      const seconds = ((commits.at(-1)?.atMs ?? 0) - (commits[0]?.atMs ?? 0)) / 1000;
      console.error(`  ${name}: ${seconds.toFixed(0)} s, peak ${(peakRssBytes / 1e6).toFixed(0)} MB`);
      return figuresOf(`${events.toLocaleString('en')} events, ${name}`, {
        samples,
        peakRssBytes,
        isAim,
        rate: events / seconds,
      });
    });
  });
};

interface Measured {
  readonly samples: readonly Sample[];
  readonly peakRssBytes: number;
  readonly isAim: boolean;
  /** Events a second. */
  readonly rate: number;
}

const figuresOf = (name: string, { samples, peakRssBytes, isAim, rate }: Measured): Figure[] => {
  const figure = (measure: string, value: number, unit = 'MB'): Figure => ({
    case: name,
    measure,
    unit,
    value: one(value),
  });
  const median = (of: (sample: Sample) => number): number => percentile(samples.map(of), 50) / 1e6;
  return [
    { ...figure('peak RSS', peakRssBytes / 1e6), ...(isAim && { aim: { most: AIM_MEGABYTES } }) },
    figure(
      'median RSS',
      median(({ rssBytes }) => rssBytes),
    ),
    figure('slope', slope(samples, dense.eventsPerBlock), 'MB per 100,000 events'),
    figure(
      'median heap in use',
      median(({ heapBytes }) => heapBytes),
    ),
    figure(
      'median outside the heap',
      median(({ externalBytes }) => externalBytes),
    ),
    figure('ingest', rate, 'events/s'),
  ];
};

const slope = (samples: readonly Sample[], eventsPerBlock: number): number => {
  const last = samples.at(-1)?.blocks ?? 0;
  const points = samples
    .filter(({ blocks }) => blocks >= last * WARM_UP_SHARE)
    .map(({ blocks, rssBytes }) => [(blocks * eventsPerBlock) / 100_000, rssBytes / 1e6] as const);
  const mean = (at: 0 | 1): number => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const above = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return above / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
};
