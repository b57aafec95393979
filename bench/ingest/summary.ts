import type { Environment } from './environment.ts';
import type { Feed } from './feed.ts';
import type { Limits, Run } from './measure-case.ts';
import type { Profile } from './profiles.ts';
import { type Spread, spreadOf } from './statistics.ts';

interface CaseInput {
  readonly profile: Profile;
  readonly latencyMs: number;
  readonly environment: CaseEnvironment;
  readonly feed: Pick<Feed, 'totals' | 'answerBytes'>;
  readonly runs: readonly Run[];
  readonly limits: Limits;
}

interface CaseEnvironment extends Environment {
  readonly postgres: string;
  readonly settings: Readonly<Record<string, string>>;
  /** The core that a process was kept on. */
  readonly pinned: { readonly indexer: number | undefined; readonly feed: number | undefined };
}

/** What one thing alone could do with the same chain, and how near the indexer comes to it. */
interface Limit {
  readonly name: string;
  readonly eventsPerSecond: number;
  /** Result divided by limit. */
  readonly ratio: number;
}

export interface MeasuredCase {
  /** `small@0ms`. */
  readonly name: string;
  readonly profile: Profile;
  readonly latencyMs: number;
  readonly environment: CaseEnvironment;
  readonly chain: CaseInput['feed']['totals'];
  readonly seconds: Spread;
  readonly eventsPerSecond: Spread;
  readonly blocksPerSecond: Spread;
  readonly factsPerSecond: Spread;
  readonly freshKeysPerSecond: Spread;
  readonly cpuSeconds: Spread;
  readonly databaseCpuSeconds: Spread;
  readonly feedCpuSeconds: Spread;
  readonly foreignCores?: Spread;
  readonly peakRssBytes: Spread;
  readonly walBytes: Spread;
  readonly databaseBytes: Spread;
  readonly answerBytes: Spread;
  readonly rpcCalls: Readonly<Record<string, number>>;
  readonly commits: Spread;
  readonly largestCommitBlocks: number;
  readonly limits: readonly Limit[];
  readonly feedRate: Pick<Limits, 'feedSmall' | 'feedBlocks'>;
  readonly pedersenPerSecond: number;
  readonly runs: readonly Run[];
}

export const summarise = (input: CaseInput): MeasuredCase => {
  const { profile, latencyMs, environment, feed, runs, limits } = input;
  const { totals } = feed;
  const rate = (count: number): Spread => spreadOf(runs.map(({ seconds }) => count / seconds));
  const of = (pick: (run: Run) => number): Spread => spreadOf(runs.map(pick));
  const eventsPerSecond = rate(totals.sessionEvents);
  return {
    name: `${profile.name}@${latencyMs}ms`,
    profile,
    latencyMs,
    environment,
    chain: totals,
    seconds: of(({ seconds }) => seconds),
    eventsPerSecond,
    blocksPerSecond: rate(profile.blocks),
    factsPerSecond: rate(totals.contents.facts.rows),
    freshKeysPerSecond: rate(totals.keys),
    cpuSeconds: of(({ cpuSeconds }) => cpuSeconds),
    databaseCpuSeconds: of((run) => run.databaseCpuSeconds ?? Number.NaN),
    feedCpuSeconds: of((run) => run.feedCpuSeconds),
    foreignCores: of((run) => run.foreignCores ?? Number.NaN),
    peakRssBytes: of((run) => run.peakRssBytes),
    walBytes: of((run) => run.walBytes),
    databaseBytes: of((run) => run.databaseBytes),
    answerBytes: of((run) => run.answerBytes),
    rpcCalls: runs.at(-1)?.calls ?? {},
    commits: of(({ commits }) => commits),
    largestCommitBlocks: Math.max(...runs.map((run) => run.largestCommitBlocks)),
    limits: limitsOf(input, eventsPerSecond.median),
    feedRate: { feedSmall: limits.feedSmall, feedBlocks: limits.feedBlocks },
    pedersenPerSecond: limits.pedersenPerSecond,
    runs,
  };
};

const limitsOf = ({ profile, feed, limits }: CaseInput, result: number): Limit[] => {
  const { sessionEvents, keys } = feed.totals;
  const limit = (name: string, seconds: number): Limit => {
    const eventsPerSecond = sessionEvents / seconds;
    return { name, eventsPerSecond, ratio: result / eventsPerSecond };
  };
  const { write, parse } = limits;
  return [
    limit('COPY of the same facts', spreadOf(write.copyFactsSeconds).median),
    limit('unnest of the same facts, 5,000 rows a commit', spreadOf(write.unnestFactsSeconds).median),
    limit('COPY of all the same rows', spreadOf(write.copyAllSeconds).median),
    limit('JSON.parse of the same answers', parse.parseSeconds),
    limit('fetching the same answers, unread', parse.fetchSeconds),
    ...(profile.onlyFirstGrants
      ? [limit('the two Pedersen hashes of each fresh key', (keys * 2) / limits.pedersenPerSecond)]
      : []),
  ];
};
