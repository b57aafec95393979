import {
  pagesOf,
  present,
  SpendingDocument,
  type SpendingQuery,
  type SpendingQueryVariables,
} from '#libs/api-client';
import type { Command } from 'commander';
import { CliError } from '../cli.error.ts';
import { askPatiently } from '../client/ask-patiently.ts';
import { findService } from '../client/find-service.ts';
import { addNetworkOptions, networkOf, type NetworkOptions } from '../client/service-options.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatTable } from '../output/table.ts';
import { addPeriodOptions, type PeriodOptions, periodOf } from './period-options.ts';

type Report = NonNullable<SpendingQuery['spending']>;
type Row = Report['rows'][number];
type Total = Report['totals'][number];
type Group = NonNullable<SpendingQueryVariables['input']['groupBy']>[number];

/** By what can be summed, and how a row shows it. */
const COLUMNS = {
  day: ['DAY', ({ periodStart }: Row) => periodStart],
  week: ['WEEK', ({ periodStart }: Row) => periodStart],
  month: ['MONTH', ({ periodStart }: Row) => periodStart],
  account: ['ACCOUNT', ({ account }: Row) => account],
  session: ['SESSION', ({ sessionKey }: Row) => sessionKey],
  recipient: ['RECIPIENT', ({ recipient }: Row) => recipient],
  label: ['LABEL', ({ label }: Row) => label],
  team: ['TEAM', ({ team }: Row) => team],
  'cost-centre': ['COST_CENTRE', ({ costCentre }: Row) => costCentre],
  group: ['GROUP', ({ group }: Row) => group?.name ?? null],
} as const satisfies Record<string, readonly [Group, (row: Row) => string | null]>;
type Column = keyof typeof COLUMNS;

interface SpendOptions extends NetworkOptions, PeriodOptions {
  readonly by: string;
}

const ROWS_A_PAGE = 100;

export const addSpendCommand = (program: Command, context: CliContext): void => {
  const command = program
    .command('spend')
    .description('What was spent: what budgets counted beside what tokens moved, each token by itself.')
    .option('--by <group,...>', `by ${Object.keys(COLUMNS).join(', ')}`, 'account');
  addNetworkOptions(addPeriodOptions(command)).action((options: SpendOptions) => spend(context, options));
};

const spend = async ({ terminal, settings }: CliContext, options: SpendOptions): Promise<void> => {
  const columns = columnsOf(options.by);
  const input = { period: periodOf(options, new Date()), groupBy: columns.map((name) => COLUMNS[name][0]) };
  const service = await findService(options, settings);
  const ask = askPatiently(service, terminal);
  const pages = pagesOf(async (after): Promise<Report> => {
    const variables = { input, first: ROWS_A_PAGE, after: after ?? null, ...networkOf(options) };
    return present((await ask(SpendingDocument, variables)).spending);
  });
  const read: Report[] = [];
  for await (const page of pages) read.push(page);
  const report = present(read.at(-1));
  const rows = read.flatMap((page) => page.rows);
  if (options.json === true) {
    terminal.out(JSON.stringify({ ...report, period: { ...input.period, ...report.period }, rows }));
    return;
  }
  terminal.out(rows.length === 0 ? 'nothing was spent' : tableOf(columns, rows, report.totals));
  terminal.err(standingOf(report, input.period));
};

const tableOf = (columns: readonly Column[], rows: readonly Row[], totals: readonly Total[]): string =>
  formatTable(
    [...columns, 'token', 'debited', 'moved', 'received', 'debits', 'movements'],
    [
      ...rows.map((row) => [...columns.map((name) => COLUMNS[name][1](row)), ...amounts(row)]),
      ...totals.map((total) => ['total', ...columns.slice(1).map(() => ''), ...amounts(total)]),
    ],
  );

/** In whole tokens where the decimals are known, else in the smallest unit. */
const amounts = ({ token, debits, movements, ...sums }: Row | Total) => [
  token.symbol ?? token.address,
  sums.debitedScaled ?? sums.debited,
  sums.movedScaled ?? sums.moved,
  sums.receivedScaled ?? sums.received,
  debits,
  movements,
];

const standingOf = (
  { accounts, accountsInSeveralGroups: several, incompleteAccounts, period, asOf }: Report,
  { from, to }: { readonly from: string; readonly to: string },
): string => {
  const partly = incompleteAccounts === 0 ? '' : `, ${incompleteAccounts} of them counted from later on only`;
  const twice =
    several === null || several === 0
      ? ''
      : `, ${several} of them in several groups: the rows come to more than the total`;
  return `${from} to ${to} (excluded), ${period.timeZone}; ${accounts} accounts${partly}${twice}; as of block ${asOf.blockNumber} of ${asOf.network}`;
};

const columnsOf = (text: string): Column[] =>
  text.split(',').map((word) => columnOf(word.trim().toLowerCase()));

const columnOf = (word: string): Column => {
  if (Object.hasOwn(COLUMNS, word)) return word as Column;
  throw new CliError('ARGUMENT_INVALID', `nothing is summed by ${JSON.stringify(word)}`, {
    exitCode: EXIT.USAGE,
    hint: `by ${Object.keys(COLUMNS).join(', ')}`,
  });
};
