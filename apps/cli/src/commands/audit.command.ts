import { DEFAULT_ORGANISATION } from '#libs/access';
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { exportLog, type ExportLogOptions } from './audit-export.ts';
import { verifyLogs, type VerifyLogsOptions } from './audit-verify.ts';

export const addAuditCommand = (program: Command, context: CliContext): void => {
  const audit = program.command('audit').description('The audit log: who changed what.');
  audit
    .command('verify')
    .description('Recompute the chain of hashes of each organisation, and say where it was altered.')
    .option('--organisation <name>', 'name or id of one organisation')
    .option('--file <file>', 'an exported log in place of the database')
    .option('--expect <head>', 'a head that an earlier verification printed (sequence:hash), kept elsewhere')
    .option('--json', 'print JSON')
    .action((options: VerifyLogsOptions) => verifyLogs(context, options));
  audit
    .command('export')
    .description(
      'Take the log of an organisation out as JSON Lines, with its chain of hashes. The log says so.',
    )
    .requiredOption('-o, --output <file>', 'where to; it is there when all of it is')
    .option('--organisation <name>', 'name or id of the organisation', DEFAULT_ORGANISATION)
    .option('--json', 'print JSON')
    .action((options: ExportLogOptions) => exportLog(context, options));
};
