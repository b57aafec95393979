import { parseArgs } from 'node:util';
import { loadTree } from './chains/stored-trees.ts';
import { FULL, SMALL, type TreeSize } from './chains/tree-size.ts';
import { type SimPostgres, startSimPostgres } from './database/sim-postgres.ts';
import { reorgOfDepth } from './depths/deep-reorg.ts';
import { PLANTED_BUGS } from './planted/planted-bugs.ts';
import { type SeedResult, runSeed } from './run/run-seed.ts';
import { countsOf, median, printCounts } from './report.ts';

const USAGE = `npm run test:sim -- [flags]
  --seeds N      how many seeds, from 1 on; default 20
  --seed S       this one alone, with its trace
  --minutes M    begins no further seed after so many minutes
  --trees N      chains that the seeds share; default 6
  --small        chains of 60 blocks instead of 200
  --planted      runs the planted bugs instead: each must be caught by one of --seeds
  --only NAME    of the planted bugs, those with this in their name
  --depths       reorgs of 1 to 10,000 blocks instead, in real time over a socket
  --log          what the processes log`;

const { values: flags } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    seed: { type: 'string' },
    minutes: { type: 'string', default: '60' },
    trees: { type: 'string', default: '6' },
    small: { type: 'boolean', default: false },
    planted: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    depths: { type: 'boolean', default: false },
    log: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const size: TreeSize = flags.small ? SMALL : FULL;
const treeOf = (seed: number) => loadTree(1 + (seed % Number(flags.trees)), size);

const printFailure = (result: SeedResult): void => {
  const options = `--seed ${result.seed} --trees ${flags.trees}${flags.small ? ' --small' : ''}`;
  say(`\nseed ${result.seed} did not converge; alone: npm run test:sim -- ${options}`);
  for (const line of [...result.problems, 'faults:', ...result.trace]) say(`  ${line}`);
};

const runSeeds = async (postgres: SimPostgres): Promise<boolean> => {
  const seeds =
    flags.seed === undefined
      ? Array.from({ length: Number(flags.seeds) }, (_, index) => index + 1)
      : [Number(flags.seed)];
  const endMs = performance.now() + Number(flags.minutes) * 60_000;
  const results: SeedResult[] = [];
  for (const seed of seeds) {
    if (performance.now() > endMs) break;
    const tree = await treeOf(seed);
    const result = await runSeed({ seed, tree, postgres, ...(flags.log && { log: say }) });
    results.push(result);
    if (flags.seed !== undefined) for (const line of result.trace) say(line);
    if (result.problems.length > 0) printFailure(result);
  }
  const converged = results.filter(({ problems }) => problems.length === 0).length;
  const fewest = Math.min(...results.map(({ injected }) => injected.length));
  const times = results.map(({ durationMs }) => durationMs);
  for (const line of printCounts(countsOf(results.flatMap(({ injected }) => injected)))) say(line);
  say(`\n${results.length} seeds, ${converged} converged, at least ${fewest} faults a seed`);
  say(
    `${results.reduce((sum, { processes }) => sum + processes, 0)} processes, ` +
      `${results.reduce((sum, { calls }) => sum + calls, 0)} calls of nodes, ` +
      `${Math.round(results.reduce((sum, { virtualMs }) => sum + virtualMs, 0) / 60_000)} virtual minutes`,
  );
  say(`time of a seed: median ${Math.round(median(times))} ms, longest ${Math.round(Math.max(...times))} ms`);
  return converged === results.length && fewest >= 10;
};

const runPlanted = async (postgres: SimPostgres): Promise<boolean> => {
  const bugs = PLANTED_BUGS.filter(({ name }) => name.includes(flags.only));
  let caught = 0;
  for (const bug of bugs) {
    let by: SeedResult | undefined;
    for (let seed = 1; seed <= Number(flags.seeds) && by === undefined; seed += 1) {
      const result = await runSeed({
        seed,
        tree: await treeOf(seed),
        postgres,
        bug,
        ...(flags.log && { log: say }),
      });
      if (result.problems.length > 0) by = result;
    }
    if (by !== undefined) caught += 1;
    say(
      `${by === undefined ? 'NOT CAUGHT' : `caught by seed ${by.seed}`}: ${bug.name}${by ? ` (${by.problems[0]})` : ''}`,
    );
  }
  say(`\n${bugs.length} planted bugs, ${caught} caught`);
  return caught === bugs.length;
};

const runDepths = async (postgres: SimPostgres): Promise<boolean> => {
  let isGood = true;
  for (const depth of [1, 2, 10, 31, 201, 1_025, 10_000]) {
    const { durationMs, problems } = await reorgOfDepth(depth, await loadTree(1, SMALL), postgres);
    say(
      `${String(depth).padStart(6)} blocks: ${Math.round(durationMs)} ms${problems.length > 0 ? ', DIFFERENT' : ''}`,
    );
    for (const problem of problems) say(`  ${problem}`);
    isGood &&= problems.length === 0;
  }
  return isGood;
};

const runAsAsked = (postgres: SimPostgres): Promise<boolean> => {
  if (flags.depths) return runDepths(postgres);
  return flags.planted ? runPlanted(postgres) : runSeeds(postgres);
};

if (flags.help) {
  say(USAGE);
} else {
  const postgres = await startSimPostgres();
  try {
    if (!(await runAsAsked(postgres))) process.exitCode = 1;
  } finally {
    await postgres.stop();
  }
}
