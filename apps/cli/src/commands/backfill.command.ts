import type { BackfillJob } from '#libs/facts';
import { feltToHex, parseAddress } from '#libs/felt';
import type { Command } from 'commander';
import { setTimeout as delay } from 'node:timers/promises';
import { CliError } from '../cli.error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatTable } from '../output/table.ts';
import { loadProfiles } from '../service/load-profiles.ts';
import { withDatabase } from '../service/with-database.ts';
import {
  addBackfills,
  type BackfillWish,
  cancelJob,
  listJobs,
  planBackfills,
  resumeJob,
} from '../storage/backfills.repository.ts';
import { backfillText, jobJson, jobRow, planText } from '../output/backfills.ts';

interface BackfillOptions {
  readonly account?: string;
  readonly all?: boolean;
  readonly from: string;
  readonly scan?: boolean;
  readonly plan?: boolean;
  readonly wait?: boolean;
  readonly network?: string;
  readonly json?: boolean;
}

interface ListOptions {
  readonly all?: boolean;
  readonly network?: string;
  readonly json?: boolean;
}

export const addBackfillCommand = (program: Command, context: CliContext): void => {
  const backfill = program
    .command('backfill')
    .description(
      'Fill the history of accounts from before they were followed. A running service works on it.',
    )
    .option('--account <address>', 'the history of this account')
    .option('--all', 'of every account that is followed')
    .option('--from <block>', 'how far back', '0')
    .option('--scan', 'read every block: also shows sponsored calls that were refused')
    .option('--plan', 'only say what would be done and how many calls to nodes it takes at most')
    .option('--wait', 'stay until it is done, with the time left')
    .option('--network <name>', 'which network, where there are several')
    .option('--json', 'print JSON')
    .action((options: BackfillOptions) => run(context, options));
  backfill
    .command('list')
    .description('List the back-fills that are waiting or running, with the time left.')
    .option('--all', 'also those that ended')
    .option('--network <name>', 'only of this network')
    .option('--json', 'print JSON')
    .action((_options: ListOptions, command: Command) => list(context, command.optsWithGlobals()));
  backfill
    .command('cancel')
    .description('Stop a back-fill. What it has committed stays.')
    .argument('<job>', 'number of the job')
    .action((job: string) => change(context, job, cancelJob, 'is cancelled'));
  backfill
    .command('resume')
    .description('Go on with a back-fill that was cancelled or is incomplete.')
    .argument('<job>', 'number of the job')
    .action((job: string) => change(context, job, resumeJob, 'goes on'));
};

const wishOf = ({ account, all, from, scan, network }: BackfillOptions): BackfillWish => {
  if ((account === undefined) === (all !== true)) {
    throw new CliError('ARGUMENT_INVALID', 'say which accounts: either --account or --all', {
      exitCode: EXIT.USAGE,
    });
  }
  return {
    account: account === undefined ? undefined : parseAddress(account),
    network,
    fromBlock: wholeNumber(from, '--from'),
    everyBlock: scan === true,
  };
};

const wholeNumber = (text: string, name: string): number => {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new CliError('ARGUMENT_INVALID', `${name}: not a whole number`, { exitCode: EXIT.USAGE });
};

const run = async (context: CliContext, options: BackfillOptions): Promise<void> => {
  const wish = wishOf(options);
  if (options.plan === true) {
    await showPlan(context, wish, options.json === true);
    return;
  }
  const jobs = await withDatabase(context, (db) => addBackfills(db, wish));
  if (options.wait === true) await wait(context, jobs, options.network);
  else print(context, jobs, options.json === true);
};

const showPlan = async (context: CliContext, wish: BackfillWish, json: boolean): Promise<void> => {
  const profiles = await loadProfiles(context.settings().classProfilesPath);
  const planned = await withDatabase(context, (db) => planBackfills(db, wish, profiles));
  if (json) {
    context.terminal.out(
      JSON.stringify(planned, (name, value: unknown) => {
        if (name === 'tasks') return undefined;
        return typeof value === 'bigint' ? feltToHex(value) : value;
      }),
    );
    return;
  }
  context.terminal.out(planned.length === 0 ? 'nothing to fill' : planned.map(planText).join('\n\n'));
};

const HEADINGS = ['job', 'account', 'state', 'from', 'done to', 'calls', 'time left', 'reason'];

const print = ({ terminal }: CliContext, jobs: readonly BackfillJob[], json: boolean): void => {
  if (json) terminal.out(JSON.stringify(jobs.map(jobJson)));
  else terminal.out(jobs.length === 0 ? 'no back-fills' : formatTable(HEADINGS, jobs.map(jobRow)));
};

const list = async (context: CliContext, { all, network, json }: ListOptions): Promise<void> => {
  const jobs = await withDatabase(context, (db) => listJobs(db, { network, all: all === true }));
  print(context, jobs, json === true);
};

const change = async (
  context: CliContext,
  text: string,
  work: typeof cancelJob,
  said: string,
): Promise<void> => {
  const jobId = wholeNumber(text, 'job');
  await withDatabase(context, (db) => work(db, jobId));
  context.terminal.out(`job ${jobId} ${said}`);
};

const INTERVAL_MS = 1_000;

/** A line whenever something changed, until none of the jobs is open. @throws CliError with the code of one that failed */
const wait = (
  context: CliContext,
  jobs: readonly BackfillJob[],
  network: string | undefined,
): Promise<void> =>
  withDatabase(context, async (db) => {
    const wanted = new Set(jobs.map(({ jobId }) => jobId));
    const said = new Map<number, string>();
    for (;;) {
      const now = (await listJobs(db, { network, all: true })).filter(({ jobId }) => wanted.has(jobId));
      for (const job of now) {
        const text = backfillText(job);
        if (said.get(job.jobId) !== text) context.terminal.err(text);
        said.set(job.jobId, text);
      }
      const failed = now.find(({ state }) => state === 'INCOMPLETE' || state === 'CANCELLED');
      if (failed)
        throw new CliError(
          failed.reasonCode ?? 'BACKFILL_CANCELLED',
          `job ${failed.jobId} ended without a history`,
        );
      if (now.every(({ finishedAt }) => finishedAt !== undefined)) return;
      await delay(INTERVAL_MS);
    }
  });
