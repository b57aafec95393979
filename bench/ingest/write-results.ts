import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Spread } from './statistics.ts';
import type { MeasuredCase } from './summary.ts';

/** Prints the cases; into the folder, beside the cases of earlier measurements that were not measured again. */
export const writeResults = async (
  cases: readonly MeasuredCase[],
  folder: string | undefined,
): Promise<void> => {
  console.log(toMarkdown(cases));
  if (folder === undefined) {
    console.error('a trial: nothing is written');
    return;
  }
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'ingest.json');
  const names = new Set(cases.map(({ name }) => name));
  const earlier = (await readCases(file)).filter(({ name }) => !names.has(name));
  const all = [...earlier, ...cases];
  await writeFile(file, `${JSON.stringify(all, null, 2)}\n`);
  await writeFile(join(folder, 'ingest.md'), toMarkdown(all));
};

/** A ratio may fall this far below the committed one before it counts as a regression. */
const TOLERATED_FALL = 0.15;

/** What came nearer to its limit in the committed results than now: the ratio tells, since machines differ. */
export const regressionsSince = async (cases: readonly MeasuredCase[], folder: string): Promise<string[]> => {
  const before = new Map(
    (await readCases(join(folder, 'ingest.json'))).flatMap((each) =>
      each.limits.map(({ name, ratio }) => [`${each.name}, ${name}`, ratio] as const),
    ),
  );
  return cases.flatMap((each) =>
    each.limits.flatMap(({ name, ratio }) => {
      const was = before.get(`${each.name}, ${name}`);
      if (was === undefined || ratio >= was * (1 - TOLERATED_FALL)) return [];
      return [`${each.name}, ${name}: ${(was * 100).toFixed(1)} % before, ${(ratio * 100).toFixed(1)} % now`];
    }),
  );
};

const readCases = async (file: string): Promise<MeasuredCase[]> => {
  const text = await readFile(file, 'utf8').catch(() => '[]');
  return JSON.parse(text) as MeasuredCase[];
};

const whole = (value: number): string => Math.round(value).toLocaleString('en');
const spread = ({ median, min, max }: Spread): string =>
  `**${whole(median)}** (${whole(min)} - ${whole(max)})`;
const mega = (bytes: number): string => `${whole(bytes / 1e6)} MB`;
const table = (rows: readonly (readonly string[])[]): string => {
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...body.map(line)].join('\n');
};

const toMarkdown = (cases: readonly MeasuredCase[]): string =>
  [
    '# Ingest: from an empty database to the head',
    'Written by `npm run bench:ingest`. Medians (least - most) of the runs. Every run was compared, row by row, with what',
    'the generator of the chain says the tables must hold, before its time counted. An event is a session or policy event',
    'of a followed account; transfers, fees and new owners come on top and are read too.',
    '',
    ...cases.map(({ profile }) => `- **${profile.name}**: ${profile.summary}`).filter(unique),
    '',
    table([
      ['case', 'events/s', 'blocks/s', 'facts/s', 'events', 'facts', 'runs'],
      ...cases.map((each) => [
        each.name,
        spread(each.eventsPerSecond),
        spread(each.blocksPerSecond),
        spread(each.factsPerSecond),
        whole(each.chain.sessionEvents),
        whole(each.chain.contents.facts.rows),
        String(each.runs.length),
      ]),
    ]),
    '',
    '## What it took',
    table([
      [
        'case',
        's',
        'CPU s indexer',
        'CPU s Postgres',
        'CPU s feed',
        'others, cores',
        'peak RSS',
        'calls',
        'answers',
        'WAL',
        'database',
        'commits',
      ],
      ...cases.map((each) => [
        each.name,
        each.seconds.median.toFixed(2),
        each.cpuSeconds.median.toFixed(1),
        each.databaseCpuSeconds.median.toFixed(1),
        each.feedCpuSeconds.median.toFixed(1),
        // Not measured in the oldest of the committed cases.
        each.foreignCores?.median.toFixed(2) ?? '',
        mega(each.peakRssBytes.median),
        whole(Object.values(each.rpcCalls).reduce((sum, calls) => sum + calls, 0)),
        mega(each.answerBytes.median),
        mega(each.walBytes.median),
        mega(each.databaseBytes.median),
        whole(each.commits.median),
      ]),
    ]),
    '',
    '## Physical limits',
    'What one part alone does with the very same chain, in events/s, and how near the result comes.',
    table([
      ['case', 'limit', 'events/s of the limit', 'result / limit'],
      ...cases.flatMap((each) =>
        each.limits.map((limit) => [
          each.name,
          limit.name,
          whole(limit.eventsPerSecond),
          `${(limit.ratio * 100).toFixed(1)} %`,
        ]),
      ),
    ]),
    '',
    '## What limits each',
    ...cases.map(whatLimits),
    '',
    '## The feed and the hash',
    'The feed asked by a process that does not read what it answers, all on this machine; then hashes as `libs/felt` makes them.',
    table([
      [
        'case',
        'small answers/s',
        'per CPU s',
        'blocks and updates/s',
        'per CPU s',
        'fresh keys/s',
        'Pedersen hashes/s',
      ],
      ...cases.map(
        ({ name, profile, feedRate: { feedSmall, feedBlocks }, freshKeysPerSecond, pedersenPerSecond }) => [
          name,
          whole(feedSmall.answersPerSecond),
          whole(feedSmall.answersPerCpuSecond),
          `${whole(feedBlocks.answersPerSecond)} (${mega(feedBlocks.bytesPerSecond)}/s)`,
          whole(feedBlocks.answersPerCpuSecond),
          profile.onlyFirstGrants ? spread(freshKeysPerSecond) : '',
          whole(pedersenPerSecond),
        ],
      ),
    ]),
    '',
    '## Where',
    table([
      ['case', 'when', 'commit', 'machine', 'load at start', 'software', 'settings'],
      ...cases.map(({ name, environment: at }) => [
        name,
        at.measuredAt,
        at.commit,
        `${at.cpu}, ${at.cores} cores, ${mega(at.memoryBytes)}, ${at.platform}, up ${whole(at.uptimeSeconds / 60)} min`,
        at.load.map((load) => load.toFixed(2)).join(' '),
        `Node ${at.node}, ${at.postgres}, ${Object.entries(at.packages)
          .map((pair) => pair.join(' '))
          .join(', ')}`,
        [
          ...Object.entries(at.settings).map((pair) => pair.join('=')),
          at.pinned.indexer === undefined
            ? ''
            : `indexer on core ${at.pinned.indexer}, feed on core ${at.pinned.feed ?? ''}`,
        ]
          .join(' ')
          .trim(),
      ]),
    ]),
    '',
  ].join('\n');

/** Where the time of a case goes: the cores that its parts kept busy, and the limit that it comes nearest to. */
const whatLimits = (each: MeasuredCase): string => {
  const seconds = each.seconds.median;
  const cores = (cpu: Spread): string => (cpu.median / seconds).toFixed(2);
  const nearest = each.limits.toSorted((a, b) => b.ratio - a.ratio)[0];
  return (
    `- **${each.name}**: of ${each.environment.cores} cores the indexer kept ${cores(each.cpuSeconds)} busy, PostgreSQL ` +
    `${cores(each.databaseCpuSeconds)} and the feed ${cores(each.feedCpuSeconds)}; nearest to its limit: ` +
    `${nearest?.name ?? 'none'}, at ${((nearest?.ratio ?? 0) * 100).toFixed(1)} %.`
  );
};

const unique = (line: string, index: number, lines: readonly string[]): boolean =>
  lines.indexOf(line) === index;
