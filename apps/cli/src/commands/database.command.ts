import { API_ROLE, INDEXER_ROLE, ROLES_SQL } from '#libs/database';
import type { Command } from 'commander';
import { CliError } from '../cli.error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatTable } from '../output/table.ts';
import { checkDatabase, type DatabaseCheck } from '../service/check-database.ts';
import { Cleanup } from '../service/cleanup.ts';
import { openServer } from '../service/open-server.ts';

export const addDatabaseCommand = (program: Command, context: CliContext): void => {
  const database = program.command('database').description('The roles of the database.');
  database
    .command('roles')
    .description(
      'Print the SQL that makes the roles, to be run by whoever may create some: | psql "$ADMIN_URL"',
    )
    .action(() => context.terminal.out(rolesText()));
  database
    .command('check')
    .description('Say what the database lacks, and what its roles may that they should not.')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) => check(context, options.json ?? false));
};

/** What follows the roles is for a person: nobody else may choose passwords. */
const rolesText = (): string =>
  [
    ROLES_SQL.trimEnd(),
    '-- Then the logins of INDEXER_DATABASE_URL and API_DATABASE_URL, with passwords of your own:',
    `-- create role indexer login password '...' in role ${INDEXER_ROLE};`,
    `-- create role api login password '...' in role ${API_ROLE};`,
  ].join('\n');

const check = async ({ terminal, settings }: CliContext, json: boolean): Promise<void> => {
  const cleanup = new Cleanup((name, error) => terminal.err(`could not close ${name}: ${String(error)}`));
  try {
    const checks = await checkDatabase(await openServer(settings(), cleanup));
    terminal.out(json ? JSON.stringify({ checks }) : formatTable(['what', 'is', 'says'], checks.map(row)));
    const wrong = checks.filter(({ state }) => state === 'WRONG').length;
    if (wrong === 0) return;
    throw new CliError('DATABASE_UNFIT', `${wrong} of ${checks.length} are wrong`, {
      exitCode: EXIT.REFUSED,
      hint: 'docs/how-to/database.md says what each role is for',
    });
  } finally {
    await cleanup.run();
  }
};

const STATES: Readonly<Record<DatabaseCheck['state'], string>> = {
  RIGHT: 'right',
  WRONG: 'WRONG',
  SKIPPED: 'not looked at',
};

const row = ({ what, state, says }: DatabaseCheck) => [what, STATES[state], says];
