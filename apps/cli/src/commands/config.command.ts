import { describeEnvironment } from '#libs/config';
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { formatTable } from '../output/table.ts';

const REFERENCE = 'docs/reference/configuration.md';

export const addConfigCommand = (program: Command, context: CliContext): void => {
  const config = program.command('config').description('Look at the settings.');
  config
    .command('check')
    .description('Validate the settings as start does: all faults at once, exit code 78.')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) => check(context, options.json ?? false));
  config
    .command('show')
    .description('Print what is set, with secrets masked. Valid or not.')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) => show(context, options.json ?? false));
};

const check = ({ terminal, serviceSettings }: CliContext, json: boolean): void => {
  serviceSettings();
  terminal.out(json ? JSON.stringify({ valid: true, faults: [] }) : 'the settings are valid');
};

const show = ({ terminal, environment }: CliContext, json: boolean): void => {
  const described = describeEnvironment(environment);
  if (json) {
    terminal.out(JSON.stringify(described));
    return;
  }
  const rows = Object.entries(described);
  terminal.out(rows.length === 0 ? 'nothing is set' : formatTable(['name', 'value'], rows));
  terminal.out(`\neverything else has its default: ${REFERENCE}`);
};
