import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  type AccountsFile,
  appendAudit,
  canSkip,
  DEFAULT_ORGANISATION,
  type FollowOutcome,
  importAccounts,
  type OrganisationName,
  readAccountsFile,
  requireOrganisation,
  rowFaultText,
  wrongLines,
} from '#libs/access';
import { ProgressMeter } from '#libs/verification';
import type { Command } from 'commander';
import { CliError } from '../cli.error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { type ImportReport, importText } from '../output/import-report.ts';
import { tellProgress } from '../output/work-progress.ts';
import { asHost, hostActor } from '../service/host-actor.ts';
import { loadProfiles } from '../service/load-profiles.ts';
import { type NetworkWork, openNodes, withNetwork } from '../service/with-network.ts';
import { type Assessment, assessImport } from '../storage/assess-import.ts';

interface ImportOptions {
  readonly organisation: string;
  readonly network?: string;
  readonly dryRun?: boolean;
  readonly skipInvalid?: boolean;
  /** False with --no-node. */
  readonly node: boolean;
  readonly rpcUrl?: string;
  readonly json?: boolean;
}

const LARGEST_FILE_BYTES = 64 * 1024 * 1024;

export const addImportCommand = (accounts: Command, context: CliContext): void => {
  accounts
    .command('import')
    .description('Follow the accounts of a CSV file with columns address, label, team, cost_centre.')
    .argument('<file>', 'the file; every wrong line is named, and then nothing is written')
    .option('--dry-run', 'only say what would be followed, how it stands, and what its history costs')
    .option('--skip-invalid', 'leave wrong lines out and take the others')
    .option('--organisation <name>', 'name or id of the organisation', DEFAULT_ORGANISATION)
    .option('--network <name>', 'which network, where there are several')
    .option('--no-node', 'with --dry-run: do not ask the node how accounts stand')
    .option('--rpc-url <url>', 'with --dry-run: the node to ask, in place of that of the settings')
    .option('--json', 'print JSON')
    .action((file: string, options: ImportOptions) => run(context, file, options));
};

const run = async (context: CliContext, path: string, options: ImportOptions): Promise<void> => {
  const bytes = await readSmall(path);
  const file = readAccountsFile(bytes);
  const faults = [...file.faults];
  const isStopped = faults.length > 0 && !(options.skipInvalid === true && canSkip(faults));
  if (options.json !== true) for (const fault of faults) context.terminal.err(rowFaultText(fault));
  const report = await withNetwork(context, options.network, async (work): Promise<ImportReport> => {
    const organisation = await requireOrganisation(work.db, options.organisation);
    const told = {
      ...{ network: work.network.label, organisation: organisation.name },
      ...{ rows: file.rows, good: file.wishes.length, wrong: wrongLines(faults), faults },
    };
    if (options.dryRun === true)
      return { ...told, assessment: await assess(context, work, organisation, file, options) };
    if (isStopped) return told;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { ...told, outcome: await write(context, work, organisation, file, sha256) };
  });
  context.terminal.out(options.json === true ? JSON.stringify(report) : importText(report));
  if (isStopped) throw wrongFile(report, canSkip(faults));
};

const assess = async (
  context: CliContext,
  { db, network, cleanup, signal }: NetworkWork,
  { organisationId }: OrganisationName,
  { wishes }: AccountsFile,
  options: ImportOptions,
): Promise<Assessment> => {
  const settings = context.settings();
  const accounts = wishes.map(({ account }) => account);
  return await assessImport(db, network, organisationId, accounts, {
    openSource: options.node ? () => openNodes(settings, network, options.rpcUrl, cleanup) : undefined,
    profiles: await loadProfiles(settings.classProfilesPath),
    backfillCallsPerSecond: settings.backfillCallsPerSecond,
    tell: tellProgress(context.terminal),
    signal,
  });
};

/** Each part is noted account by account in its own transaction; that the file as a whole was done is noted at the end. */
const write = async (
  { terminal }: CliContext,
  { db, network, signal }: NetworkWork,
  { organisationId }: OrganisationName,
  { wishes, rows }: AccountsFile,
  sha256: string,
): Promise<FollowOutcome> => {
  const meter = new ProgressMeter('importing', wishes.length, tellProgress(terminal));
  let before = 0;
  const outcome = await importAccounts(
    (work) => asHost(db, organisationId, work),
    network.networkId,
    wishes,
    (done) => {
      meter.add(done - before);
      before = done;
      if (signal.aborted && done < wishes.length) throw stoppedAfter(done, wishes.length);
    },
  );
  await asHost(db, organisationId, ({ trx }) =>
    appendAudit(trx, hostActor(), {
      ...{ action: 'ACCOUNTS_IMPORTED', objectKind: 'IMPORT', objectId: sha256 },
      after: { network: network.label, rows, ...outcome },
    }),
  );
  return outcome;
};

const stoppedAfter = (done: number, total: number): CliError =>
  new CliError('INTERRUPTED', `cancelled after ${done} of ${total} accounts`, {
    hint: 'import the same file again: it goes on with the others',
  });

const wrongFile = ({ wrong, good }: ImportReport, skippable: boolean): CliError =>
  new CliError('IMPORT_INVALID', `${wrong} lines are wrong, nothing was written`, {
    exitCode: EXIT.REFUSED,
    hint: skippable
      ? `mend them, or take the ${good} good ones with --skip-invalid`
      : 'the file as a whole is not one of accounts: docs/how-to/import-accounts.md',
  });

const readSmall = async (path: string): Promise<Buffer> => {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new CliError('FILE_UNREADABLE', `cannot read ${path}`, { exitCode: EXIT.REFUSED, cause });
  });
  if (bytes.length > LARGEST_FILE_BYTES)
    throw new CliError('FILE_UNREADABLE', `${path} is larger than 64 MiB`, { exitCode: EXIT.REFUSED });
  return bytes;
};
