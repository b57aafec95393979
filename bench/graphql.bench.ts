import { parseArgs } from 'node:util';
import { measureLatency, measureLimits, measureRates, type Pace } from './graphql/measure.ts';
import { withSetting } from './graphql/setting.ts';
import { usesOf, type World } from './graphql/world.ts';
import { type BenchServer, startBenchServer } from './ingest/bench-database.ts';
import { coresFor, readEnvironment, requireQuietMachine } from './ingest/environment.ts';
import { type Figure, type PartResult, writeResults } from './operate/results.ts';

const USAGE = `npm run bench:graphql -- [flags]
  --part rates,growth,portfolio   default: all of these
  --runs 5                        after one warm-up
  --seconds 10                    of each run
  --scale 0.1                     fewer rows: nothing is written
  --no-peer                       without PostGraphile and pgbench: nothing is written
  --out DIR                       default bench/results
  --force                         also on a busy machine: nothing is written`;

const { values: flags } = parseArgs({
  allowNegative: true,
  options: {
    part: { type: 'string', default: 'rates,growth,portfolio' },
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '10' },
    scale: { type: 'string', default: '1' },
    peer: { type: 'boolean', default: true },
    out: { type: 'string', default: new URL('results/', import.meta.url).pathname },
    force: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const pace: Pace = { runs: Number(flags.runs), seconds: Number(flags.seconds) };
const scale = Number(flags.scale);
const CONNECTIONS = [16, 64] as const;
const AIMS = { session: 4_500, uses: 2_500 } as const;
const NAMES = ['session', 'uses'] as const;

const worldOf = (accounts: number, usesPerKey: number, ledgers = true): World => ({
  ...{
    accounts: Math.max(50, Math.round(accounts * scale)),
    keysPerAccount: 4,
    usesPerKey,
    days: 90,
    ledgers,
  },
});

type Part = Omit<PartResult, 'environment'>;

/** 200,000 uses of 4,000 keys. */
const measureRatesPart = (server: BenchServer): Promise<Part> =>
  withSetting(server, worldOf(1_000, 50), async (setting) => {
    const figures: Figure[] = [];
    for (const name of NAMES) {
      for (const connections of CONNECTIONS) {
        figures.push(...(await measureRates(setting, name, connections, pace, { rate: AIMS[name] })));
      }
      if (flags.peer) {
        figures.push(...(await measureLimits(setting, name, CONNECTIONS, pace, coresFor(true).indexer)));
      }
    }
    return {
      part: 'rates',
      title: 'Requests a second',
      about: `${usesOf(setting.world).toLocaleString('en')} uses. The service answers as users run it: a key is checked, row-level security, limits and
units are on. It has one core, who asks the other, PostgreSQL both. PostGraphile 5 has the same core and the same tables, none of the protection,
and answers with what stands in the rows; Purser also says status, remaining budgets and how far the history reaches. Twenty answers of each are
compared with the rows before a time counts.`,
      figures,
    };
  });

/** The same question where there is little and where there is much. */
const measureGrowthPart = async (server: BenchServer): Promise<Part> => {
  const worlds = [worldOf(50, 50, false), worldOf(50_000, 50, false)];
  const figures: Figure[] = [];
  for (const name of NAMES) {
    const rates: Figure[] = [];
    for (const world of worlds) {
      const [rate] = await withSetting(server, world, (setting) => measureRates(setting, name, 16, pace, {}));
      rates.push({ ...rate!, case: `${rate!.case}, ${usesOf(world).toLocaleString('en')} uses` });
    }
    const [little, much] = rates as [Figure, Figure];
    const ratio = little.value.median / much.value.median;
    const value = { median: ratio, min: ratio, max: ratio };
    figures.push(little, much, {
      ...{ case: name, measure: 'slower with so many', unit: 'times', value, aim: { most: 1.3 } },
    });
  }
  return { part: 'growth', title: 'The same question as data grows', about: '16 connections.', figures };
};

/** 50,000 accounts, 200,000 keys, 2 million uses. */
const measurePortfolioPart = (server: BenchServer): Promise<Part> =>
  withSetting(server, worldOf(50_000, 10), async (setting) => ({
    part: 'portfolio',
    title: 'Questions over a portfolio',
    about: `${setting.world.accounts.toLocaleString('en')} accounts and ${usesOf(setting.world).toLocaleString('en')} uses.`,
    figures: await measureLatency(setting, 'expiring', pace, 200),
  }));

const PARTS = {
  rates: measureRatesPart,
  growth: measureGrowthPart,
  portfolio: measurePortfolioPart,
} as const;

const isPart = (name: string): name is keyof typeof PARTS => Object.hasOwn(PARTS, name);

const measureAll = async (): Promise<PartResult[]> => {
  const results: PartResult[] = [];
  const server = await startBenchServer();
  try {
    for (const part of flags.part.split(',')) {
      if (!isPart(part)) throw new Error(`no part ${part}: there are ${Object.keys(PARTS).join(', ')}`);
      console.error(part);
      const environment = { ...readEnvironment(), postgres: server.version, settings: server.settings };
      try {
        results.push({ ...(await PARTS[part](server)), environment });
      } catch (error) {
        // The other parts are worth having.
        console.error(`${part} failed:`, error);
        process.exitCode = 1;
      }
    }
  } finally {
    await server.stop();
  }
  return results;
};

if (flags.help) {
  console.log(USAGE);
} else {
  requireQuietMachine(flags.force);
  const results = await measureAll();
  const isTrial = flags.force || scale !== 1 || !flags.peer;
  await writeResults(results, isTrial ? undefined : flags.out, {
    file: 'graphql',
    heading: 'GraphQL: answers a second, and how long they take',
    about:
      'Written by `npm run bench:graphql`. Medians (least - most) of the runs; answers were compared with the rows before a time counted.',
    order: Object.keys(PARTS),
  });
}
