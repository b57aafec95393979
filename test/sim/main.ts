import { parseArgs } from 'node:util';
import { loadTree } from './chains/stored-trees.ts';
import { FULL, SMALL } from './chains/tree-size.ts';
import { startSimPostgres } from './database/sim-postgres.ts';
import { runSeed } from './run/run-seed.ts';

const { values: flags } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    seed: { type: 'string' },
    trees: { type: 'string', default: '6' },
    small: { type: 'boolean', default: false },
    log: { type: 'boolean', default: false },
  },
});
const postgres = await startSimPostgres();
try {
  const first = Number(flags.seed ?? 1);
  const count = flags.seed === undefined ? Number(flags.seeds) : 1;
  for (let seed = first; seed < first + count; seed += 1) {
    const tree = await loadTree(1 + (seed % Number(flags.trees)), flags.small ? SMALL : FULL);
    const result = await runSeed({ seed, tree, postgres, ...(flags.log && { log: console.log }) });
    console.log(seed, result.mode, result.problems.length===0?'ok':'BAD', Math.round(result.durationMs), 'ms', Math.round(result.virtualMs/1000),'s', 'faults', result.injected.length, 'procs', result.processes, 'calls', result.calls);
    if (result.problems.length) console.log(result.problems.join('\n'));
    if (result.problems.length && count===1) console.log(result.trace.join('\n'));
  }
} finally {
  await postgres.stop();
}
