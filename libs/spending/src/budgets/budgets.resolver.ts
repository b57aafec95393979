import { CurrentScope, INDEXER_STATUS, type IndexerStatus, PurserError } from '#libs/api';
import type { RequestScope } from '#libs/database';
import { parseAddress, parseSessionKey } from '#libs/felt';
import { asOfView, pickNetwork, SESSION_READ_PORTS, type SessionReadPorts } from '#libs/sessions';
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { filterFrom } from '../report/finance.arguments.ts';
import { standingView, tokenView } from '../report/spending-report.views.ts';
import { scaled } from '../tokens/scaled.ts';
import { BudgetReport, BudgetsArgs, type BudgetSumModel, type TokenBudget } from './budgets.models.ts';
import { BudgetsRepository } from './budgets.repository.ts';
import { type BudgetGroup, type BudgetSum, sumBudgets } from './sum-budgets.ts';

const MOST_SUMS = 1_000;

@Resolver()
export class BudgetsResolver {
  constructor(
    @Inject(BudgetsRepository) private readonly repository: BudgetsRepository,
    @Inject(SESSION_READ_PORTS) private readonly ports: SessionReadPorts,
    @Inject(INDEXER_STATUS) private readonly status: IndexerStatus,
  ) {}

  @Query(() => BudgetReport, {
    nullable: true,
    description:
      'What budgets leave now, by token, account, session key, label, team, cost centre or group. Null only beside an error.',
  })
  async budgets(@Args() args: BudgetsArgs, @CurrentScope() asker: RequestScope): Promise<BudgetReport> {
    const network = pickNetwork(this.ports.networks, args);
    const groups = groupsOf(args.groupBy ?? []);
    const filter = filterFrom(args.filter);
    if (filter.recipient !== undefined) throw new PurserError('BAD_INPUT', 'A budget has no recipient.');
    const byGroup = groups.includes('GROUP');
    const answer = await this.repository.list(asker, network.networkId, { filter, byGroup });
    const now = answer.block.timestampSeconds;
    const { sums, totals, inSeveralGroups } = sumBudgets(answer, groups, this.ports.profiles, now);
    if (sums.length > MOST_SUMS)
      throw new PurserError(
        'TOO_MANY_ROWS',
        `There are more than ${MOST_SUMS} sums: group by less, or filter.`,
      );
    return {
      sums: sums.map((sum) => budgetSumView(sum, groups)),
      totals: totals.map(tokenBudgetView),
      accountsInSeveralGroups: inSeveralGroups ?? null,
      ...standingView(answer),
      asOf: asOfView({ network, block: answer.block, source: 'INDEX' }, this.status),
    };
  }
}

/** @throws PurserError BAD_INPUT */
const groupsOf = (asked: readonly BudgetGroup[]): readonly BudgetGroup[] => {
  const groups = asked.includes('TOKEN') ? asked : [...asked, 'TOKEN' as const];
  if (new Set(groups).size !== groups.length)
    throw new PurserError('BAD_INPUT', 'groupBy names something twice.');
  return groups;
};

const tokenBudgetView = ({ of, remaining, limited, unlimited, unknown }: BudgetSum): TokenBudget => ({
  token: tokenView(of),
  remaining,
  remainingScaled: scaled(remaining, of.decimals),
  ...{ limited, unlimited, unknown },
});

const budgetSumView = (sum: BudgetSum, groups: readonly BudgetGroup[]): BudgetSumModel => {
  const { of, group: inGroup } = sum;
  const where = <T>(group: BudgetGroup, value: T): T | null => (groups.includes(group) ? value : null);
  return {
    ...tokenBudgetView(sum),
    account: where('ACCOUNT', parseAddress(of.account)),
    sessionKey: where('SESSION', parseSessionKey(of.sessionKey)),
    label: where('LABEL', of.label),
    team: where('TEAM', of.team),
    costCentre: where('COST_CENTRE', of.costCentre),
    group: inGroup === undefined ? null : { id: inGroup.id, name: inGroup.name },
  };
};
