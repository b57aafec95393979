import { setTimeout as delay } from 'node:timers/promises';
import type { BenchDatabase } from '../ingest/bench-database.ts';
import type { Profile } from '../ingest/profiles.ts';
import { storedAccountLines } from './account-lines.ts';
import type { Sample } from './indexer.process.ts';
import type { Figure } from './results.ts';
import { one, type OperateFeed, type PartOptions, percentile, withSetting } from './setting.ts';

const ACCOUNTS_A_BLOCK = 50;
const CALLS_PER_SECOND = 100;
const NEW_BLOCK_MS = 2_000;
const AIM_SECONDS = 300;
const AIM_LEFT_PERCENT = 20;
/** The first and the last of the way say little about the time left. */
const [LEFT_FROM, LEFT_TO] = [0.1, 0.9];

const CASES = [
  { name: 'node with proofs', accounts: 10_000, hasProofs: true },
  { name: 'node without proofs', accounts: 1_000, hasProofs: false },
] as const;

const profileOf = (accounts: number): Profile => ({
  name: 'operate-accounts',
  summary: 'accounts with one key, its policy and a list of two entry points each',
  blocks: accounts / ACCOUNTS_A_BLOCK,
  eventsPerBlock: ACCOUNTS_A_BLOCK * 2,
  accounts,
  keysPerAccount: 1,
  onlyFirstGrants: true,
  firstPolicies: true,
  usesPerBlock: 0,
  noisePerBlock: 0,
  mode: 'HEAD',
  seed: 20_261_122,
});

export const measureAccounts = async (options: PartOptions) => {
  const figures: Figure[] = [];
  for (const each of CASES) figures.push(...(await measureCase(options, each)));
  return {
    part: 'accounts',
    title: 'Accounts that are met late',
    about:
      `Accounts on the watch list, each with a key, its policy and a list granted long before, and a start at 'latest'; ` +
      `the node allows ${CALLS_PER_SECOND} calls a second and refuses more. A block comes each ${NEW_BLOCK_MS / 1000} s, ` +
      'with a use of one of the keys. From the start of the indexer until each account is followed; each key and policy ' +
      'was compared with what the generator wrote. The limit is the number of calls at the rate that the node allows. ' +
      'The time left is that of `status`, asked four times a second between 10 and 90 % of the way.',
    figures,
  };
};

const measureCase = async (options: PartOptions, each: (typeof CASES)[number]): Promise<Figure[]> => {
  const accounts = Math.max(ACCOUNTS_A_BLOCK, Math.round(each.accounts * options.scale));
  const profile = profileOf(accounts);
  const plan = {
    profile,
    blocks: profile.blocks,
    tail: { blocks: 50, changes: { eventsPerBlock: 0, usesPerBlock: 1, noisePerBlock: 3 } },
    accounts: { hasProofs: each.hasProofs },
    callsPerSecond: CALLS_PER_SECOND,
  };
  return await withSetting(options, plan, async ({ feed, made, database, withIndexer }) => {
    const settings = {
      wsUrl: made.wsUrl,
      pollIntervalMs: 2_000,
      callsPerSecond: CALLS_PER_SECOND,
      startBlock: 'latest' as const,
      watch: made.addresses,
    };
    return await withIndexer(settings, async (indexer) => {
      const startedMs = performance.now();
      await feed.ask({ type: 'keepPublishing', everyMs: NEW_BLOCK_MS });
      await untilFollowed(database, accounts);
      const seconds = (performance.now() - startedMs) / 1000;
      const { head, calls } = await feed.ask({ type: 'hold' });
      const { samples, peakRssBytes } = await indexer.ask({ type: 'until', blockNumber: head });
      await requireAccounts(feed, database);
      const { ['refused']: refused = 0, ...answered } = calls;
      const asked = Object.values(answered).reduce((sum, count) => sum + count, 0);
      console.error(`  ${each.name}: ${seconds.toFixed(1)} s, ${JSON.stringify(calls)}`);
      return figuresOf({
        name: `${accounts.toLocaleString('en')}, ${each.name}`,
        accounts,
        seconds,
        asked,
        refused,
        samples,
        peakRssBytes,
      });
    });
  });
};

const untilFollowed = async ({ sql }: BenchDatabase, accounts: number): Promise<void> => {
  for (;;) {
    const [row] = await sql<{ followed: number }[]>`
      select count(*)::integer as followed from accounts where status = 'FOLLOWED'`;
    if (row?.followed === accounts) return;
    await delay(200);
  }
};

const requireAccounts = async (feed: OperateFeed, { sql }: BenchDatabase): Promise<void> => {
  const { lines: expected } = await feed.ask({ type: 'expect' });
  const stored = await storedAccountLines(sql);
  const wrong = expected.filter((line, index) => line !== stored[index]);
  if (stored.length === expected.length && wrong.length === 0) return;
  throw new Error(
    `the index has ${stored.length} keys, the chain ${expected.length}; ${wrong.length} differ, the first of them:\n` +
      `${wrong[0] ?? ''}\n${stored.find((line) => line.startsWith((wrong[0] ?? '').slice(0, 140))) ?? ''}`,
  );
};

interface Outcome {
  readonly name: string;
  readonly accounts: number;
  readonly seconds: number;
  readonly asked: number;
  readonly refused: number;
  readonly samples: readonly Sample[];
  readonly peakRssBytes: number;
}

const figuresOf = ({ name, accounts, seconds, asked, refused, samples, peakRssBytes }: Outcome): Figure[] => [
  {
    case: name,
    measure: 'until all are there',
    unit: 's',
    value: one(seconds),
    ...(accounts >= 10_000 && { aim: { most: AIM_SECONDS } }),
    limit: { name: `${asked.toLocaleString('en')} calls at the rate`, value: asked / CALLS_PER_SECOND },
  },
  { case: name, measure: 'calls an account', unit: 'calls', value: one(asked / accounts) },
  { case: name, measure: 'calls refused by the node', unit: 'calls', value: one(refused) },
  {
    case: name,
    measure: 'time left wrong by at most',
    unit: '%',
    value: one(worstEstimate(samples)),
    aim: { most: AIM_LEFT_PERCENT },
  },
  { case: name, measure: 'peak RSS', unit: 'MB', value: one(peakRssBytes / 1e6) },
];

/** By how much of the time that it then took the time left was wrong, 95 of 100 times. */
const worstEstimate = (samples: readonly Sample[]): number => {
  const working = samples.filter(({ accounts }) => accounts !== undefined);
  const endMs = working.at(-1)?.atMs ?? Number.NaN;
  const errors = working.flatMap(({ atMs, accounts }) => {
    const { done, total, secondsLeft } = accounts!;
    const share = done / total;
    if (share < LEFT_FROM || share > LEFT_TO || secondsLeft === undefined) return [];
    const took = (endMs - atMs) / 1000;
    return [(Math.abs(secondsLeft - took) * 100) / took];
  });
  return percentile(errors, 95);
};
