import {
  ChangedDocument,
  type ChangedSubscription,
  type ChangedSubscriptionVariables,
} from '#libs/api-client';
import { feltToHex, parseAddress, parseSessionKey } from '#libs/felt';
import type { Command } from 'commander';
import { CliError } from '../cli.error.ts';
import { findService, type PlaceOptions } from '../client/find-service.ts';
import { listenToService } from '../client/graphql-client.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { showTime } from '../output/times.ts';
import { listenForStop } from '../service/stop-on-signal.ts';

type Changed = ChangedSubscription['changed'];
const KINDS = ['SESSION', 'POLICY', 'FINDING', 'FINALIZED'] as const;

interface ChangesOptions extends PlaceOptions {
  readonly account?: string[];
  readonly sessionKey?: string;
  readonly kind?: string;
  readonly after?: string;
  readonly limit?: string;
  readonly network?: string;
  readonly json?: boolean;
}

export const addChangesCommand = (program: Command, context: CliContext): void => {
  program
    .command('changes')
    .description('Tells what changes, a line each, until it is stopped.')
    .option('--account <address...>', 'only of these accounts')
    .option('--session-key <key>', 'only of this session key')
    .option(
      '--kind <kind,...>',
      `only these: ${KINDS.join(', ').toLowerCase()}; retractions come with those that they take back`,
    )
    .option('--after <position>', 'from where on: a cursor, or block:<number>:<hash>; left out: from now on')
    .option('--limit <number>', 'ends after so many')
    .option('--network <name>', 'which network, where several are served')
    .option('--url <url>', 'where the service answers')
    .option('--key <key>', 'the API key to ask with; better given in PURSER_KEY')
    .option('--json', 'print a JSON object a line')
    .action((options: ChangesOptions) => follow(context, options));
};

const follow = async ({ terminal, settings }: CliContext, options: ChangesOptions): Promise<void> => {
  const limit = parseLimit(options.limit);
  const variables = variablesOf(options);
  const service = await findService(options, settings);
  const stop = new AbortController();
  const signals = listenForStop({ abandon: () => undefined });
  void signals.first.then(() => stop.abort(new Error('stopped')));
  const events = listenToService(service, ChangedDocument, variables, {
    cursorOf: ({ changed }) => changed.cursor,
    signal: stop.signal,
  });
  try {
    let told = 0;
    for await (const { changed } of events) {
      terminal.out(options.json === true ? JSON.stringify(changed) : lineOf(changed));
      told += 1;
      if (told >= limit) return;
    }
  } finally {
    signals.dispose();
  }
};

const variablesOf = (options: ChangesOptions): ChangedSubscriptionVariables => {
  const { account, sessionKey, kind, after, network } = options;
  return {
    ...(account !== undefined && { accounts: account.map((text) => feltToHex(parseAddress(text))) }),
    ...(sessionKey !== undefined && { sessionKey: feltToHex(parseSessionKey(sessionKey)) }),
    ...(kind !== undefined && { kinds: kind.split(',').map(parseKind) }),
    ...(after !== undefined && { after }),
    ...(network !== undefined && { network }),
  };
};

const parseKind = (word: string): (typeof KINDS)[number] => {
  const kind = KINDS.find((known) => known === word.trim().toUpperCase());
  if (kind !== undefined) return kind;
  throw wrong(`no kind: ${JSON.stringify(word)}`, `some of ${KINDS.join(', ').toLowerCase()}`);
};

const parseLimit = (text: string | undefined): number => {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw wrong(`no number of events: ${JSON.stringify(text)}`, 'a number from 1 on');
};

const wrong = (message: string, hint: string): CliError =>
  new CliError('ARGUMENT_INVALID', message, { exitCode: EXIT.USAGE, hint });

const lineOf = (changed: Changed): string => {
  const { asOf, account, sessionKey } = changed;
  const when = `${asOf.blockNumber} ${showTime(BigInt(asOf.timestamp))}`;
  const who = account === null ? ['the network'] : [account, sessionKey ?? 'the account'];
  return [when, ...who, whatOf(changed)].join('  ');
};

const whatOf = (changed: Changed): string => {
  switch (changed.kind) {
    case 'SESSION':
      return `${wordsOf(changed.sessionChanges)}; ${changed.session?.remainingCalls ?? 'unknown'} calls left`;
    case 'POLICY':
      return `${wordsOf(changed.policyChanges)} of ${changed.token ?? ''}; ${changed.policy?.remaining ?? 'unknown or no limit'} left${wholeOf(changed)}`;
    case 'FINDING':
      return [
        ...changed.appeared.map(({ code, severity }) => `to look at: ${code} (${severity.toLowerCase()})`),
        ...changed.ended.map(({ code }) => `no longer: ${code}`),
      ].join(', ');
    case 'FINALIZED':
      return 'final: nothing up to this block is taken back any more';
    case 'RETRACTED':
      return `did not happen: ${changed.retracts ?? ''} (${(changed.retractedKind ?? '').toLowerCase()})`;
  }
};

const wholeOf = ({ policy }: Changed): string =>
  typeof policy?.remainingScaled === 'string' ? ` (${policy.remainingScaled} in whole tokens)` : '';

const wordsOf = (kinds: readonly string[]): string =>
  kinds.length === 0 ? 'changed' : kinds.map((kind) => kind.toLowerCase().replaceAll('_', ' ')).join(', ');
