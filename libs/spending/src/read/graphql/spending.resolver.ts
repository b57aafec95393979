import {
  CurrentPrincipal,
  CurrentScope,
  type CursorScope,
  decodeCursor,
  encodeCursor,
  INDEXER_STATUS,
  type IndexerStatus,
  parsePageSize,
  type Principal,
  PurserError,
  toPage,
} from '#libs/api';
import type { RequestScope } from '#libs/database';
import { feltToHex, U64_MAX } from '#libs/felt';
import {
  asOfView,
  pickNetwork,
  type ServedNetwork,
  SESSION_READ_PORTS,
  type SessionReadPorts,
} from '#libs/sessions';
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { type LedgerAnswer, LedgerReadRepository } from '../ledger-read.repository.ts';
import type { LedgerListQuery } from '../ledger-lists.statement.ts';
import { RiskReader } from '../risk.reader.ts';
import type { LedgerFilter } from '../statement-parts.ts';
import { DebitsArgs, MovementsArgs, RiskArgs, SpendingSummaryArgs } from './arguments.ts';
import { DebitConnection, MovementConnection } from './ledger.models.ts';
import { Risk } from './risk.models.ts';
import { SpendingSummary } from './summary.models.ts';
import { debitView, movementView, summaryView, tokenRiskView } from './views.ts';

@Resolver()
export class SpendingResolver {
  constructor(
    @Inject(LedgerReadRepository) private readonly ledgers: LedgerReadRepository,
    @Inject(RiskReader) private readonly risks: RiskReader,
    @Inject(SESSION_READ_PORTS) private readonly ports: SessionReadPorts,
    @Inject(INDEXER_STATUS) private readonly status: IndexerStatus,
  ) {}

  @Query(() => DebitConnection, {
    nullable: true,
    description: 'What budgets counted, the newest first. Null only beside an error.',
  })
  async debits(
    @Args() args: DebitsArgs,
    @CurrentScope() asker: RequestScope,
    @CurrentPrincipal() principal: Principal,
  ): Promise<DebitConnection> {
    requireReviews(args, principal);
    const network = pickNetwork(this.ports.networks, args);
    const scope = scopeOf(asker, 'debits', network, args);
    const size = parsePageSize(args.first);
    const answer = await this.ledgers.listDebits(asker, network.networkId, listQuery(scope, args, size, 4));
    const page = toPage(answer.rows, size, {
      hasPrevious: isGiven(args.after),
      cursorOf: (row) =>
        encodeCursor(scope, [row.blockNumber, row.transactionIndex, row.useIndex, row.callIndex].map(String)),
      nodeOf: (row) => debitView(row, { network, account: args.account }),
    });
    return { ...page, ...this.standing(network, answer) };
  }

  @Query(() => MovementConnection, {
    nullable: true,
    description: 'What moved out of an account, the newest first. Null only beside an error.',
  })
  async movements(
    @Args() args: MovementsArgs,
    @CurrentScope() asker: RequestScope,
    @CurrentPrincipal() principal: Principal,
  ): Promise<MovementConnection> {
    requireReviews(args, principal);
    const network = pickNetwork(this.ports.networks, args);
    const scope = scopeOf(asker, 'movements', network, args);
    const size = parsePageSize(args.first);
    const query = listQuery(scope, args, size, 3);
    const answer = await this.ledgers.listMovements(asker, network.networkId, query);
    const page = toPage(answer.rows, size, {
      hasPrevious: isGiven(args.after),
      cursorOf: (row) =>
        encodeCursor(scope, [row.blockNumber, row.transactionIndex, row.eventIndex].map(String)),
      nodeOf: (row) => movementView(row, { network, account: args.account }),
    });
    return { ...page, ...this.standing(network, answer) };
  }

