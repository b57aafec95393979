import {
  CurrentScope,
  type CursorScope,
  INDEXER_STATUS,
  type IndexerStatus,
  parsePageSize,
  parsePoint,
  type Point,
  toPage,
} from '#libs/api';
import type { RequestScope } from '#libs/database';
import { feltToHex } from '#libs/felt';
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { historyOf } from '../history.ts';
import { AccountListRepository } from '../index-store/account-list.repository.ts';
import { type ListedSession, SessionListRepository } from '../index-store/session-list.repository.ts';
import { pickNetwork } from '../pick-network.ts';
import { notFollowed, PolicyReader, requireListing } from '../policy.reader.ts';
import {
  type FollowOnRead,
  SESSION_READ_PORTS,
  type ServedNetwork,
  type SessionReadPorts,
} from '../ports.ts';
import type { Origin } from '../records.ts';
import { Account, AccountConnection } from './account.models.ts';
import { AccountArgs, AccountsArgs, PoliciesArgs, SessionsArgs } from './arguments.ts';
import { SpendingPolicyConnection } from './policy.models.ts';
import { decodePageCursor, encodePageCursor, type PageCursor, scopeOfPoint } from './page-cursor.ts';
import type { SessionParent } from './session.resolver.ts';
import { accountFilterOf, accountKeysetFrom, accountKeysetOf, accountScope } from './account-page.ts';
import { SessionConnection } from './session.models.ts';
import { accountView, asOfView, policyView, sessionView, type ViewContext } from './views.ts';

@Resolver()
export class ListsResolver {
  private readonly context: ViewContext;
  private readonly followOnRead: FollowOnRead | undefined;

  constructor(
    @Inject(SessionListRepository) private readonly sessionLists: SessionListRepository,
    @Inject(AccountListRepository) private readonly accountLists: AccountListRepository,
    @Inject(PolicyReader) private readonly policyReader: PolicyReader,
    @Inject(SESSION_READ_PORTS) private readonly ports: SessionReadPorts,
    @Inject(INDEXER_STATUS) status: IndexerStatus,
  ) {
    this.context = { profiles: ports.profiles, status };
    this.followOnRead = ports.followOnRead;
  }

  @Query(() => SessionConnection, {
    nullable: true,
    description: 'Session keys in the index, of one account or of all. Null only beside an error.',
  })
  async sessions(
    @Args() args: SessionsArgs,
    @CurrentScope() asker: RequestScope,
  ): Promise<SessionConnection> {
    const network = pickNetwork(this.ports.networks, args);
    const size = parsePageSize(args.first);
    const point = parsePoint(args.at);
    const scope = sessionScope(asker, network, args, point);
    const after = decodePageCursor(scope, args.after, 3);
    const listing = requireListing(
      await this.sessionLists.list(asker, network.networkId, {
        at: after?.pin ?? point,
        account: args.account ?? undefined,
        statuses: args.status ?? undefined,
        expiresBeforeSeconds: args.expiresBefore ?? undefined,
        order: args.orderBy ?? 'ACCOUNT_ASC',
        after: sessionKeyset(after),
        limit: size + 1,
      }),
    );
    this.requireFollowed(network, args, listing.accountStatus);
    const origin: Origin = { network, block: listing.block, source: 'INDEX' };
    const page = toPage(listing.rows, size, {
      hasPrevious: isGiven(args.after),
      cursorOf: (row) => encodePageCursor(scope, row.keyset, listing.block),
      nodeOf: (row) => this.listedSession(row, origin),
    });
    const history = isGiven(args.account) ? historyOf(listing.accountCoverage) : null;
    return { ...page, asOf: asOfView(origin, this.context.status), history };
  }

  @Query(() => AccountConnection, {
    nullable: true,
    description: 'Accounts in the index, those not followed (yet) included. Null only beside an error.',
  })
  async accounts(
    @Args() args: AccountsArgs,
    @CurrentScope() asker: RequestScope,
  ): Promise<AccountConnection> {
    const network = pickNetwork(this.ports.networks, args);
    const size = parsePageSize(args.first);
    const point = parsePoint(args.at);
    const scope = accountScope(asker, network, args, point);
    const cursor = decodePageCursor(scope, args.after, 2);
    const order = args.orderBy ?? 'ADDRESS_ASC';
    const listing = requireListing(
      await this.accountLists.list(asker, network.networkId, {
        at: cursor?.pin ?? point,
        statuses: args.status ?? undefined,
        ...accountFilterOf(args),
        order,
        after: accountKeysetFrom(cursor),
        limit: size + 1,
      }),
    );
    const origin: Origin = { network, block: listing.block, source: 'INDEX' };
    const page = toPage(listing.rows, size, {
      hasPrevious: isGiven(args.after),
      cursorOf: (row) => encodePageCursor(scope, accountKeysetOf(row, order), listing.block),
      nodeOf: (account) => accountView(account, origin, this.context),
    });
    return { ...page, asOf: asOfView(origin, this.context.status) };
  }

