import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { measureLimits, withPeer } from './graphql/limits.ts';
import {
  type Measured,
  type MeasuredRates,
  measureHalf,
  measureLatency,
  measureOwnHalf,
  measureRates,
  type Pace,
} from './graphql/measure.ts';
import { addOrganisations } from './graphql/organisations.ts';
import { QUESTIONS } from './graphql/questions.ts';
import { type Setting, withSetting } from './graphql/setting.ts';
import { measureSubscribers } from './graphql/subscribers.ts';
import type { Target } from './graphql/target.ts';
import { usesOf, type World } from './graphql/world.ts';
import type { BenchServer } from './ingest/bench-database.ts';
import { requireQuietMachine } from './ingest/environment.ts';
import { measureParts, partsIn } from './operate/measure-parts.ts';
import { type Figure, type PartResult, writeResults } from './operate/results.ts';

const USAGE = `npm run bench:graphql -- [flags]
  --part rates,growth,portfolio,subscribers   default: all of these
  --runs 5                        after one warm-up
  --seconds 5                     of each run
  --scale 0.1                     fewer rows: nothing is written
  --no-peer                       without PostGraphile and pgbench: nothing is written
  --out DIR                       default bench/results
  --profile DIR                   leaves CPU profiles of the service there: nothing is written
  --force                         also on a busy machine: nothing is written`;

