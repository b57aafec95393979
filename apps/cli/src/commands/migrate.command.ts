import { migrate, schemaStatus } from '#libs/database';
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { Cleanup } from '../service/cleanup.ts';
import { requireUrl } from '../service/open-databases.ts';
import { openServer } from '../service/open-server.ts';

export const addMigrateCommand = (program: Command, context: CliContext): void => {
  program
    .command('migrate')
    .description('Bring the schema of the database to the version of this Purser. `start` does it by itself.')
    .option('--check', 'only say which version the database has')
    .option('--json', 'print JSON')
    .action((options: { check?: boolean; json?: boolean }) => run(context, options));
};

const run = async (
  { terminal, settings }: CliContext,
  options: { check?: boolean; json?: boolean },
): Promise<void> => {
  const cleanup = new Cleanup((name, error) => terminal.err(`could not close ${name}: ${String(error)}`));
  try {
    const url = requireUrl(await openServer(settings(), cleanup), 'owner');
    const applied = options.check === true ? [] : await migrate({ url });
    const status = await schemaStatus({ url });
    if (options.json === true) terminal.out(JSON.stringify({ applied, ...status }));
    else terminal.out(text(applied, status.databaseVersion, status.binaryVersion));
  } finally {
    await cleanup.run();
  }
};

const text = (applied: readonly string[], databaseVersion: number, binaryVersion: number): string =>
  [
    ...applied.map((name) => `applied ${name}`),
    `schema version ${databaseVersion}; this Purser knows ${binaryVersion}`,
  ].join('\n');
