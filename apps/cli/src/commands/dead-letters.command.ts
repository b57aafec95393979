import { type DeadLetter, listDeadLetters } from '#libs/facts';
import { feltToHex, parseAddress } from '#libs/felt';
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { formatTable } from '../output/table.ts';
import { type NetworkWork, withNetwork } from '../service/with-network.ts';

const MOST = 1_000;

interface ListOptions {
  readonly account?: string;
  readonly network?: string;
  readonly json?: boolean;
}

export const addDeadLettersCommand = (program: Command, context: CliContext): void => {
  program
    .command('dead-letters')
    .description('What the index could not read.')
    .command('list')
    .description(`List what could not be read, the newest first, at most ${MOST}.`)
    .option('--account <address>', 'of this account only')
    .option('--network <name>', 'which network, where there are several')
    .option('--json', 'print JSON, with what was read as it is')
    .action((options: ListOptions) =>
      withNetwork(context, options.network, (work) => list(context, options, work)),
    );
};

const list = async (
  { terminal }: CliContext,
  { account, json }: ListOptions,
  { db, network }: NetworkWork,
): Promise<void> => {
  const found = await listDeadLetters(db, network.networkId, {
    limit: MOST,
    ...(account !== undefined && { account: parseAddress(account) }),
  });
  if (json === true) {
    terminal.out(JSON.stringify(found.map(printed)));
    return;
  }
  if (found.length === 0) {
    terminal.out('no dead letters');
    return;
  }
  const rows = found.map((letter) => [
    letter.blockNumber,
    letter.code,
    feltToHex(letter.account),
    letter.transactionHash === undefined ? undefined : feltToHex(letter.transactionHash),
    letter.reason,
  ]);
  terminal.out(formatTable(['block', 'code', 'account', 'transaction', 'reason'], rows));
};

const printed = ({ account, blockHash, transactionHash, ...letter }: DeadLetter) => ({
  ...letter,
  account: feltToHex(account),
  blockHash: feltToHex(blockHash),
  transactionHash: transactionHash === undefined ? null : feltToHex(transactionHash),
});
