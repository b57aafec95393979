import type { Command } from 'commander';
import { CliError } from '../cli.error.ts';
import type { CliContext } from '../context.ts';
import { runDemo } from '../demo/run-demo.ts';
import { Cleanup } from '../service/cleanup.ts';
import { exitCodeOfSignal, listenForStop } from '../service/stop-on-signal.ts';

export const addDemoCommand = (program: Command, context: CliContext): void => {
  program
    .command('demo')
    .description(
      'One thin line through everything, on a sandbox of its own: grant, spend, index, answer, alert.',
    )
    .action(() => demo(context));
};

const demo = async ({ terminal }: CliContext): Promise<void> => {
  const cleanup = new Cleanup((name, error) => terminal.err(`could not close ${name}: ${String(error)}`));
  const signals = listenForStop({ abandon: () => undefined });
  const interrupted = signals.first.then(async (signal) => {
    await cleanup.run();
    throw new CliError('INTERRUPTED', `stopped by ${signal}`, { exitCode: exitCodeOfSignal(signal) });
  });
  try {
    await Promise.race([runDemo(terminal, cleanup), interrupted]);
  } finally {
    signals.dispose();
  }
};
