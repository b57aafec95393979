import { CreateExportDocument, present } from '#libs/api-client';
import type { Command } from 'commander';
import { request } from 'undici';
import { CliError } from '../cli.error.ts';
import { askPatiently } from '../client/ask-patiently.ts';
import { findService } from '../client/find-service.ts';
import { addNetworkOptions, networkOf, type NetworkOptions } from '../client/service-options.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { writePartFile } from '../output/part-file.ts';
import { checkedExport, type ExportEnd } from './checked-export.ts';
import { addPeriodOptions, type PeriodOptions, periodOf } from './period-options.ts';

const FORMATS = { csv: 'CSV', jsonl: 'JSONL' } as const;
type Format = keyof typeof FORMATS;

interface ExportOptions extends NetworkOptions, PeriodOptions {
  readonly format: string;
  readonly output: string;
  readonly uses?: boolean;
}

export const addExportCommand = (program: Command, context: CliContext): void => {
  const command = program
    .command('export')
    .description('Take both ledgers of a period out into a file, checked to its end.')
    .requiredOption('-o, --output <file>', 'where to; it is there when all of it is')
    .option('--format <format>', Object.keys(FORMATS).join(' or '), 'csv')
    .option('--uses', 'also what session keys did, with their fees');
  addNetworkOptions(addPeriodOptions(command)).action((options: ExportOptions) =>
    exportLedgers(context, options),
  );
};

const exportLedgers = async ({ terminal, settings }: CliContext, options: ExportOptions): Promise<void> => {
  const format = parseFormat(options.format);
  const input = {
    ...{ format: FORMATS[format], period: periodOf(options, new Date()) },
    ...(options.uses === true && { contents: ['LEDGERS' as const, 'USES' as const] }),
  };
  const service = await findService(options, settings);
  const ask = askPatiently(service, terminal);
  const { createExport } = await ask(CreateExportDocument, { input, ...networkOf(options) });
  const end = await download(`${service.url}${present(createExport).path}`, format, options.output);
  const { rows, sha256 } = end;
  terminal.out(
    options.json === true
      ? JSON.stringify({ file: options.output, rows, sha256, period: input.period })
      : `${options.output}: ${rows} rows, ${input.period.from} to ${input.period.to} (excluded)\nSHA-256 up to its last line ${sha256}`,
  );
};

/** Its file is there when it is known to be whole. */
const download = (url: string, format: Format, file: string): Promise<ExportEnd> =>
  writePartFile(file, async (write) => {
    const { statusCode, body } = await request(url);
    if (statusCode !== 200) throw broken(`the link answers ${statusCode}`);
    const check = checkedExport(format);
    for await (const chunk of check.watch(body)) await write(chunk);
    const end = check.end();
    if (end === undefined) throw broken('it has no end, or not the bytes that its end speaks of');
    return end;
  });

const broken = (reason: string): CliError =>
  new CliError('EXPORT_BROKEN', `the export is not whole: ${reason}`, { hint: 'run it again' });

const parseFormat = (text: string): Format => {
  if (Object.hasOwn(FORMATS, text)) return text as Format;
  throw new CliError('ARGUMENT_INVALID', `no format: ${JSON.stringify(text)}`, {
    exitCode: EXIT.USAGE,
    hint: Object.keys(FORMATS).join(' or '),
  });
};
