import type { Command } from 'commander';
import { INDEXER_STATE_TEXT } from '#libs/api';
import { IndexerDocument, type IndexerQuery } from '#libs/api-client';
import { askPatiently } from '../client/ask-patiently.ts';
import { findService } from '../client/find-service.ts';
import { addServiceOptions, type ServiceOptions } from '../client/service-options.ts';
import type { CliContext } from '../context.ts';
import { formatTable } from '../output/table.ts';
import { showDuration } from '../output/times.ts';

type Network = IndexerQuery['indexer'][number];
type StateView = Pick<
  Network,
  'state' | 'stopped' | 'lastError' | 'progress' | 'accounts' | 'stalledSeconds'
>;

export const addStatusCommand = (program: Command, context: CliContext): void => {
  const command = program
    .command('status')
    .description('Ask the running service which networks it follows and how far it is.');
  addServiceOptions(command).action((options: ServiceOptions) => run(context, options));
};

const run = async ({ terminal, settings }: CliContext, options: ServiceOptions): Promise<void> => {
  const service = await findService(options, settings);
  const { indexer } = await askPatiently(service, terminal)(IndexerDocument, {});
  const { url } = service;
  if (options.json === true) {
    terminal.out(JSON.stringify({ url, networks: indexer }));
    return;
  }
  terminal.out(`Purser at ${url}\n`);
  const headings = ['network', 'chain', 'indexed', 'head', 'lag', 'final', 'state'];
  terminal.out(formatTable(headings, indexer.map(row)));
};

const row = (network: Network) => [
  network.sandbox ? `${network.network} (made up)` : network.network,
  network.chainName ?? network.chainId,
  network.indexed?.blockNumber,
  network.head?.blockNumber,
  network.lagBlocks,
  network.finalizedBlock,
  stateText(network),
];

export const stateText = (network: StateView): string => {
  const { state, stopped, lastError, progress, accounts, stalledSeconds } = network;
  const text = INDEXER_STATE_TEXT[state];
  const reason = lastError ?? stopped;
  if (reason !== null) {
    return `${text}${stalledSeconds === null ? '' : ` for ${showDuration(stalledSeconds)}`}: ${reason}`;
  }
  const reading =
    accounts === null ? '' : `; ${accounts.done} of ${accounts.total} accounts read${leftOf(accounts)}`;
  return `${text}${state === 'CATCHING_UP' ? leftOf(progress) : ''}${reading}`;
};

const leftOf = (work: Network['progress']): string =>
  work === null || work.secondsLeft === null ? '' : `, ${showDuration(work.secondsLeft)} left`;
