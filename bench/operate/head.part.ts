import { Pool } from 'undici';
import type { BenchDatabase } from '../ingest/bench-database.ts';
import { requireProfile } from '../ingest/profiles.ts';
import { requireEqualContents, requireUses, storedContents } from '../ingest/stored-rows.ts';
import type { Figure } from './results.ts';
import { one, type OperateFeed, type PartOptions, percentile, totalsOf, withSetting } from './setting.ts';

const BLOCKS = 1_000;
const WARM_UP = 50;
const EVERY_MS = 100;
const ALREADY_THERE = 100;
/** As a service does where nothing is set. */
const POLL_MS = 2_000;
const AIM_MS = 150;

const CASES = [
  { name: 'hints, node at 0 ms', latencyMs: 0, hints: true, share: 1 },
  { name: 'hints, node at 20 ms', latencyMs: 20, hints: true, share: 1 },
  { name: 'polled each 2 s, node at 0 ms', latencyMs: 0, hints: false, share: 0.3 },
] as const;

export const measureHead = async (options: PartOptions) => {
  const figures: Figure[] = [];
  for (const each of CASES) figures.push(...(await measureCase(options, each)));
  return {
    part: 'head',
    title: 'Head block to commit',
    about:
      `A block of 5 session events each ${EVERY_MS} ms, ${BLOCKS.toLocaleString('en')} of them (${WARM_UP} before ` +
      'them do not count); from its publication to the return of the commit that moves the cursor to it. Contents ' +
      'compared at the end. Hints are `starknet_subscribeNewHeads`; without a WebSocket URL a service polls, by default ' +
      `each ${POLL_MS} ms, and most of the time is waiting for the next look. The limit is three answers one after ` +
      'the other and the commit of one row.',
    figures,
  };
};

const measureCase = async (options: PartOptions, each: (typeof CASES)[number]): Promise<Figure[]> => {
  const profile = { ...requireProfile('head'), name: 'operate-head' };
  const blocks = Math.round(BLOCKS * each.share * options.scale);
  const plan = { profile, blocks: ALREADY_THERE };
  return await withSetting(options, plan, async ({ feed, made, database, withIndexer }) => {
    await feed.ask({ type: 'latency', latencyMs: each.latencyMs });
    const settings = { ...(each.hints && { wsUrl: made.wsUrl }), pollIntervalMs: POLL_MS };
    const latencies = await withIndexer(settings, async (indexer) => {
      await indexer.ask({ type: 'until', blockNumber: made.head });
      const { published, head } = await feed.ask({
        type: 'publish',
        blocks: blocks + WARM_UP,
        everyMs: EVERY_MS,
      });
      const { commits, warnings } = await indexer.ask({ type: 'until', blockNumber: head });
      if (warnings.length > 0) throw new Error(`the indexer warned: ${warnings.join('; ')}`);
      return latenciesOf(published, commits, made.head + 1);
    });
    await requireContents(feed, database);
    const limit = await shortestWay(made.url, database, made.head);
    return figuresOf(each.name, latencies.slice(WARM_UP), limit, each.hints);
  });
};

const latenciesOf = (
  published: readonly number[],
  commits: readonly { readonly atMs: number; readonly head: number }[],
  first: number,
): number[] =>
  published.map((atMs, index) => {
    const commit = commits.find(({ head }) => head >= first + index);
    if (commit === undefined) throw new Error(`block ${first + index} was not committed`);
    return commit.atMs - atMs;
  });

const requireContents = async (feed: OperateFeed, { sql }: BenchDatabase): Promise<void> => {
  const totals = await totalsOf(feed);
  requireEqualContents(totals.contents, await storedContents(sql));
  await requireUses(sql, totals.uses);
};

const figuresOf = (name: string, latencies: readonly number[], limit: number, isAim: boolean): Figure[] => {
  const figure = (measure: string, value: number, more: Partial<Figure> = {}): Figure => ({
    case: name,
    measure,
    unit: 'ms',
    value: one(value),
    ...more,
  });
  return [
    figure('p50', percentile(latencies, 50), {
      limit: { name: 'three answers, one commit, p50', value: limit },
    }),
    figure('p99', percentile(latencies, 99), isAim ? { aim: { most: AIM_MS } } : {}),
    figure('most', Math.max(...latencies)),
  ];
};

/** What a block takes at least: head, block and state update, each after the other, and one small commit. */
const shortestWay = async (url: string, { sql }: BenchDatabase, blockNumber: number): Promise<number> => {
  const pool = new Pool(url, { connections: 1 });
  const ask = async (method: string, id: unknown): Promise<void> => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { block_id: id } });
    await (await pool.request({ path: '/', method: 'POST', body })).body.text();
  };
  await sql`create table limit_head (n integer)`;
  const times: number[] = [];
  for (let n = 0; n < 100; n += 1) {
    const startedMs = performance.now();
    await ask('starknet_getBlockWithTxHashes', 'latest');
    await ask('starknet_getBlockWithReceipts', { block_number: blockNumber });
    await ask('starknet_getStateUpdate', { block_number: blockNumber });
    await sql`insert into limit_head values (${n}::integer)`;
    times.push(performance.now() - startedMs);
  }
  await sql`drop table limit_head`;
  await pool.close();
  return percentile(times, 50);
};
