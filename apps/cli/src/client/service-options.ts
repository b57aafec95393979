import type { Command } from 'commander';
import type { PlaceOptions } from './find-service.ts';

/** What every command that asks the running service takes. */
export interface ServiceOptions extends PlaceOptions {
  readonly json?: boolean;
}

/** Of one that asks about one network. */
export interface NetworkOptions extends ServiceOptions {
  readonly network?: string;
}

export const addServiceOptions = (command: Command): Command =>
  command
    .option('--url <url>', 'where the service answers')
    .option('--key <key>', 'the API key to ask with; better given in PURSER_KEY')
    .option('--json', 'print JSON');

export const addNetworkOptions = (command: Command): Command =>
  addServiceOptions(command.option('--network <name>', 'which network, where several are served'));

/** As a variable of a question: absent where none was named. */
export const networkOf = ({ network }: NetworkOptions): { readonly network?: string } =>
  network === undefined ? {} : { network };
