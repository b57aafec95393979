import { parseAddress, parseSessionKey, feltToHex } from '#libs/felt';
import type { Command } from 'commander';
import { present, SessionDocument, type SessionQuery } from '#libs/api-client';
import { askPatiently } from '../client/ask-patiently.ts';
import { findService } from '../client/find-service.ts';
import { addNetworkOptions, networkOf, type NetworkOptions } from '../client/service-options.ts';
import type { CliContext } from '../context.ts';
import { formatRecord, formatTable } from '../output/table.ts';
import { showTime } from '../output/times.ts';

type Session = NonNullable<SessionQuery['session']>;

export const addSessionCommand = (program: Command, context: CliContext): void => {
  const command = program
    .command('session')
    .description('Ask about session keys.')
    .command('get')
    .description('What one session key may still do, and at which block that was so.')
    .argument('<account>', 'address of the account')
    .argument('<key>', 'public key of the session');
  addNetworkOptions(command).action((account: string, key: string, options: NetworkOptions) =>
    run(context, account, key, options),
  );
};

const run = async (
  { terminal, settings }: CliContext,
  account: string,
  key: string,
  options: NetworkOptions,
): Promise<void> => {
  const variables = {
    account: feltToHex(parseAddress(account)),
    sessionKey: feltToHex(parseSessionKey(key)),
    ...networkOf(options),
  };
  const service = await findService(options, settings);
  const session = present((await askPatiently(service, terminal)(SessionDocument, variables)).session);
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
