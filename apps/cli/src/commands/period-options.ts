import type { Command } from 'commander';
import { CliError } from '../cli.error.ts';
import { EXIT } from '../exit-codes.ts';

export interface PeriodOptions {
  readonly month?: string;
  readonly from?: string;
  readonly to?: string;
  readonly zone?: string;
}

export interface Period {
  /** The first local day. */
  readonly from: string;
  /** The day after the last. */
  readonly to: string;
  readonly timeZone?: string;
}

export const addPeriodOptions = (command: Command): Command =>
  command
    .option('--month <yyyy-mm>', 'a whole month; left out: this one')
    .option('--from <yyyy-mm-dd>', 'the first day, in place of a month')
    .option('--to <yyyy-mm-dd>', 'the day after the last')
    .option(
      '--zone <name>',
      'where the days begin, such as Europe/Berlin; left out: as the organisation says',
    );

/** @param now  says which month it is, in UTC @throws CliError ARGUMENT_INVALID */
export const periodOf = ({ month, from, to, zone }: PeriodOptions, now: Date): Period => {
  const timeZone = zone === undefined ? {} : { timeZone: zone };
  if (from === undefined && to === undefined)
    return { ...monthOf(month ?? now.toISOString().slice(0, 7)), ...timeZone };
  if (month !== undefined || from === undefined || to === undefined)
    throw wrong('a period is either --month, or --from and --to');
  return { from, to, ...timeZone };
};

const monthOf = (text: string): Pick<Period, 'from' | 'to'> => {
  const [, year = '', month = ''] = /^([0-9]{4})-(0[1-9]|1[0-2])$/.exec(text) ?? [];
  if (year === '') throw wrong(`no month: ${JSON.stringify(text)}`);
  const next = new Date(Date.UTC(Number(year), Number(month), 1)).toISOString().slice(0, 10);
  return { from: `${year}-${month}-01`, to: next };
};

const wrong = (message: string): CliError =>
  new CliError('ARGUMENT_INVALID', message, {
    exitCode: EXIT.USAGE,
    hint: '--month 2026-11, or --from 2026-11-01 --to 2026-12-01',
  });