  @Query(() => Account, {
    nullable: true,
    description:
      'One account in the index. Null for one that is not in the list of `accounts`: whether anybody else follows it is not told.',
  })
  async account(@Args() args: AccountArgs, @CurrentScope() asker: RequestScope): Promise<Account | null> {
    const network = pickNetwork(this.ports.networks, args);
    const listing = requireListing(
      await this.accountLists.list(asker, network.networkId, {
        ...{ at: parsePoint(args.at), statuses: undefined, after: undefined, limit: 1 },
        addresses: [args.address],
      }),
    );
    const [row] = listing.rows;
    const origin: Origin = { network, block: listing.block, source: 'INDEX' };
    return row === undefined ? null : accountView(row, origin, this.context);
  }

  @Query(() => SpendingPolicyConnection, {
    nullable: true,
    description: 'The spending policies of an account. Null only beside an error.',
  })
  async policies(
    @Args() args: PoliciesArgs,
    @CurrentScope() asker: RequestScope,
  ): Promise<SpendingPolicyConnection> {
    const network = pickNetwork(this.ports.networks, args);
    const size = parsePageSize(args.first);
    const point = parsePoint(args.at);
    const scope = policyScope(asker, network, args, point);
    const after = decodePageCursor(scope, args.after, 2);
    const { origin, coverage, rows } = await this.policyReader.read(asker, network, {
      at: after?.pin ?? point,
      account: args.account,
      sessionKey: args.sessionKey ?? undefined,
      token: args.token ?? undefined,
      after: policyKeyset(after),
      limit: size + 1,
    });
    const page = toPage(rows, size, {
      hasPrevious: isGiven(args.after),
      cursorOf: ({ sessionKey, token }) =>
        encodePageCursor(scope, [feltToHex(sessionKey), feltToHex(token)], origin.block),
      nodeOf: (row) => policyView(row, origin, this.context),
    });
    const asOf = asOfView(origin, this.context.status);
    return { ...page, asOf, source: origin.source, history: historyOf(coverage) };
  }

  private listedSession({ session, policies }: ListedSession, origin: Origin): SessionParent {
    const answer = { origin, session, policies: () => Promise.resolve(policies) };
    return { ...sessionView(session, origin, this.context), answer };
  }

  private requireFollowed(
    network: ServedNetwork,
    { account }: SessionsArgs,
    status: string | undefined,
  ): void {
    if (!isGiven(account) || status === 'FOLLOWED') return;
    if (status === undefined) this.followOnRead?.(network, account);
    throw notFollowed(account, status);
  }
}

const isGiven = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;

const sessionScope = (
  asker: RequestScope,
  { networkId }: ServedNetwork,
  args: SessionsArgs,
  point: Point | undefined,
): CursorScope => ({
  list: 'sessions',
  asker,
  filter: {
    networkId,
    at: scopeOfPoint(point),
    account: isGiven(args.account) ? feltToHex(args.account) : undefined,
    status: args.status?.toSorted(),
    expiresBefore: args.expiresBefore?.toString(),
    orderBy: args.orderBy ?? 'ACCOUNT_ASC',
  },
});

const sessionKeyset = (cursor: PageCursor | undefined) => {
  if (cursor === undefined) return undefined;
  const [sort = '0', account = '', sessionKey = ''] = cursor.keyset;
  return [sort, account, sessionKey] as const;
};

const policyScope = (
  asker: RequestScope,
  { networkId }: ServedNetwork,
  args: PoliciesArgs,
  point: Point | undefined,
): CursorScope => ({
  list: 'policies',
  asker,
  filter: {
    networkId,
    at: scopeOfPoint(point),
    account: feltToHex(args.account),
    sessionKey: isGiven(args.sessionKey) ? feltToHex(args.sessionKey) : undefined,
    token: isGiven(args.token) ? feltToHex(args.token) : undefined,
  },
});

const policyKeyset = (cursor: PageCursor | undefined) => {
  if (cursor === undefined) return undefined;
  const [sessionKey = '', token = ''] = cursor.keyset;
  return [sessionKey, token] as const;
};
