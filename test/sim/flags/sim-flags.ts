import { parseArgs } from 'node:util';
import { numberAboveZero, wholeNumber } from './typed.ts';

export const SIM_USAGE = `npm run test:sim -- [flags]
  --seeds N      how many seeds; default 20
  --first S      the first of them; default 1
  --seed S       this one alone, with its trace
  --minutes M    begins no further seed after so many minutes; default 60
  --trees N      chains that the seeds share; default 6
  --small        chains of 60 blocks instead of 200, as planted bugs always have
  --planted      runs the planted bugs instead: each must be caught by one of --seeds (100)
  --only NAME    of the planted bugs, those with this in their name
  --depths       reorgs of 1 to 10,000 blocks instead, in real time over a socket
  --log          what the processes log`;

/** A bug may need a fault that few seeds have. */
const DEFAULT_SEEDS = { planted: '100', converging: '20' };

const OPTIONS = {
  seeds: { type: 'string' },
  first: { type: 'string', default: '1' },
  seed: { type: 'string' },
  minutes: { type: 'string', default: '60' },
  trees: { type: 'string', default: '6' },
  small: { type: 'boolean', default: false },
  planted: { type: 'boolean', default: false },
  only: { type: 'string', default: '' },
  depths: { type: 'boolean', default: false },
  log: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/**
 * What is asked of the simulator.
 * @throws UsageError for a number that is none or would run nothing; TypeError ERR_PARSE_ARGS_* for a flag that there is not
 */
export const readSimFlags = (args: readonly string[]) => {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const { seeds, first, seed, minutes, trees, ...rest } = values;
  const byDefault = rest.planted ? DEFAULT_SEEDS.planted : DEFAULT_SEEDS.converging;
  return {
    ...rest,
    seeds: wholeNumber('--seeds', seeds ?? byDefault, 1),
    first: wholeNumber('--first', first, 0),
    seed: seed === undefined ? undefined : wholeNumber('--seed', seed, 0),
    minutes: numberAboveZero('--minutes', minutes),
    trees: wholeNumber('--trees', trees, 1),
  };
};