  @Query(() => SpendingSummary, {
    nullable: true,
    description:
      'What budgets counted beside what really moved, and why they differ. Null only beside an error.',
  })
  async spendingSummary(
    @Args() args: SpendingSummaryArgs,
    @CurrentScope() asker: RequestScope,
  ): Promise<SpendingSummary> {
    const network = pickNetwork(this.ports.networks, args);
    const answer = await this.ledgers.sum(asker, network.networkId, filterOf(args));
    return { tokens: summaryView(answer.rows, network.chainId), ...this.standing(network, answer) };
  }

  @Query(() => Risk, {
    nullable: true,
    description:
      'The most that session keys can still take, never below what they can. Balances and allowances are asked of a node at the block of `asOf`. Null only beside an error.',
  })
  async risk(@Args() args: RiskArgs, @CurrentScope() asker: RequestScope): Promise<Risk> {
    const network = pickNetwork(this.ports.networks, args);
    const { account, sessionKey, tokens } = args;
    const key = sessionKey ?? undefined;
    const answer = await this.risks.read(asker, network, account, key, tokens ?? undefined);
    const views = answer.tokens.map((token) => tokenRiskView(token, network.chainId));
    return { tokens: views, ...this.standing(network, answer) };
  }

  private standing(network: ServedNetwork, { block, recordedFrom }: Omit<LedgerAnswer<never>, 'rows'>) {
    return { recordedFrom, asOf: asOfView({ network, block, source: 'INDEX' }, this.status) };
  }
}

const isGiven = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;

/** Which rows come tells what was said of them. @throws PurserError FORBIDDEN */
const requireReviews = ({ review }: DebitsArgs | MovementsArgs, { rights }: Principal): void => {
  if (!isGiven(review) || rights.has('READ_REVIEWS')) return;
  throw new PurserError('FORBIDDEN', 'What was said of rows is not for this role.', {
    details: { right: 'READ_REVIEWS' },
  });
};

type RangeArgs = SpendingSummaryArgs & Partial<Pick<DebitsArgs, 'fromBlock' | 'toBlock'>>;

/** @throws PurserError BAD_INPUT for a range that ends before it begins */
const filterOf = (args: RangeArgs): LedgerFilter => {
  const filter = {
    account: args.account,
    sessionKey: args.sessionKey ?? undefined,
    token: args.token ?? undefined,
    fromBlock: args.fromBlock ?? undefined,
    toBlock: args.toBlock ?? undefined,
    fromSeconds: args.from ?? undefined,
    toSeconds: args.to ?? undefined,
  };
  const { fromBlock = 0, toBlock = Infinity, fromSeconds = 0n, toSeconds = U64_MAX } = filter;
  if (fromBlock > toBlock || fromSeconds > toSeconds)
    throw new PurserError('BAD_INPUT', 'The range ends before it begins.');
  return filter;
};

const listQuery = (
  scope: CursorScope,
  args: DebitsArgs | MovementsArgs,
  size: number,
  keysetLength: number,
): LedgerListQuery => ({
  ...filterOf(args),
  causes: args.cause ?? undefined,
  review: args.review === 'UNREVIEWED' ? null : (args.review ?? undefined),
  after: isGiven(args.after) ? decodeCursor(scope, args.after, keysetLength) : undefined,
  limit: size + 1,
});

const scopeOf = (
  asker: RequestScope,
  list: string,
  { networkId }: ServedNetwork,
  args: DebitsArgs | MovementsArgs,
): CursorScope => ({
  list,
  asker,
  filter: {
    networkId,
    account: feltToHex(args.account),
    sessionKey: isGiven(args.sessionKey) ? feltToHex(args.sessionKey) : undefined,
    token: isGiven(args.token) ? feltToHex(args.token) : undefined,
    cause: args.cause?.map(String).toSorted(),
    review: args.review ?? undefined,
    fromBlock: args.fromBlock ?? undefined,
    toBlock: args.toBlock ?? undefined,
    from: args.from?.toString(),
    to: args.to?.toString(),
  },
});
