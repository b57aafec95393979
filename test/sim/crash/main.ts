import { createRandom } from '../../conformance/sequence/random.ts';
import { loadTree } from '../chains/stored-trees.ts';
import { FULL, SMALL } from '../chains/tree-size.ts';
import { startSimPostgres } from '../database/sim-postgres.ts';
import { CRASH_USAGE, readCrashFlags } from '../flags/crash-flags.ts';
import { typedOrExit } from '../flags/typed.ts';
import { CrashRun } from './crash-run.ts';

const flags = typedOrExit(CRASH_USAGE, readCrashFlags);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const run = async (): Promise<boolean> => {
  const startedMs = performance.now();
  const { seed } = flags;
  const tree = await loadTree(seed, flags.small ? SMALL : FULL);
  const postgres = await startSimPostgres();
  const crash = new CrashRun(tree, postgres, createRandom(seed));
  const close = await crash.serve();
  const missed: string[] = [];
  try {
    const points = await crash.findPoints();
    for (const point of points) {
      const reached = await crash.killAt(point);
      if (!reached) missed.push(point);
      say(`${reached ? 'killed' : 'NOT REACHED:'} ${point}`);
    }
    const atPoints = crash.kills;
    await crash.compare();
    for (let times = 0; times < flags.kills; times += 1) await crash.killAtRandom();
    await crash.compare();
    for (const problem of crash.problems) say(problem);
    const { moves, reorgs } = crash.chain;
    say(
      `\n${points.length} commit points, ${atPoints} kills there, ${crash.kills - atPoints} at random times`,
    );
    say(`${moves} moves of the chain, ${reorgs} of them reorgs`);
    say(`${crash.comparisons} comparisons with a straight replay, ${crash.problems.length} differences`);
    say(`${Math.round((performance.now() - startedMs) / 1000)} s`);
  } finally {
    await close();
    await postgres.stop();
  }
  return missed.length === 0 && crash.problems.length === 0;
};

if (flags.help) say(CRASH_USAGE);
else if (!(await run())) process.exitCode = 1;
