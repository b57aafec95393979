import { Command } from 'commander';
import { addAccountsCommand } from './commands/accounts.command.ts';
import { addAttributeCommand } from './commands/attribute.command.ts';
import { addAuditCommand } from './commands/audit.command.ts';
import { addBackfillCommand } from './commands/backfill.command.ts';
import { addChangesCommand } from './commands/changes.command.ts';
import { addConfigCommand } from './commands/config.command.ts';
import { addDatabaseCommand } from './commands/database.command.ts';
import { addDemoCommand } from './commands/demo.command.ts';
import { addDigestCommand } from './commands/digest.command.ts';
import { addDeadLettersCommand } from './commands/dead-letters.command.ts';
import { addIncidentsCommand } from './commands/incidents.command.ts';
import { addKeysCommand } from './commands/keys.command.ts';
import { addMembersCommand } from './commands/members.command.ts';
import { addMigrateCommand } from './commands/migrate.command.ts';
import { addOrganisationsCommand } from './commands/organisations.command.ts';
import { addRebuildCommand } from './commands/rebuild.command.ts';
import { addResumeCommand } from './commands/resume.command.ts';
import { addSessionsCommand } from './commands/sessions.command.ts';
import { addSessionCommand } from './commands/session.command.ts';
import { addExportCommand } from './commands/export.command.ts';
import { addSpendCommand } from './commands/spend.command.ts';
import { addStartCommand } from './commands/start.command.ts';
import { addStatusCommand } from './commands/status.command.ts';
import { addVerifyCommand } from './commands/verify.command.ts';
import type { CliContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { describeFailure, failureJson, failureText } from './output/failure.ts';
import { CommanderError } from 'commander';

const EXIT_CODES = `
Exit codes: 0 done, 64 wrong command line, 65 refused (the code says why), 69 something needed does not answer,
70 a fault of Purser, 73 the data directory cannot be written, 77 no key or a refused one, 78 wrong settings; 130 and 143 stopped by a second signal.
Settings are environment variables: docs/reference/configuration.md.`;

/** In the order of the help. */
const COMMANDS = [
  addStartCommand,
  addStatusCommand,
  addSessionCommand,
  addSessionsCommand,
  addChangesCommand,
  addSpendCommand,
  addExportCommand,
  addAccountsCommand,
  addOrganisationsCommand,
  addKeysCommand,
  addMembersCommand,
  addAuditCommand,
  addBackfillCommand,
  addVerifyCommand,
  addRebuildCommand,
  addDigestCommand,
  addIncidentsCommand,
  addDeadLettersCommand,
  addResumeCommand,
  addAttributeCommand,
  addConfigCommand,
  addMigrateCommand,
  addDatabaseCommand,
  addDemoCommand,
];

const createProgram = (context: CliContext): Command => {
  const { terminal } = context;
  const program = new Command('purser')
    .description('Knows, and can prove, what every session key of a Starknet account may still do.')
    .addHelpText('after', EXIT_CODES)
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      // Failures are printed once, by runProgram; only the help of an unfinished command comes this way.
      writeErr: (text) => {
        if (text.startsWith('Usage:')) terminal.err(text.trimEnd());
      },
    })
    .exitOverride();
  for (const add of COMMANDS) add(program, context);
  return program;
};

/** Runs one command line. Never throws. @returns the exit code. */
export const runProgram = async (args: readonly string[], context: CliContext): Promise<number> => {
  const { terminal } = context;
  try {
    const program = createProgram(context);
    // Subcommands take over neither by themselves.
    for (const command of allCommands(program)) command.exitOverride().copyInheritedSettings(program);
    if (args.length === 0) {
      terminal.out(program.helpInformation());
      return EXIT.USAGE;
    }
    await program.parseAsync(args, { from: 'user' });
    return EXIT.OK;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.OK;
    if (error instanceof CommanderError && error.code === 'commander.help') return EXIT.USAGE;
    const failure = describeFailure(error);
    terminal.err(args.includes('--json') ? failureJson(failure) : failureText(failure));
    if (failure.code === 'INTERNAL' && context.environment['LOG_LEVEL'] === 'debug') {
      terminal.err(error instanceof Error ? (error.stack ?? '') : '');
    }
    return failure.exitCode;
  }
};

const allCommands = (command: Command): Command[] =>
  command.commands.flatMap((child) => [child, ...allCommands(child)]);
