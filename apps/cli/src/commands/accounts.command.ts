import { feltToHex, parseAddress } from '#libs/felt';
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { formatTable } from '../output/table.ts';
import { withDatabase } from '../service/with-database.ts';
import { addAccount, listAccounts } from '../storage/accounts.repository.ts';

export const addAccountsCommand = (program: Command, context: CliContext): void => {
  const accounts = program.command('accounts').description('Which accounts are followed.');
  accounts
    .command('add')
    .description('Follow an account from now on. A running service takes it up within seconds.')
    .argument('<address>', 'address of the account')
    .option('--label <text>', 'a name for people')
    .option('--network <name>', 'which network, where there are several')
    .option('--json', 'print JSON')
    .action((address: string, options: AddOptions) => add(context, address, options));
  accounts
    .command('list')
    .description('List the accounts that are followed, waiting, or rejected with the reason.')
    .option('--network <name>', 'only of this network')
    .option('--json', 'print JSON')
    .action((options: ListOptions) => list(context, options));
};

interface AddOptions {
  readonly label?: string;
  readonly network?: string;
  readonly json?: boolean;
}

interface ListOptions {
  readonly network?: string;
  readonly json?: boolean;
}

const add = async (context: CliContext, address: string, options: AddOptions): Promise<void> => {
  const parsed = parseAddress(address);
  const account = await withDatabase(context, (db) => addAccount(db, parsed, options));
  if (options.json === true) {
    context.terminal.out(JSON.stringify(account));
    return;
  }
  const { network, status } = account;
  const said = status === 'PENDING' ? 'will be followed' : `is ${status.toLowerCase()} already`;
  context.terminal.out(`${feltToHex(parsed)} on ${network}: ${said}`);
};

const list = async (context: CliContext, options: ListOptions): Promise<void> => {
  const accounts = await withDatabase(context, (db) => listAccounts(db, options.network));
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
    account.status,
    account.source,
    account.followedFromBlock,
    account.reasonCode,
  ]);
  const headings = ['network', 'address', 'label', 'status', 'found by', 'from block', 'reason'];
  context.terminal.out(formatTable(headings, rows));
};
