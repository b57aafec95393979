import { readFile } from 'node:fs/promises';
import { feltToHex, parseAddress } from '#libs/felt';
import {
  compareDigests,
  computeDigests,
  type DigestDifference,
  type Digests,
  parseDigestExport,
} from '#libs/verification';
import type { StoredNetwork } from '#libs/facts';
import { type Command, InvalidArgumentError } from 'commander';
import { CliError } from '../cli.error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatTable } from '../output/table.ts';
import { tellProgress } from '../output/work-progress.ts';
import { withNetwork } from '../service/with-network.ts';

interface DigestOptions {
  readonly account?: string;
  readonly block?: number;
  readonly from?: number;
  readonly network?: string;
  readonly json?: boolean;
}

export const addDigestCommand = (program: Command, context: CliContext): void => {
  const digest = program
    .command('digest')
    .description(
      'The digest of the facts, to compare with another operator. --json prints what `digest diff` reads.',
    )
    .option('--account <address>', 'only this account')
    .option('--block <number>', 'up to and with this block', height)
    .option('--from <number>', 'not before this block, where the other operator began later', height)
    .option('--network <name>', 'which network, where there are several')
    .option('--json', 'print JSON')
    .action((options: DigestOptions) => show(context, options));
  digest
    .command('diff')
    .description('Find the first block at which the facts differ from those of another operator.')
    .argument('<file>', 'what `purser digest --json` printed there')
    .option('--network <name>', 'which network, where there are several')
    .option('--json', 'print JSON')
    .action((file: string, _options: DigestOptions, command: Command) =>
      compare(context, file, command.optsWithGlobals()),
    );
};

const height = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('a block number');
  return value;
};

const show = (context: CliContext, options: DigestOptions): Promise<void> =>
  withNetwork(context, options.network, async ({ db, network, signal }) => {
    const digests = await computeDigests(db, network, {
      ...(options.account !== undefined && { account: feltToHex(parseAddress(options.account)) }),
      ...(options.block !== undefined && { atBlock: options.block }),
      ...(options.from !== undefined && { fromBlock: options.from }),
      signal,
      onProgress: tellProgress(context.terminal),
    });
    context.terminal.out(options.json === true ? exportText(network, digests) : table(network, digests));
  });

const exportText = ({ chainId, genesisHash }: StoredNetwork, digests: Digests): string =>
  JSON.stringify({
    format: 'purser-digest-1',
    chainId: feltToHex(chainId),
    genesisHash: feltToHex(genesisHash),
    ...digests,
  });

const table = ({ label }: StoredNetwork, { blockNumber, blockHash, digest, accounts }: Digests): string =>
  [
    `${label} at block ${blockNumber} (${blockHash}): ${digest}`,
    formatTable(
      ['account', 'from block', 'facts', 'digest'],
      accounts.map((account) => [account.account, account.fromBlock, account.facts, account.digest]),
    ),
  ].join('\n');

const compare = async (context: CliContext, file: string, options: DigestOptions): Promise<void> => {
  const theirs = parseDigestExport(await readFile(file, 'utf8'));
  await withNetwork(context, options.network, async ({ db, network, signal }) => {
    const onProgress = tellProgress(context.terminal);
    const { upToBlock, differences } = await compareDigests(db, network, theirs, { signal, onProgress });
    if (options.json === true) context.terminal.out(JSON.stringify({ upToBlock, differences }));
    else context.terminal.out(differencesText(upToBlock, differences));
    if (differences.length === 0) return;
    throw new CliError('DIGESTS_DIFFER', `${differences.length} accounts differ`, { exitCode: EXIT.REFUSED });
  });
};

const differencesText = (upToBlock: number, differences: readonly DigestDifference[]): string =>
  differences.length === 0
    ? `equal up to block ${upToBlock}`
    : formatTable(
        ['account', 'problem', 'first block'],
        differences.map(({ account, problem, blockNumber }) => [account, problem, blockNumber]),
      );
