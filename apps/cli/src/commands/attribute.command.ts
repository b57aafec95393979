import { feltToHex, parseAddress } from '#libs/felt';
import { attributeAgain, type AttributedBlock } from '#libs/indexing';
import type { Command } from 'commander';
import { CliError } from '../cli.error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatTable } from '../output/table.ts';
import { loadProfiles } from '../service/load-profiles.ts';
import { type NetworkWork, openNodes, withNetwork } from '../service/with-network.ts';

interface AttributeOptions {
  readonly account?: string;
  readonly network?: string;
  readonly rpcUrl?: string;
  readonly json?: boolean;
}

export const addAttributeCommand = (program: Command, context: CliContext): void => {
  program
    .command('attribute')
    .description(
      'Find out again who used the keys of quarantined accounts, for example with a node that has traces.',
    )
    .option('--account <address>', 'only of this account')
    .option('--network <name>', 'which network, where there are several')
    .option('--rpc-url <url>', 'the node to ask, in place of those in the settings')
    .option('--json', 'print JSON')
    .action((options: AttributeOptions) =>
      withNetwork(context, options.network, (work) => attribute(context, options, work)),
    );
};

const attribute = async (
  context: CliContext,
  options: AttributeOptions,
  { db, network, cleanup, signal }: NetworkWork,
): Promise<void> => {
  const account = options.account === undefined ? undefined : parseAddress(options.account);
  const { networkId, chainId } = network;
  const profiles = await loadProfiles(context.settings().classProfilesPath);
  const source = openNodes(context.settings(), network, options.rpcUrl, cleanup);
  const blocks: AttributedBlock[] = [];
  for await (const block of attributeAgain({ db, networkId, chainId, source, profiles }, account, signal)) {
    if (context.terminal.isInteractive)
      context.terminal.err(`block ${block.blockNumber}: ${block.outcome.toLowerCase()}`);
    blocks.push(block);
  }
  print(context, options, blocks);
  const left = blocks.filter(({ outcome }) => outcome === 'UNEXPLAINED');
  if (left.length === 0) return;
  throw new CliError('ATTRIBUTION_INCOMPLETE', `${left.length} blocks are still not explained`, {
    exitCode: EXIT.REFUSED,
    hint: 'ask a node that has traces with --rpc-url',
  });
};

const print = (
  { terminal }: CliContext,
  options: AttributeOptions,
  blocks: readonly AttributedBlock[],
): void => {
  if (options.json === true) {
    terminal.out(JSON.stringify(blocks.map(printed)));
    return;
  }
  if (blocks.length === 0) {
    terminal.out('nothing is unattributed');
    return;
  }
  const rows = blocks.map(({ account, blockNumber, outcome, uses, reasons, released }) => [
    ...[feltToHex(account), blockNumber, outcome, uses, reasons.join(', ') || undefined],
    released ? 'ended' : undefined,
  ]);
  terminal.out(formatTable(['account', 'block', 'outcome', 'uses', 'reason', 'quarantine'], rows));
};

const printed = ({ account, blockHash, ...block }: AttributedBlock) => ({
  ...block,
  account: feltToHex(account),
  blockHash: feltToHex(blockHash),
});
