import { requireProfile } from '../ingest/profiles.ts';
import { requireEqualContents, requireUses, storedContents } from '../ingest/stored-rows.ts';
import type { Sample } from './indexer.process.ts';
import { one, type PartOptions, percentile, totalsOf, withSetting } from './setting.ts';

const EVENTS = 1_000_000;
const AIM_MEGABYTES = 300;
const AHEAD = 1_200;
/** The first so many events do not count for the slope. */
const WARM_UP_SHARE = 0.2;

export const measureMemory = async (options: PartOptions) => {
  const dense = requireProfile('dense');
  const total = Math.round((EVENTS / dense.eventsPerBlock) * options.scale);
  const profile = { ...dense, blocks: total, mode: 'HEAD' as const };
  const plan = { profile, blocks: Math.min(AHEAD, total), lazy: { ahead: AHEAD, total } };
  return await withSetting(options, plan, async ({ feed, database, withIndexer }) => {
    return await withIndexer({ pollIntervalMs: 100 }, async (indexer) => {
      const { samples, peakRssBytes, commits } = await indexer.ask({
        type: 'until',
        blockNumber: total - 1,
      });
      const totals = await totalsOf(feed);
      requireEqualContents(totals.contents, await storedContents(database.sql));
      await requireUses(database.sql, totals.uses);
      const rss = samples.map(({ rssBytes }) => rssBytes / 1e6);
      const name = `${totals.sessionEvents.toLocaleString('en')} events`;
      const seconds = ((commits.at(-1)?.atMs ?? 0) - (commits[0]?.atMs ?? 0)) / 1000;
      const heap = samples.map(({ heapBytes }) => heapBytes / 1e6);
      const external = samples.map(({ externalBytes }) => externalBytes / 1e6);
      const figure = (measure: string, value: number, unit = 'MB') => ({
        case: name,
        measure,
        unit,
        value: one(value),
      });
      return {
        part: 'memory',
        title: 'Memory',
        about:
          `Back-fill of ${total.toLocaleString('en')} dense blocks, made while they are read; the memory of the indexing ` +
          'process each 250 ms. Contents compared at the end. The slope is that of a line through the samples after the ' +
          'first fifth.',
        figures: [
          { ...figure('peak RSS', peakRssBytes / 1e6), aim: { most: AIM_MEGABYTES } },
          figure('median RSS', percentile(rss, 50)),
          figure('slope', slope(samples, dense.eventsPerBlock), 'MB per 100,000 events'),
          figure('median heap in use', percentile(heap, 50)),
          figure('median outside the heap', percentile(external, 50)),
          figure('it took', seconds, 's'),
        ],
      };
    });
  });
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
