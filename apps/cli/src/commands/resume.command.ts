import { hostname, userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { resumeBelowFinality } from '#libs/verification';
import type { Command } from 'commander';
import { CliError } from '../cli.error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { withNetwork } from '../service/with-network.ts';

interface ResumeOptions {
  readonly network: string;
  readonly acceptReorgBelowFinality?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export const addResumeCommand = (program: Command, context: CliContext): void => {
  program
    .command('resume')
    .description('Go on after a finality violation. A running service takes it up within seconds.')
    .requiredOption('--network <name>', 'which network')
    .option(
      '--accept-reorg-below-finality',
      'roll back blocks that were final, once, and read what replaced them',
    )
    .option('--yes', 'do not ask')
    .option('--json', 'print JSON')
    .action((options: ResumeOptions) => resume(context, options));
};

const resume = async (context: CliContext, options: ResumeOptions): Promise<void> => {
  if (options.acceptReorgBelowFinality !== true) {
    throw new CliError('CONFIRMATION_REQUIRED', 'say what is accepted: --accept-reorg-below-finality', {
      exitCode: EXIT.USAGE,
    });
  }
  await withNetwork(context, options.network, async ({ db, network }) => {
    if (options.yes !== true) await confirm(network.label);
    const by = `${userInfo().username}@${hostname()}`;
    const resolution = await resumeBelowFinality(db, network.networkId, { by, at: new Date() });
    context.terminal.out(
      options.json === true ? JSON.stringify({ network: network.label, resolution }) : resolution,
    );
  });
};

const confirm = async (network: string): Promise<void> => {
  if (!process.stdin.isTTY) {
    throw new CliError('CONFIRMATION_REQUIRED', 'nobody is there to be asked: say --yes', {
      exitCode: EXIT.USAGE,
    });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(
      `Replace final blocks of ${network}? Type the name of the network: `,
    );
    if (answer.trim() === network) return;
  } finally {
    terminal.close();
  }
  throw new CliError('CONFIRMATION_REQUIRED', 'not confirmed', { exitCode: EXIT.USAGE });
};
