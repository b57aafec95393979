import { parseArgs } from 'node:util';
import type { BenchServer } from './ingest/bench-database.ts';
import { requireQuietMachine } from './ingest/environment.ts';
import { measureAccounts } from './operate/accounts.part.ts';
import { measureHead } from './operate/head.part.ts';
import { measureParts, partsIn } from './operate/measure-parts.ts';
import { measureMemory } from './operate/memory.part.ts';
import { measureRebuild } from './operate/rebuild.part.ts';
import { measureReorg } from './operate/reorg.part.ts';
import { type PartResult, writeResults } from './operate/results.ts';

const NAMES = ['head', 'reorg', 'rebuild', 'accounts', 'memory'];

const USAGE = `npm run bench:operate -- [flags]
  --part head,reorg,...      default: ${NAMES.join(',')}
  --runs 5                   after one warm-up, where a run is short
  --out DIR                  default bench/results
  --scale 0.1                less of everything: nothing is written
  --force                    also on a busy machine: nothing is written
  --cpu-prof DIR             a CPU profile of each indexing process: nothing is written`;

const { values: flags } = parseArgs({
  options: {
    part: { type: 'string', default: NAMES.join(',') },
    runs: { type: 'string', default: '5' },
    out: { type: 'string', default: new URL('results/', import.meta.url).pathname },
    scale: { type: 'string', default: '1' },
    'cpu-prof': { type: 'string' },
    force: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const nodeFlags = flags['cpu-prof'] === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', flags['cpu-prof']];

const partOf =
  (measure: typeof measureHead) =>
  (server: BenchServer): Promise<Omit<PartResult, 'environment'>> =>
    measure({ server, runs: Number(flags.runs), scale: Number(flags.scale), nodeFlags });

const PARTS = {
  head: partOf(measureHead),
  reorg: partOf(measureReorg),
  rebuild: partOf(measureRebuild),
  accounts: partOf(measureAccounts),
  memory: partOf(measureMemory),
} as const;

if (flags.help) {
  console.log(USAGE);
} else {
  requireQuietMachine(flags.force);
  const results = await measureParts(partsIn(flags.part, PARTS), PARTS);
  const isTrial = flags.force || flags.scale !== '1' || flags['cpu-prof'] !== undefined;
  await writeResults(results, isTrial ? undefined : flags.out, {
    file: 'operate',
    heading: 'Operation: head, reorg, rebuild, new accounts, memory',
    about: `Written by \`npm run bench:operate\`. Medians (least - most) of the runs; what the tables hold was compared with what the
generator of the chain says before a time counted.`,
    order: NAMES,
  });
}
