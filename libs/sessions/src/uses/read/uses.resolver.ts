import {
  askedFields,
  CurrentRequest,
  CurrentScope,
  type CursorScope,
  decodeCursor,
  encodeCursor,
  INDEXER_STATUS,
  type IndexerStatus,
  loaderFor,
  parsePageSize,
  type RequestContext,
  toPage,
} from '#libs/api';
import type { RequestScope } from '#libs/database';
import { type Address, feltToHex, type SessionKey } from '#libs/felt';
import { Inject } from '@nestjs/common';
import { Args, Info, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { PageOnlyArgs } from '../../read/graphql/arguments.ts';
import type { SessionParent } from '../../read/graphql/session.resolver.ts';
import { Session } from '../../read/graphql/session.models.ts';
import { asOfView } from '../../read/graphql/views.ts';
import { historyOf } from '../../read/history.ts';
import { pickNetwork } from '../../read/pick-network.ts';
import { notFollowed, requireListing } from '../../read/policy.reader.ts';
import { SESSION_READ_PORTS, type ServedNetwork, type SessionReadPorts } from '../../read/ports.ts';
import { columnsFor, type ListedUse } from './use-columns.ts';
import { useView } from './use-view.ts';
import { TransactionUsesArgs, UsesArgs } from './uses.arguments.ts';
import { UseListRepository, type UseListing } from './uses.list.repository.ts';
import { TransactionUses, UseConnection } from './uses.models.ts';
import type { SessionOfPage } from './uses-of-sessions.statement.ts';
import type { UseListQuery } from './uses.statement.ts';

@Resolver(() => Session)
export class UsesResolver {
  constructor(
    @Inject(UseListRepository) private readonly repository: UseListRepository,
    @Inject(SESSION_READ_PORTS) private readonly ports: SessionReadPorts,
    @Inject(INDEXER_STATUS) private readonly status: IndexerStatus,
  ) {}

  @Query(() => UseConnection, {
    nullable: true,
    description:
      'Every call that the session keys of an account consumed or were denied, with its transaction. Null only beside an error.',
  })
  async uses(
    @Args() args: UsesArgs,
    @CurrentScope() asker: RequestScope,
    @Info() info: GraphQLResolveInfo,
  ): Promise<UseConnection> {
    const network = pickNetwork(this.ports.networks, args);
    const asked = { ...this.asked(asker, network, args), columns: columnsAsked(info) };
    const listing = await this.repository.list(asker, network.networkId, asked);
    return this.connection(asker, network, args, listing);
  }

  @Query(() => TransactionUses, {
    nullable: true,
    description: 'What one transaction used of session keys. Null only beside an error.',
  })
  async use(
    @Args() args: TransactionUsesArgs,
    @CurrentScope() asker: RequestScope,
  ): Promise<TransactionUses> {
    const network = pickNetwork(this.ports.networks, args);
    const { block, rows } = requireListing(
      await this.repository.ofTransaction(asker, network.networkId, args.transactionHash),
    );
    return {
      nodes: rows.map((row) => useView(row, network)),
      asOf: asOfView({ network, block, source: 'INDEX' }, this.status),
    };
  }

  @ResolveField('uses', () => UseConnection, {
    nullable: true,
    description: 'The uses of the key, at the block that the page names. Null only beside an error.',
  })
  usesOfSession(
    @Parent() session: SessionParent,
    @Args() page: PageOnlyArgs,
    @CurrentRequest() request: RequestContext,
  ): Promise<UseConnection> {
    const { network } = session.answer.origin;
    const args = {
      ...page,
      account: session.account as Address,
      sessionKey: session.sessionKey as SessionKey,
    };
    const asked = this.asked(request.scope, network, args);
    const name = `uses of sessions ${network.networkId} ${asked.limit} ${page.after ?? ''}`;
    const loader = loaderFor(request, name, (keys: readonly SessionOfPage[]) =>
      this.repository.listForSessions(request.scope, network.networkId, keys, asked),
    );
    const key = { account: feltToHex(args.account), sessionKey: feltToHex(args.sessionKey) };
    return loader.load(key).then((listing) => this.connection(request.scope, network, args, listing));
  }

  /** @throws PurserError BAD_INPUT, BAD_CURSOR */
  private asked(asker: RequestScope, network: ServedNetwork, args: UsesArgs): Omit<UseListQuery, 'columns'> {
    return {
      account: args.account,
      sessionKey: args.sessionKey ?? undefined,
      outcomes: args.outcome ?? undefined,
      path: args.path ?? undefined,
      fromBlock: args.fromBlock ?? undefined,
      toBlock: args.toBlock ?? undefined,
      after: placeAfter(scopeOf(asker, network, args), args.after),
      limit: parsePageSize(args.first) + 1,
    };
  }

  private connection(
    asker: RequestScope,
    network: ServedNetwork,
    args: UsesArgs,
    found: UseListing<ListedUse> | undefined,
  ): UseConnection {
    const listing = requireListing(found);
    if (listing.accountStatus !== 'FOLLOWED') throw notFollowed(args.account, listing.accountStatus);
    const scope = scopeOf(asker, network, args);
    const page = toPage(listing.rows, parsePageSize(args.first), {
      hasPrevious: Boolean(args.after),
      cursorOf: (row) =>
        encodeCursor(scope, [row.use_block_number, row.transaction_index, row.event_index].map(String)),
      nodeOf: (row) => useView(row, network),
    });
    return {
      ...page,
      asOf: asOfView({ network, block: listing.block, source: 'INDEX' }, this.status),
      history: historyOf(listing.coverage),
    };
  }
}

const NODES = ['nodes', 'edges.node'];
const FEES = NODES.map((path) => `${path}.fee`);

const columnsAsked = (info: GraphQLResolveInfo) =>
  columnsFor(askedFields(info, NODES), askedFields(info, FEES));

const scopeOf = (asker: RequestScope, { networkId }: ServedNetwork, args: UsesArgs): CursorScope => ({
  list: 'uses',
  asker,
  filter: {
    networkId,
    account: feltToHex(args.account),
    sessionKey:
      args.sessionKey === null || args.sessionKey === undefined ? undefined : feltToHex(args.sessionKey),
    outcome: args.outcome?.toSorted(),
    path: args.path ?? undefined,
    fromBlock: args.fromBlock ?? undefined,
    toBlock: args.toBlock ?? undefined,
  },
});

const placeAfter = (scope: CursorScope, after: string | null | undefined) => {
  if (after === null || after === undefined) return undefined;
  const [block = '0', transaction = '0', event = '0'] = decodeCursor(scope, after, 3);
  return [block, transaction, event] as const;
};
