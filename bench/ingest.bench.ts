import { parseArgs } from 'node:util';
import { startBenchServer } from './ingest/bench-database.ts';
import { coresFor, readEnvironment, requireQuietMachine } from './ingest/environment.ts';
import { startFeed } from './ingest/feed.ts';
import { type Limits, measureRuns } from './ingest/measure-case.ts';
import { PROFILES, requireProfile } from './ingest/profiles.ts';
import { type MeasuredCase, summarise } from './ingest/summary.ts';
import { regressionsSince, writeResults } from './ingest/write-results.ts';

const USAGE = `npm run bench:ingest -- [flags]
  --profile small,dense,...  default: ${PROFILES.map(({ name }) => name).join(',')}
  --latency 0,5,20,80        added to each answer of the feed, in ms; default 0
  --runs 5                   after one warm-up
  --out DIR                  default bench/results
  --pin                      indexer on core 0, feed on core 1
  --blocks N                 shorter than the profile: nothing is written
  --gate                     fail where a ratio to a limit fell by 15 % against the committed results
  --force                    also on a busy machine: nothing is written
  --cpu-prof DIR             a CPU profile of each indexing process: nothing is written`;

const { values: flags } = parseArgs({
  options: {
    profile: { type: 'string', default: PROFILES.map(({ name }) => name).join(',') },
    latency: { type: 'string', default: '0' },
    runs: { type: 'string', default: '5' },
    out: { type: 'string', default: new URL('results/', import.meta.url).pathname },
    blocks: { type: 'string' },
    'cpu-prof': { type: 'string' },
    pin: { type: 'boolean', default: false },
    gate: { type: 'boolean', default: false },
    force: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const profilesAsked = () =>
  flags.profile.split(',').map((name) => {
    const profile = requireProfile(name);
    return flags.blocks === undefined ? profile : { ...profile, blocks: Number(flags.blocks) };
  });

const measureAll = async (): Promise<MeasuredCase[]> => {
  const cores = coresFor(flags.pin);
  const nodeFlags =
    flags['cpu-prof'] === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', flags['cpu-prof']];
  const cases: MeasuredCase[] = [];
  const server = await startBenchServer();
  try {
    for (const profile of profilesAsked()) {
      console.error(`${profile.name}: ${profile.summary}`);
      const environment = {
        ...readEnvironment(),
        postgres: server.version,
        settings: server.settings,
        pinned: cores,
      };
      const feed = await startFeed(profile, cores.feed);
      try {
        let limits: Limits | undefined;
        for (const latencyMs of flags.latency.split(',').map(Number)) {
          console.error(` latency ${latencyMs} ms`);
          const options = { profile, latencyMs, runs: Number(flags.runs), cores, nodeFlags };
          const measured = await measureRuns(server, feed, options, limits === undefined);
          limits ??= measured.limits;
          if (limits)
            cases.push(summarise({ profile, latencyMs, environment, feed, runs: measured.runs, limits }));
        }
      } finally {
        await feed.stop();
      }
    }
  } finally {
    await server.stop();
  }
  return cases;
};

if (flags.help) {
  console.log(USAGE);
} else {
  requireQuietMachine(flags.force);
  const cases = await measureAll();
  const isTrial = flags.force || flags.blocks !== undefined || flags['cpu-prof'] !== undefined;
  if (flags.gate) {
    const regressions = await regressionsSince(cases, flags.out);
    for (const regression of regressions) console.error(`slower: ${regression}`);
    if (regressions.length > 0) process.exitCode = 1;
  }
  await writeResults(cases, isTrial ? undefined : flags.out);
}
