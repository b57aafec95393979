/** What was typed cannot be run. */
export class UsageError extends Error {}

/** As the command line of Purser ends where it was typed wrongly: EX_USAGE of sysexits. */
const EXIT_USAGE = 64;

/**
 * A whole number that was typed.
 * @throws UsageError where it is none, or below `least`
 */
export const wholeNumber = (name: string, text: string, least: number): number => {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(`${name} takes a whole number of at least ${least}, not "${text}"`);
};

/**
 * A number above zero that was typed, whole or not.
 * @throws UsageError
 */
export const numberAboveZero = (name: string, text: string): number => {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value) && value > 0) return value;
  throw new UsageError(`${name} takes a number above 0, not "${text}"`);
};

const isUsage = (error: unknown): error is Error =>
  error instanceof UsageError ||
  (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_'));

/** What `read` makes of the command line; where that cannot be run, the process says why and how it is used, and ends. */
export const typedOrExit = <Flags>(usage: string, read: (args: readonly string[]) => Flags): Flags => {
  try {
    return read(process.argv.slice(2));
  } catch (error) {
    if (!isUsage(error)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}\n`);
    return process.exit(EXIT_USAGE);
  }
};
