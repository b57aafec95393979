import type { BenchDatabase } from '../ingest/bench-database.ts';
import { requireProfile } from '../ingest/profiles.ts';
import { spreadOf } from '../ingest/statistics.ts';
import { readLines, requireEqualContents, storedContents } from '../ingest/stored-rows.ts';
import { startAsked } from './messages.ts';
import type { RebuildAnswer, RebuildQuestion } from './rebuild.process.ts';
import { one, type PartOptions, totalsOf, withSetting } from './setting.ts';

const BLOCKS = 2_000;
const AIM = 25_000;

export const measureRebuild = async (options: PartOptions) => {
  const profile = { ...requireProfile('dense'), mode: 'HEAD' as const };
  const blocks = Math.round(BLOCKS * options.scale);
  return await withSetting(options, { profile, blocks }, async ({ feed, made, database, withIndexer }) => {
    await withIndexer({ pollIntervalMs: 1_000 }, (indexer) =>
      indexer.ask({ type: 'until', blockNumber: made.head }),
    );
    const totals = await totalsOf(feed);
    const runs = await rebuildRuns(options, database);
    requireEqualContents(totals.contents, await storedContents(database.sql));
    const mended = await rebuildOfWrongRows(options, database);
    requireEqualContents(totals.contents, await storedContents(database.sql));
    const facts = runs[0]?.facts ?? 0;
    const reading = await readFacts(database);
    const rate = (count: number) => spreadOf(runs.map(({ seconds }) => count / seconds));
    const name = `${blocks.toLocaleString('en')} dense blocks`;
    return {
      part: 'rebuild',
      title: 'Rebuild',
      about:
        `\`purser rebuild\` of ${facts.toLocaleString('en')} facts of ${totals.sessionEvents.toLocaleString('en')} ` +
        'session events: the check of the facts, the fold, the comparison with the live rows and the swap. The digest of ' +
        'the facts is the same before and after, no row changes, and the tables are compared with the generator. The ' +
        'limit reads the same facts in their order and does nothing with them. Once more with a counter changed in every ' +
        'version of a session, all of which are put right.',
      figures: [
        {
          case: name,
          measure: 'session events',
          unit: 'events/s',
          value: rate(totals.sessionEvents),
          aim: { least: AIM },
        },
        {
          case: name,
          measure: 'facts',
          unit: 'facts/s',
          value: rate(facts),
          limit: { name: 'reading the facts', value: facts / reading },
        },
        { case: name, measure: 'in all', unit: 's', value: spreadOf(runs.map(({ seconds }) => seconds)) },
        {
          case: name,
          measure: 'CPU beside Postgres',
          unit: 's',
          value: spreadOf(runs.map(({ cpuSeconds }) => cpuSeconds)),
        },
        {
          case: name,
          measure: 'CPU of Postgres',
          unit: 's',
          value: spreadOf(runs.map(({ serverSeconds }) => serverSeconds)),
        },
        {
          case: name,
          measure: 'the writer waited',
          unit: 'ms',
          value: spreadOf(runs.map(({ swapMs }) => swapMs)),
        },
        {
          case: name,
          measure: 'peak RSS',
          unit: 'MB',
          value: spreadOf(runs.map(({ peakRssBytes }) => peakRssBytes / 1e6)),
        },
        {
          case: `${name}, every version of a session wrong`,
          measure: 'session events',
          unit: 'events/s',
          value: one(totals.sessionEvents / mended.seconds),
        },
        {
          case: `${name}, every version of a session wrong`,
          measure: 'the writer waited',
          unit: 'ms',
          value: one(mended.swapMs),
        },
      ],
    };
  });
};

const rebuildRuns = async (options: PartOptions, database: BenchDatabase): Promise<RebuildAnswer[]> => {
  const runs: RebuildAnswer[] = [];
  for (let run = 0; run <= options.runs; run += 1) {
    const done = await rebuildOnce(options, database, run === 0 ? 'warm-up' : `run ${run}`);
    if (done.changed > 0) throw new Error(`the rebuild changed ${done.changed} rows`);
    if (runs[0] !== undefined && runs[0].digest !== done.digest) throw new Error('the digest is another one');
    if (run > 0) runs.push(done);
  }
  return runs;
};

const rebuildOnce = async (
  { nodeFlags, server }: PartOptions,
  { url }: BenchDatabase,
  name: string,
): Promise<RebuildAnswer> => {
  const child = startAsked<RebuildQuestion, RebuildAnswer>('rebuild.process.ts', { nodeFlags });
  try {
    const done = await child.ask({ databaseUrl: url, serverPid: server.pid });
    console.error(
      `  ${name}: ${done.seconds.toFixed(2)} s, ${done.facts} facts, ${done.changed} changed, CPU ` +
        `${done.cpuSeconds.toFixed(2)} s and ${done.serverSeconds.toFixed(2)} s of Postgres`,
    );
    return done;
  } finally {
    await child.stop();
  }
};

const rebuildOfWrongRows = async (options: PartOptions, database: BenchDatabase): Promise<RebuildAnswer> => {
  const { count } = await database.sql`update session_versions set calls_used = calls_used + 1`;
  const done = await rebuildOnce(options, database, 'rows that are wrong');
  if (done.changed !== 2 * count) throw new Error(`of ${count} wrong rows ${done.changed} were changed`);
  return done;
};

const readFacts = async ({ sql }: BenchDatabase): Promise<number> => {
  const columns = ['account', 'block_number', 'kind', 'session_key', 'token', 'transaction_hash', 'payload'];
  const order = ['account', 'block_number', 'transaction_index', 'event_index'];
  const startedMs = performance.now();
  let bytes = 0;
  for await (const line of readLines(sql, 'facts', columns, order)) bytes += line.length;
  if (bytes === 0) throw new Error('there are no facts');
  return (performance.now() - startedMs) / 1000;
};
