import { rebuild, type RebuildReport } from '#libs/verification';
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { formatTable } from '../output/table.ts';
import { tellProgress } from '../output/work-progress.ts';
import { withNetwork } from '../service/with-network.ts';

export const addRebuildCommand = (program: Command, context: CliContext): void => {
  program
    .command('rebuild')
    .description(
      'Fold all read models again from the facts, beside the live ones, and swap them. The service goes on.',
    )
    .option('--network <name>', 'which network, where there are several')
    .option('--json', 'print JSON')
    .action((options: { network?: string; json?: boolean }) =>
      withNetwork(context, options.network, async ({ db, network, signal }) => {
        const report = await rebuild(db, network.networkId, {
          signal,
          onProgress: tellProgress(context.terminal),
        });
        if (options.json === true)
          context.terminal.out(JSON.stringify({ network: network.label, ...report }));
        else context.terminal.out(text(network.label, report));
      }),
    );
};

const text = (network: string, { blockNumber, facts, changed, swapMs }: RebuildReport): string => {
  const rows = Object.entries(changed).map(([table, { removed, added }]) => [table, removed, added]);
  const head = `${network}: ${facts} facts folded up to block ${blockNumber}; the writer waited ${Math.ceil(swapMs)} ms`;
  return `${head}\n${formatTable(['table', 'rows removed', 'rows added'], rows)}`;
};
