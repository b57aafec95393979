import type { AccountWish } from '#libs/access';
import { feltToHex, parseAddress } from '#libs/felt';
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { formatTable } from '../output/table.ts';
import { withDatabase } from '../service/with-database.ts';
import { type AccountsOf, addAccount, listAccounts } from '../storage/accounts.repository.ts';
import { addFollowRulesCommand } from './follow-rules.command.ts';
import { addImportCommand } from './import-accounts.command.ts';

export const addAccountsCommand = (program: Command, context: CliContext): void => {
  const accounts = program.command('accounts').description('Which accounts are followed, for whom.');
  accounts
    .command('add')
    .description('Follow an account from now on. A running service takes it up within seconds.')
    .argument('<address>', 'address of the account')
    .option('--label <text>', 'a name for people, of the organisation alone')
    .option('--team <text>', 'whose it is')
    .option('--cost-centre <text>', 'where its spending is booked')
    .option('--organisation <name>', 'name or id of the organisation; default where left out')
    .option('--network <name>', 'which network, where there are several')
    .option('--json', 'print JSON')
    .action((address: string, options: AddOptions) => add(context, address, options));
  accounts
    .command('list')
    .description('List the accounts that are followed, waiting, or rejected with the reason.')
    .option('--organisation <name>', 'only those that it follows')
    .option('--network <name>', 'only of this network')
    .option('--json', 'print JSON')
    .action((options: ListOptions) => list(context, options));
  addImportCommand(accounts, context);
  addFollowRulesCommand(accounts, context);
};

interface AddOptions extends AccountsOf, Omit<AccountWish, 'account'> {
  readonly json?: boolean;
}

interface ListOptions extends AccountsOf {
  readonly json?: boolean;
}

const add = async (context: CliContext, address: string, options: AddOptions): Promise<void> => {
  const { label, team, costCentre, json } = options;
  const wish: AccountWish = { account: parseAddress(address), label, team, costCentre };
  const account = await withDatabase(context, (db) => addAccount(db, wish, options));
  if (json === true) {
    context.terminal.out(JSON.stringify(account));
    return;
  }
  const { network, status } = account;
  const said = status === 'PENDING' ? 'will be followed' : `is ${status.toLowerCase()} already`;
  context.terminal.out(`${feltToHex(wish.account)} on ${network}: ${said}`);
};

const list = async (context: CliContext, options: ListOptions): Promise<void> => {
  const accounts = await withDatabase(context, (db) => listAccounts(db, options));
  if (options.json === true) {
    context.terminal.out(JSON.stringify(accounts));
    return;
  }
  if (accounts.length === 0) {
    context.terminal.out('no accounts yet');
    return;
  }
  const rows = accounts.map((account) => [
    account.network,
    account.address,
    account.label,
    account.team,
    account.costCentre,
    account.status,
    account.source,
    account.followedFromBlock,
    account.reasonCode,
    account.followers,
  ]);
  const headings = [
    'network',
    'address',
    'label',
    'team',
    'cost centre',
    'status',
    'found by',
    'from block',
    'reason',
  ];
  context.terminal.out(formatTable([...headings, 'followers'], rows));
};
