import type { Command } from 'commander';
import { z } from 'zod';
import { INDEXER_STATE_TEXT, IndexerState } from '#libs/api';
import { findService, type PlaceOptions } from '../client/find-service.ts';
import { askService } from '../client/graphql-client.ts';
import type { CliContext } from '../context.ts';
import { formatTable } from '../output/table.ts';
import { showDuration } from '../output/times.ts';

const QUERY = `{
  indexer {
    network chainId chainName sandbox state stopped lagBlocks lagSeconds stalledSeconds finalizedBlock lastError
    head { blockNumber blockHash timestamp }
    indexed { blockNumber blockHash timestamp finality }
    progress { done total ratePerSecond secondsLeft }
    accounts { done total ratePerSecond secondsLeft }
  }
}`;

const block = z.looseObject({ blockNumber: z.number() }).nullable();
const progress = z
  .looseObject({ done: z.number(), total: z.number(), secondsLeft: z.number().nullable() })
  .nullable();
const shape = z.object({
  indexer: z.array(
    z.looseObject({
      network: z.string(),
      chainId: z.string(),
      chainName: z.string().nullable(),
      sandbox: z.boolean(),
      state: z.enum(IndexerState),
      stopped: z.string().nullable(),
      head: block,
      indexed: block,
      lagBlocks: z.number().nullable(),
      stalledSeconds: z.number().nullable(),
      finalizedBlock: z.number().nullable(),
      lastError: z.string().nullable(),
      progress,
      accounts: progress,
    }),
  ),
});

type Network = z.output<typeof shape>['indexer'][number];
type StateView = Pick<
  Network,
  'state' | 'stopped' | 'lastError' | 'progress' | 'accounts' | 'stalledSeconds'
>;

export const addStatusCommand = (program: Command, context: CliContext): void => {
  program
    .command('status')
    .description('Ask the running service which networks it follows and how far it is.')
    .option('--url <url>', 'where the service answers')
    .option('--key <key>', 'the API key to ask with; better given in PURSER_KEY')
    .option('--json', 'print JSON')
    .action((options: StatusOptions) => run(context, options));
};

interface StatusOptions extends PlaceOptions {
  readonly json?: boolean;
}

const run = async ({ terminal, settings }: CliContext, options: StatusOptions): Promise<void> => {
  const service = await findService(options, settings);
  const { indexer } = await askService(service, shape, QUERY);
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
