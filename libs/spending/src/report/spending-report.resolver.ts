import {
  CLOCK,
  type Clock,
  CurrentRequest,
  type CursorScope,
  INDEXER_STATUS,
  type IndexerStatus,
  parsePageSize,
  PurserError,
  type RequestContext,
  toPage,
} from '#libs/api';
import type { RequestScope } from '#libs/database';
import {
  asOfView,
  pickNetwork,
  type ServedNetwork,
  SESSION_READ_PORTS,
  type SessionReadPorts,
} from '#libs/sessions';
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { PeriodReader } from '../period/period.reader.ts';
import type { Period, PeriodPart } from '../period/period.ts';
import { filterFrom } from './finance.arguments.ts';
import { decodeFinanceCursor, encodeFinanceCursor } from './finance-page.ts';
import type { SpendingGroup } from './group-keys.ts';
import { type FinanceFilter, printedFilter } from './ledger-scope.ts';
import { SpendingArgs, SpendingReport } from './spending-report.models.ts';
import { SpendingReportRepository } from './spending-report.repository.ts';
import type { GroupJson } from './spending-report.statement.ts';
import { spendingRowView, standingView, tokenSpendView } from './spending-report.views.ts';

const MOST_GROUPS = 4;
const PARTS: readonly SpendingGroup[] = ['DAY', 'WEEK', 'MONTH'];

@Resolver()
export class SpendingReportResolver {
  constructor(
    @Inject(SpendingReportRepository) private readonly reports: SpendingReportRepository,
    @Inject(PeriodReader) private readonly periods: PeriodReader,
    @Inject(SESSION_READ_PORTS) private readonly ports: SessionReadPorts,
    @Inject(INDEXER_STATUS) private readonly status: IndexerStatus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Query(() => SpendingReport, {
    nullable: true,
    description:
      'What was spent in a period, by day, week, month, token, account, session key, recipient, label, team, cost centre or group. Null only beside an error.',
  })
  async spending(
    @Args() args: SpendingArgs,
    @CurrentRequest() request: RequestContext,
  ): Promise<SpendingReport> {
    const { scope: asker } = request;
    const network = pickNetwork(this.ports.networks, args);
    const groups = groupsOf(args.input.groupBy ?? []);
    const period = await this.periods.read(request, args.input.period, groups.find(isPart));
    const filter = filterFrom(args.input.filter);
    const nowSeconds = Math.floor(this.clock.nowMilliseconds() / 1_000);
    const scope = scopeOf(asker, network, groups, period, filter);
    const size = parsePageSize(args.first);
    const after = decodeFinanceCursor(scope, args.after, groups.length);
    const answer = await this.reports.read(asker, network.networkId, {
      groups,
      filter,
      boundsSeconds: period.boundsSeconds,
      ...{ nowSeconds, pin: after?.pin, after: after?.keyset, limit: size + 1 },
    });
    const { edges, pageInfo } = toPage(answer.rows, size, {
      hasPrevious: after !== undefined,
      cursorOf: (row) => encodeFinanceCursor(scope, keysetOf(row, groups), answer.block),
      nodeOf: (row) => spendingRowView(row, period),
    });
    return {
      rows: edges.map(({ node }) => node),
      pageInfo,
      totals: answer.totals.map(tokenSpendView),
      accountsInSeveralGroups: answer.inSeveralGroups ?? null,
      period: { from: period.from, to: period.to, timeZone: period.timeZone },
      ...standingView(answer),
      asOf: asOfView({ network, block: answer.block, source: 'INDEX' }, this.status),
    };
  }
}

const isPart = (group: SpendingGroup): group is PeriodPart => PARTS.includes(group);

/** @throws PurserError BAD_INPUT */
const groupsOf = (asked: readonly SpendingGroup[]): readonly SpendingGroup[] => {
  const groups = asked.includes('TOKEN') ? asked : [...asked, 'TOKEN' as const];
  if (new Set(groups).size !== groups.length)
    throw new PurserError('BAD_INPUT', 'groupBy names something twice.');
  if (asked.length > MOST_GROUPS) throw new PurserError('BAD_INPUT', `groupBy takes up to ${MOST_GROUPS}.`);
  if (groups.filter(isPart).length > 1)
    throw new PurserError('BAD_INPUT', 'groupBy takes one of DAY, WEEK and MONTH.');
  return groups;
};

const keysetOf = (row: GroupJson, groups: readonly SpendingGroup[]): readonly string[] =>
  groups.map((group) => keyOf(row, group));

const keyOf = (row: GroupJson, group: SpendingGroup): string => {
  switch (group) {
    case 'DAY':
    case 'WEEK':
    case 'MONTH':
      return row.part ?? '';
    case 'TOKEN':
      return row.token;
    case 'ACCOUNT':
      return row.account ?? '';
    case 'SESSION':
      return row.session_key ?? '';
    case 'RECIPIENT':
      return row.recipient ?? '';
    case 'LABEL':
      return row.label ?? '';
    case 'TEAM':
      return row.team ?? '';
    case 'COST_CENTRE':
      return row.cost_centre ?? '';
    case 'GROUP':
      return row.group_name ?? '';
  }
};

const scopeOf = (
  asker: RequestScope,
  { networkId }: ServedNetwork,
  groups: readonly SpendingGroup[],
  { from, to, timeZone }: Period,
  filter: FinanceFilter,
): CursorScope => ({
  list: 'spending',
  asker,
  filter: { networkId, groups, from, to, timeZone, ...printedFilter(filter) },
});