const { values: flags } = parseArgs({
  allowNegative: true,
  options: {
    part: { type: 'string', default: 'rates,growth,portfolio,subscribers' },
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    scale: { type: 'string', default: '1' },
    peer: { type: 'boolean', default: true },
    out: { type: 'string', default: new URL('results/', import.meta.url).pathname },
    profile: { type: 'string' },
    force: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const pace: Pace = {
  ...{ runs: Number(flags.runs), seconds: Number(flags.seconds) },
  isPatient: !flags.force,
};
const scale = Number(flags.scale);
const CONNECTIONS = [16, 64] as const;
const AIMS = { session: 4_500, uses: 2_500 } as const;
const NAMES = ['session', 'uses'] as const;
const ORGANISATIONS = 16;

const worldOf = (accounts: number, usesPerKey: number, more: Partial<World> = {}): World => ({
  ...{ accounts: Math.max(50, Math.round(accounts * scale)), keysPerAccount: 4, usesPerKey },
  ...{ versionsPerKey: usesPerKey + 1, days: 90, ledgers: true },
  ...more,
});

type Part = Omit<PartResult, 'environment'>;

const inSetting = <T>(
  server: BenchServer,
  world: World,
  work: (setting: Setting) => Promise<T>,
): Promise<T> =>
  withSetting(server, world, work, flags.profile ? ['--cpu-prof', `--cpu-prof-dir=${flags.profile}`] : []);

/** Whoever reads the figures sees who had the cores meanwhile. */
const aboutWith = (about: string, notes: readonly string[]): string => [about, '', ...notes].join('\n');

/** 200,000 uses of 4,000 keys. */
const measureRatesPart = (server: BenchServer): Promise<Part> =>
  inSetting(server, worldOf(1_000, 50), async (setting) => {
    const all: Measured[] = [];
    for (const name of NAMES) all.push(...(await measureQuestion(setting, name)));
    const keys = await addOrganisations(setting, ORGANISATIONS);
    for (const name of NAMES)
      all.push(
        await measureRates(setting, name, 64, pace, { keys, beside: `, ${ORGANISATIONS} organisations` }),
      );
    const about = `${usesOf(setting.world).toLocaleString('en')} uses. The service answers as users run it: a key is checked, row-level security, limits and
units are on. Service, PostgreSQL and who asks share the cores. PostGraphile 5 has the same cores and tables, none of the protection,
and answers with what stands in the rows; Purser also says status, remaining budgets and how far the history reaches. Twenty answers of each are
compared with the rows before a time counts. At half the load questions come at even distances, and the time of each counts from when it was due;
PostGraphile has ended where the service has its runs there, and its limit is what a server that only sends the same answer takes at that rate. pgbench asks one question in a transaction; the service
asks at once what comes at the same time (docs/decisions/0025), of one organisation: one asks all of it where nothing else is said, which is the best
case. Service and PostGraphile are asked in turns; whoever waits is stopped meanwhile (SIGSTOP), so that it takes no core from the other.
A turn in which others kept more than 0.15 cores busy, or the
host of the machine took more than 0.03, is made again, twice at most.`;
    return {
      ...{ part: 'rates', title: 'Requests a second' },
      about: aboutWith(
        about,
        all.flatMap(({ notes }) => notes),
      ),
      figures: all.flatMap(({ figures }) => figures),
    };
  });

/** One question beside PostGraphile and what the machine can do at most. */
const measureQuestion = async (setting: Setting, name: (typeof NAMES)[number]): Promise<Measured[]> => {
  const limits = flags.peer ? await measureLimits(setting, name, pace) : undefined;
  const limit = limits?.statement && { limit: limits.statement };
  const measure = async (peer: Target | undefined): Promise<MeasuredRates[]> => {
    const rates: MeasuredRates[] = [];
    for (const connections of CONNECTIONS)
      rates.push(await measureRates(setting, name, connections, pace, { aim: AIMS[name], peer, ...limit }));
    return rates;
  };
  const beside = async (peer: Target): Promise<{ rates: MeasuredRates[]; late: Figure[] }> => {
    const rates = await measure(peer);
    const late: Figure[] = [];
    for (const { ofPeer } of rates)
      if (ofPeer) late.push(await measureHalf(setting, ofPeer, pace, [setting.service.pid]));
    return { rates, late };
  };
  const { rates, late } = flags.peer
    ? await withPeer(setting, name, beside)
    : { rates: await measure(undefined), late: [] };
  const own: Figure[] = [];
  for (const each of rates) own.push(await measureOwnHalf(setting, each.own, pace));
  return [...rates, { figures: [...own, ...late], notes: [] }, ...(limits ? [limits] : [])];
};

/** The same question where there is little and where there is much. */
const measureGrowthPart = async (server: BenchServer): Promise<Part> => {
  const more = { ledgers: false, versionsPerKey: 5 };
  const [little, much] = [worldOf(50, 50, more), worldOf(50_000, 50, more)];
  const before = await measureWorld(server, little);
  const after = await measureWorld(server, much);
  const figures = NAMES.flatMap((name, at): Figure[] => {
    const [few, many] = [before[at]?.figures[0], after[at]?.figures[0]];
    if (few === undefined || many === undefined) return [];
    const ratio = few.value.median / many.value.median;
    const value = { median: ratio, min: ratio, max: ratio };
    const { title } = QUESTIONS[name];
    return [
      few,
      many,
      { case: title, measure: 'slower with so many', unit: 'times', value, aim: { most: 1.3 } },
    ];
  });
  const notes = [...before, ...after].flatMap((measured) => measured.notes);
  return {
    ...{ part: 'growth', title: 'The same question as data grows', figures },
    about: aboutWith('16 connections; of each key the five newest versions are there.', notes),
  };
};

const measureWorld = (server: BenchServer, world: World): Promise<Measured[]> =>
  inSetting(server, world, async (setting) => {
    const measured: Measured[] = [];
    for (const name of NAMES) {
      const { figures, notes } = await measureRates(setting, name, 16, pace, {});
      const named = (text: string): string => `${text}, ${usesOf(world).toLocaleString('en')} uses`;
      measured.push({
        figures: figures.map((figure) => ({ ...figure, case: named(figure.case) })),
        notes: notes.map((note) => note.replace(/^- ([^:]+):/, (_, at: string) => `- ${named(at)}:`)),
      });
    }
    return measured;
  });

/** 50,000 accounts, 200,000 keys, 2 million uses. */
const measurePortfolioPart = (server: BenchServer): Promise<Part> =>
  inSetting(server, worldOf(50_000, 10), async (setting) => {
    const { accounts } = setting.world;
    const about = `${accounts.toLocaleString('en')} accounts in 20 teams and ${usesOf(setting.world).toLocaleString('en')} uses, each with a debit and a
movement, spread over ${setting.world.days} days. Sums are compared with the rows before a time counts.
An answer is given again to who asks the same while nothing was committed (docs/decisions/0023).`;
    const measured = [
      await measureLatency(setting, 'expiring', pace, 200),
      await measureLatency(setting, 'teams', pace, 200),
      await whileCommitting(setting, () =>
        measureLatency(setting, 'teams', pace, 200, ', a commit every 2 s'),
      ),
    ];
    return {
      ...{ part: 'portfolio', title: 'Questions over a portfolio' },
      about: aboutWith(
        about,
        measured.flatMap(({ notes }) => notes),
      ),
      figures: measured.flatMap(({ figures }) => figures),
    };
  });

/** A head that moves: each commit, whatever it writes, ends what of an answer could be given again. */
const whileCommitting = async <T>({ database }: Setting, work: () => Promise<T>): Promise<T> => {
  const ticks = setInterval(() => void database.sql`select pg_current_xact_id()`.execute(), 2_000);
  try {
    return await work();
  } finally {
    clearInterval(ticks);
  }
};

/** As many as an organisation may have open in one process, some of whom read nothing. */
const measureSubscribersPart = (server: BenchServer): Promise<Part> =>
  inSetting(server, worldOf(1_000, 5), async (setting) => {
    const audience = { readers: 190, idlers: 10, blocks: 240, everyMs: 500, keysPerBlock: 10 };
    const { figures, notes } = await measureSubscribers(setting, audience);
    const about = `Every reader got every event before a figure counts, and who read nothing was ended with a cursor or cut off. Memory is what the
service has in RAM, looked at behind every block.`;
    return { part: 'subscribers', title: 'Subscribers', about: aboutWith(about, notes), figures };
  });

const PARTS = {
  rates: measureRatesPart,
  growth: measureGrowthPart,
  portfolio: measurePortfolioPart,
  subscribers: measureSubscribersPart,
} as const;

if (flags.help) {
  console.log(USAGE);
} else {
  requireQuietMachine(flags.force);
  // As in all processes that wait while one is asked.
  setFlagsFromString('--memory-reducer-gc-count=0');
  const results = await measureParts(partsIn(flags.part, PARTS), PARTS);
  const isTrial = flags.force || scale !== 1 || !flags.peer || flags.profile !== undefined;
  await writeResults(results, isTrial ? undefined : flags.out, {
    file: 'graphql',
    heading: 'GraphQL: answers a second, and how long they take',
    about:
      'Written by `npm run bench:graphql`. Medians (least - most) of the runs; answers were compared with the rows before a time counted.',
    order: Object.keys(PARTS),
  });
}
