import { CliError } from '../cli.error.ts';
import { EXIT } from '../exit-codes.ts';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Seconds of a text such as 90d, 12h, 30m or 45s. @throws CliError ARGUMENT_INVALID */
export const parseDuration = (text: string): number => {
  const [, digits = '', unit = ''] = /^([0-9]{1,6})([smhd])$/.exec(text) ?? [];
  const seconds = Number(digits) * (SECONDS[unit] ?? Number.NaN);
  if (Number.isSafeInteger(seconds)) return seconds;
  throw new CliError('ARGUMENT_INVALID', `no duration: ${JSON.stringify(text)}`, {
    exitCode: EXIT.USAGE,
    hint: 'a number and s, m, h or d, for example 90d',
  });
};
