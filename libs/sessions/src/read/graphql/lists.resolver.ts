import {
  type CursorScope,
  decodeCursor,
  encodeCursor,
  INDEXER_STATUS,
  type IndexerStatus,
  parsePageSize,
  toPage,
} from '#libs/api';
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
import { AccountConnection } from './account.models.ts';
import { AccountsArgs, PoliciesArgs, SessionsArgs } from './arguments.ts';
import { SpendingPolicyConnection } from './policy.models.ts';
import type { SessionParent } from './session.resolver.ts';
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
  async sessions(@Args() args: SessionsArgs): Promise<SessionConnection> {
    const network = pickNetwork(this.ports.networks, args);
    const size = parsePageSize(args.first);
    const scope = sessionScope(network, args);
    const listing = requireListing(
      await this.sessionLists.list(network.networkId, {
        account: args.account ?? undefined,
        statuses: args.status ?? undefined,
        expiresBeforeSeconds: args.expiresBefore ?? undefined,
        order: args.orderBy ?? 'ACCOUNT_ASC',
        after: sessionKeyset(scope, args.after),
        limit: size + 1,
      }),
    );
    this.requireFollowed(network, args, listing.accountStatus);
    const origin: Origin = { network, block: listing.block, source: 'INDEX' };
    const page = toPage(listing.rows, size, {
      hasPrevious: isGiven(args.after),
      cursorOf: (row) => encodeCursor(scope, row.keyset),
      nodeOf: (row) => this.listedSession(row, origin),
    });
    const history = isGiven(args.account) ? historyOf(listing.accountCoverage) : null;
    return { ...mutable(page), asOf: asOfView(origin, this.context.status), history };
  }

  @Query(() => AccountConnection, {
    nullable: true,
    description: 'Accounts in the index, those not followed (yet) included. Null only beside an error.',
  })
  async accounts(@Args() args: AccountsArgs): Promise<AccountConnection> {
    const network = pickNetwork(this.ports.networks, args);
    const size = parsePageSize(args.first);
    const scope: CursorScope = {
      list: 'accounts',
      filter: { networkId: network.networkId, status: args.status?.toSorted() },
    };
    const after = isGiven(args.after) ? decodeCursor(scope, args.after, 1)[0] : undefined;
    const statuses = args.status ?? undefined;
    const listing = requireListing(
      await this.accountLists.list(network.networkId, { statuses, after, limit: size + 1 }),
    );
    const origin: Origin = { network, block: listing.block, source: 'INDEX' };
    const page = toPage(listing.rows, size, {
      hasPrevious: isGiven(args.after),
      cursorOf: ({ address }) => encodeCursor(scope, [feltToHex(address)]),
      nodeOf: (account) => accountView(account, origin, this.context),
    });
    return { ...mutable(page), asOf: asOfView(origin, this.context.status) };
  }

  @Query(() => SpendingPolicyConnection, {
    nullable: true,
    description: 'The spending policies of an account. Null only beside an error.',
  })
  async policies(@Args() args: PoliciesArgs): Promise<SpendingPolicyConnection> {
    const network = pickNetwork(this.ports.networks, args);
    const size = parsePageSize(args.first);
    const scope = policyScope(network, args);
    const { origin, coverage, rows } = await this.policyReader.read(network, {
      account: args.account,
      sessionKey: args.sessionKey ?? undefined,
      token: args.token ?? undefined,
      after: policyKeyset(scope, args.after),
      limit: size + 1,
    });
    const page = toPage(rows, size, {
      hasPrevious: isGiven(args.after),
      cursorOf: ({ sessionKey, token }) => encodeCursor(scope, [feltToHex(sessionKey), feltToHex(token)]),
      nodeOf: (row) => policyView(row, origin, this.context),
    });
    const asOf = asOfView(origin, this.context.status);
    return { ...mutable(page), asOf, source: origin.source, history: historyOf(coverage) };
  }

  private listedSession({ session, policies }: ListedSession, origin: Origin): SessionParent {
    const answer = { origin, policies: () => Promise.resolve(policies) };
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

const mutable = <E, N, P>(page: { edges: readonly E[]; nodes: readonly N[]; pageInfo: P }) => ({
  edges: [...page.edges],
  nodes: [...page.nodes],
  pageInfo: page.pageInfo,
});

const sessionScope = ({ networkId }: ServedNetwork, args: SessionsArgs): CursorScope => ({
  list: 'sessions',
  filter: {
    networkId,
    account: isGiven(args.account) ? feltToHex(args.account) : undefined,
    status: args.status?.toSorted(),
    expiresBefore: args.expiresBefore?.toString(),
    orderBy: args.orderBy ?? 'ACCOUNT_ASC',
  },
});

const sessionKeyset = (scope: CursorScope, after: string | null | undefined) => {
  if (!isGiven(after)) return undefined;
  const [sort = '0', account = '', sessionKey = ''] = decodeCursor(scope, after, 3);
  return [sort, account, sessionKey] as const;
};

const policyScope = ({ networkId }: ServedNetwork, args: PoliciesArgs): CursorScope => ({
  list: 'policies',
  filter: {
    networkId,
    account: feltToHex(args.account),
    sessionKey: isGiven(args.sessionKey) ? feltToHex(args.sessionKey) : undefined,
    token: isGiven(args.token) ? feltToHex(args.token) : undefined,
  },
});

const policyKeyset = (scope: CursorScope, after: string | null | undefined) => {
  if (!isGiven(after)) return undefined;
  const [sessionKey = '', token = ''] = decodeCursor(scope, after, 2);
  return [sessionKey, token] as const;
};
