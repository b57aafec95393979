import { parseAddress, parseSessionKey, feltToHex } from '#libs/felt';
import type { Command } from 'commander';
import { present, SessionDocument, type SessionQuery } from '#libs/api-client';
import { findService, type PlaceOptions } from '../client/find-service.ts';
import { askService } from '../client/graphql-client.ts';
import type { CliContext } from '../context.ts';
import { formatRecord, formatTable } from '../output/table.ts';
import { showTime } from '../output/times.ts';

type Session = NonNullable<SessionQuery['session']>;

interface SessionOptions extends PlaceOptions {
  readonly network?: string;
  readonly json?: boolean;
}

export const addSessionCommand = (program: Command, context: CliContext): void => {
  program
    .command('session')
    .description('Ask about session keys.')
    .command('get')
    .description('What one session key may still do, and at which block that was so.')
    .argument('<account>', 'address of the account')
    .argument('<key>', 'public key of the session')
    .option('--network <name>', 'which network, where several are served')
    .option('--url <url>', 'where the service answers')
    .option('--key <key>', 'the API key to ask with; better given in PURSER_KEY')
    .option('--json', 'print JSON')
    .action((account: string, key: string, options: SessionOptions) => run(context, account, key, options));
};

const run = async (
  { terminal, settings }: CliContext,
  account: string,
  key: string,
  options: SessionOptions,
): Promise<void> => {
  const variables = {
    account: feltToHex(parseAddress(account)),
    sessionKey: feltToHex(parseSessionKey(key)),
    ...(options.network !== undefined && { network: options.network }),
  };
  const service = await findService(options, settings);
  const session = present((await askService(service, SessionDocument, variables)).session);
  terminal.out(options.json === true ? JSON.stringify(session) : sessionText(session));
};

const sessionText = (session: Session): string => {
  const { asOf } = session;
  const lag = asOf.lagBlocks === null ? '' : `, ${asOf.lagBlocks} behind the head`;
  return [
    formatRecord([
      ['status', session.reason === null ? session.status : `${session.status}: ${session.reason.message}`],
      ['remaining calls', `${session.remainingCalls} of ${session.maxCalls}`],
      ['valid until', session.validUntil === null ? null : showTime(BigInt(session.validUntil))],
      ['may call', mayCall(session)],
      ['class', session.className],
      [
        'as of',
        `block ${asOf.blockNumber} of ${asOf.network} (${asOf.finality}, ${showTime(BigInt(asOf.timestamp))}${lag})`,
      ],
      ['read from', session.source],
    ]),
    '',
    policiesText(session.policies),
  ].join('\n');
};

const mayCall = ({ entrypointScope, entrypoints }: Session): string =>
  entrypointScope === 'LISTED'
    ? (entrypoints ?? []).map(({ name, selector }) => name ?? selector).join(', ')
    : entrypointScope;

const policiesText = (policies: Session['policies']): string => {
  if (policies === null) return 'spending policies could not be read';
  if (policies.length === 0) return 'no spending policy: no token is limited';
  return formatTable(
    ['token', 'state', 'remaining', 'spent', 'per window', 'per call', 'window s', 'resets'],
    policies.map((policy) => [
      policy.token,
      policy.state,
      policy.remaining,
      policy.effectiveSpent,
      policy.maxPerWindow,
      policy.maxPerCall,
      policy.windowSeconds,
      policy.resetsAt === null ? null : showTime(BigInt(policy.resetsAt)),
    ]),
  );
};
