import { parseArgs } from 'node:util';
import { startBenchServer } from './ingest/bench-database.ts';
import { readEnvironment, requireQuietMachine } from './ingest/environment.ts';
import { measureAccounts } from './operate/accounts.part.ts';
import { measureHead } from './operate/head.part.ts';
import { measureMemory } from './operate/memory.part.ts';
import { measureRebuild } from './operate/rebuild.part.ts';
import { measureReorg } from './operate/reorg.part.ts';
import { type PartResult, writeResults } from './operate/results.ts';

const PARTS = {
  head: measureHead,
  reorg: measureReorg,
  rebuild: measureRebuild,
  accounts: measureAccounts,
  memory: measureMemory,
} as const;
type Part = keyof typeof PARTS;

const USAGE = `npm run bench:operate -- [flags]
  --part head,reorg,...      default: ${Object.keys(PARTS).join(',')}
  --runs 5                   after one warm-up, where a run is short
  --out DIR                  default bench/results
  --scale 0.1                less of everything: nothing is written
  --force                    also on a busy machine: nothing is written
  --cpu-prof DIR             a CPU profile of each indexing process: nothing is written`;

const { values: flags } = parseArgs({
  options: {
    part: { type: 'string', default: Object.keys(PARTS).join(',') },
    runs: { type: 'string', default: '5' },
    out: { type: 'string', default: new URL('results/', import.meta.url).pathname },
    scale: { type: 'string', default: '1' },
    'cpu-prof': { type: 'string' },
    force: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const isPart = (name: string): name is Part => name in PARTS;

const partsAsked = (): Part[] =>
  flags.part.split(',').map((name) => {
    if (!isPart(name)) throw new Error(`no part ${name}: there are ${Object.keys(PARTS).join(', ')}`);
    return name;
  });

const measureAll = async (): Promise<PartResult[]> => {
  const nodeFlags =
    flags['cpu-prof'] === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', flags['cpu-prof']];
  const parts = partsAsked();
  const results: PartResult[] = [];
  const server = await startBenchServer();
  try {
    for (const part of parts) {
      console.error(part);
      const environment = { ...readEnvironment(), postgres: server.version, settings: server.settings };
      const options = { server, runs: Number(flags.runs), scale: Number(flags.scale), nodeFlags };
      try {
        results.push({ ...(await PARTS[part](options)), environment });
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
  const isTrial = flags.force || flags.scale !== '1' || flags['cpu-prof'] !== undefined;
  await writeResults(results, isTrial ? undefined : flags.out, {
    file: 'operate',
    heading: 'Operation: head, reorg, rebuild, new accounts, memory',
    about: `Written by \`npm run bench:operate\`. Medians (least - most) of the runs; what the tables hold was compared with what the
generator of the chain says before a time counted.`,
    order: Object.keys(PARTS),
  });
}
