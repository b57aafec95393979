import { loadTree } from './chains/stored-trees.ts';
import { FULL, SMALL, type TreeSize } from './chains/tree-size.ts';
import { type SimPostgres, startSimPostgres } from './database/sim-postgres.ts';
import { reorgOfDepth } from './depths/deep-reorg.ts';
import { readSimFlags, SIM_USAGE } from './flags/sim-flags.ts';
import { typedOrExit } from './flags/typed.ts';
import { PLANTED_BUGS } from './planted/planted-bugs.ts';
import { catchBug } from './planted/catch-bug.ts';
import type { PlantedBug } from './planted/planted-bug.ts';
import { type SeedResult, runSeed } from './run/run-seed.ts';
import { isEnough, summaryOf } from './report.ts';

const flags = typedOrExit(SIM_USAGE, readSimFlags);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
// A bug shows on a small chain too, and each is looked for with several seeds.
const size: TreeSize = flags.small || flags.planted ? SMALL : FULL;
const treeOf = (seed: number) => loadTree(1 + (seed % flags.trees), size);

const TELL_EVERY = 25;

const printFailure = (result: SeedResult): void => {
  const options = `--seed ${result.seed} --trees ${flags.trees}${flags.small ? ' --small' : ''}`;
  say(`\nseed ${result.seed} did not converge; alone: npm run test:sim -- ${options}`);
  for (const line of [...result.problems, 'faults:', ...result.trace]) say(`  ${line}`);
};

const runSeeds = async (postgres: SimPostgres): Promise<boolean> => {
  const seeds =
    flags.seed === undefined
      ? Array.from({ length: flags.seeds }, (_, index) => index + flags.first)
      : [flags.seed];
  const endMs = performance.now() + flags.minutes * 60_000;
  const results: SeedResult[] = [];
  for (const seed of seeds) {
    if (performance.now() > endMs) break;
    const tree = await treeOf(seed);
    const result = await runSeed({ seed, tree, postgres, ...(flags.log && { log: say }) });
    results.push(result);
    if (flags.seed !== undefined) for (const line of result.trace) say(line);
    if (result.problems.length > 0) printFailure(result);
    if (results.length % TELL_EVERY === 0) say(`${results.length} seeds so far`);
  }
  for (const line of summaryOf(results)) say(line);
  return isEnough(results);
};

const runPlanted = async (postgres: SimPostgres): Promise<boolean> => {
  const bugs = PLANTED_BUGS.filter(({ name }) => name.includes(flags.only));
  if (bugs.length === 0) throw new Error(`no planted bug has "${flags.only}" in its name`);
  let caught = 0;
  for (const bug of bugs) {
    const verdict = await catchBug(bug, (seed) => runWith(postgres, bug, seed), flags.seeds);
    if (verdict.isCaught) caught += 1;
    say(`${verdict.text}: ${bug.name}${verdict.isCaught ? ` (${verdict.by})` : ''}`);
  }
  say(`\n${bugs.length} planted bugs, ${caught} caught`);
  return caught === bugs.length;
};

const runWith = async (postgres: SimPostgres, bug: PlantedBug, seed: number): Promise<SeedResult> =>
  runSeed({ seed, tree: await treeOf(seed), postgres, bug, mode: bug.mode, ...(flags.log && { log: say }) });

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
  say(SIM_USAGE);
} else {
  const postgres = await startSimPostgres();
  try {
    if (!(await runAsAsked(postgres))) process.exitCode = 1;
  } finally {
    await postgres.stop();
  }
}
