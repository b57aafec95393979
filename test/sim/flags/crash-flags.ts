import { parseArgs } from 'node:util';
import { wholeNumber } from './typed.ts';

export const CRASH_USAGE = `npm run test:crash -- [flags]
  --kills N    kills at random times, after one at each commit point; default 100
  --seed S     of the chain and the times; default 1
  --small      a chain of 60 blocks instead of 200`;

const OPTIONS = {
  kills: { type: 'string', default: '100' },
  seed: { type: 'string', default: '1' },
  small: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/**
 * What is asked of the crash test. No kill at random is asked for by 0.
 * @throws UsageError for a number that is none; TypeError ERR_PARSE_ARGS_* for a flag that there is not
 */
export const readCrashFlags = (args: readonly string[]) => {
  const { kills, seed, ...rest } = parseArgs({ args: [...args], options: OPTIONS }).values;
  return { ...rest, kills: wholeNumber('--kills', kills, 0), seed: wholeNumber('--seed', seed, 0) };
};
