import {
  pagesOf,
  present,
  SessionsDocument,
  type SessionsQuery,
  type SessionsQueryVariables,
} from '#libs/api-client';
import { feltToHex, parseAddress } from '#libs/felt';
import type { Command } from 'commander';
import { CliError } from '../cli.error.ts';
import { askPatiently, type AskService } from '../client/ask-patiently.ts';
import { findService } from '../client/find-service.ts';
import { addNetworkOptions, networkOf, type NetworkOptions } from '../client/service-options.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatTable } from '../output/table.ts';
import { showTime } from '../output/times.ts';
import { parseDuration } from './duration.ts';

type Page = NonNullable<SessionsQuery['sessions']>;
type Session = Page['nodes'][number];
type Status = Session['status'];

const STATUSES: readonly Status[] = ['ACTIVE', 'EXHAUSTED', 'EXPIRED', 'REVOKED'];
const ORDERS = {
  account: 'ACCOUNT_ASC',
  expiry: 'VALID_UNTIL_ASC',
  calls: 'REMAINING_CALLS_ASC',
} as const;
const MOST_ROWS_A_PAGE = 100;

interface ListOptions extends NetworkOptions {
  readonly account?: string;
  readonly status?: string;
  readonly expiresWithin?: string;
  readonly order?: string;
  readonly limit: string;
}

export const addSessionsCommand = (program: Command, context: CliContext): void => {
  const command = program
    .command('sessions')
    .description('Ask about many session keys.')
    .command('list')
    .description('Session keys of all accounts that are followed, or of one.')
    .option('--account <address>', 'only of this account')
    .option('--status <status,...>', `only these: ${STATUSES.join(', ').toLowerCase()}`)
    .option(
      '--expires-within <duration>',
      'active ones that end within this time of the chain, for example 7d',
    )
    .option(
      '--order <order>',
      `by ${Object.keys(ORDERS).join(', ')}; with --expires-within by expiry, else by account`,
    )
    .option('--limit <number>', 'at most so many rows, or all', '100');
  addNetworkOptions(command).action((options: ListOptions) => list(context, options));
};

const list = async ({ terminal, settings }: CliContext, options: ListOptions): Promise<void> => {
  const limit = parseLimit(options.limit);
  const wanted = variablesOf(options);
  const ask = askPatiently(await findService(options, settings), terminal);
  const { sessions, asOf, hasMore } = await readSessions(ask, await withExpiry(ask, wanted, options), limit);
  if (options.json === true) {
    terminal.out(JSON.stringify({ asOf, sessions, hasMore }));
    return;
  }
  terminal.out(sessions.length === 0 ? 'no session keys' : formatTable(HEADINGS, sessions.map(row)));
  const more = hasMore ? `; there are more, see --limit` : '';
  terminal.err(
    `as of block ${asOf.blockNumber} of ${asOf.network}, ${showTime(BigInt(asOf.timestamp))}${more}`,
  );
};

interface Listed {
  readonly sessions: readonly Session[];
  readonly asOf: Page['asOf'];
  readonly hasMore: boolean;
}

const readSessions = async (
  ask: AskService,
  wanted: SessionsQueryVariables,
  limit: number,
): Promise<Listed> => {
  const first = Math.min(limit, MOST_ROWS_A_PAGE);
  const pages = pagesOf(async (after): Promise<Page> => {
    const variables = { ...wanted, first, after: after ?? null };
    return present((await ask(SessionsDocument, variables)).sessions);
  });
  const sessions: Session[] = [];
  for await (const { asOf, nodes, pageInfo } of pages) {
    const rest = limit - sessions.length;
    sessions.push(...nodes.slice(0, rest));
    const hasMore = pageInfo.hasNextPage || nodes.length > rest;
    if (!pageInfo.hasNextPage || sessions.length >= limit) return { sessions, asOf, hasMore };
  }
  return present<Listed>(undefined);
};

/** The end is counted from the newest block that is indexed, by the clock of the chain. */
const withExpiry = async (
  ask: AskService,
  wanted: SessionsQueryVariables,
  { expiresWithin }: ListOptions,
): Promise<SessionsQueryVariables> => {
  if (expiresWithin === undefined) return wanted;
  const seconds = parseDuration(expiresWithin);
  const { asOf } = present((await ask(SessionsDocument, { ...wanted, first: 1 })).sessions);
  return { ...wanted, expiresBefore: String(BigInt(asOf.timestamp) + BigInt(seconds)) };
};

const variablesOf = (options: ListOptions): SessionsQueryVariables => {
  const { account, status, expiresWithin, order } = options;
  return {
    ...(account !== undefined && { account: feltToHex(parseAddress(account)) }),
    ...(status !== undefined && { status: parseStatuses(status) }),
    ...(status === undefined && expiresWithin !== undefined && { status: ['ACTIVE' as const] }),
    orderBy: ORDERS[parseOrder(order ?? (expiresWithin === undefined ? 'account' : 'expiry'))],
    ...networkOf(options),
  };
};

const parseStatuses = (text: string): Status[] =>
  text.split(',').map((word) => {
    const status = STATUSES.find((known) => known === word.trim().toUpperCase());
    if (status !== undefined) return status;
    throw wrong(`no status: ${JSON.stringify(word)}`, `some of ${STATUSES.join(', ').toLowerCase()}`);
  });

const parseOrder = (text: string): keyof typeof ORDERS => {
  if (Object.hasOwn(ORDERS, text)) return text as keyof typeof ORDERS;
  throw wrong(`no order: ${JSON.stringify(text)}`, `one of ${Object.keys(ORDERS).join(', ')}`);
};

const parseLimit = (text: string): number => {
  if (text === 'all') return Number.POSITIVE_INFINITY;
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw wrong(`no number of rows: ${JSON.stringify(text)}`, 'a number from 1 on, or all');
};

const wrong = (message: string, hint: string): CliError =>
  new CliError('ARGUMENT_INVALID', message, { exitCode: EXIT.USAGE, hint });

const HEADINGS = ['account', 'session key', 'status', 'valid until', 'calls left', 'may call', 'budgets'];

const row = ({
  account,
  sessionKey,
  status,
  validUntil,
  remainingCalls,
  maxCalls,
  entrypointScope,
  policies,
}: Session) => [
  account,
  sessionKey,
  status,
  validUntil === null ? undefined : showTime(BigInt(validUntil)),
  `${remainingCalls} of ${maxCalls}`,
  entrypointScope,
  policies === null ? 'unknown' : policies.map(budgetText).join('; '),
];

const budgetText = ({ token, state, remaining }: NonNullable<Session['policies']>[number]): string =>
  `${token}: ${remaining ?? state.toLowerCase()}`;
