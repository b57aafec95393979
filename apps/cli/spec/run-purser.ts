import type { Environment } from '#libs/config';
import { createContext } from '../src/context.ts';
import { runProgram } from '../src/program.ts';

/** What one run of a command printed, and how it ended. */
export interface PurserRun {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `purser` in this process, on a terminal that nobody sits at. Words in one text are split at blanks. */
export const runPurser = async (
  args: string | readonly string[],
  environment: Environment = {},
): Promise<PurserRun> => {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    isInteractive: false,
  };
  const words = typeof args === 'string' ? args.split(' ').filter((word) => word !== '') : args;
  const exitCode = await runProgram(words, createContext(environment, terminal));
  return { exitCode, out: out.join('\n'), err: err.join('\n') };
};
