import { askIndex, CurrentScope, PurserError } from '#libs/api';
import type { RequestScope } from '#libs/database';
import { toClassHash } from '#libs/felt';
import { Inject } from '@nestjs/common';
import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import {
  createFollowRule,
  deleteFollowRule,
  ruleListStatement,
  type RuleWish,
} from '../follows/follow-rules.ts';
import { type Asker, CurrentAsker } from './asker.ts';
import { change } from './change-as.ts';
import { FollowRule, FollowRuleArgs, NewFollowRule, ruleView } from './follow-rules.models.ts';
import { networkIdOf, PORTFOLIO_PORTS, type PortfolioPorts } from './portfolio.ports.ts';

@Resolver(() => FollowRule)
export class FollowRulesResolver {
  constructor(@Inject(PORTFOLIO_PORTS) private readonly ports: PortfolioPorts) {}

  @Query(() => [FollowRule], {
    nullable: true,
    description: 'The rules by which the organisation follows accounts, the oldest first: 100 at most.',
  })
  async followRules(@CurrentScope() scope: RequestScope): Promise<FollowRule[]> {
    const { db, networks } = this.ports;
    const rules = await askIndex(() => db.read(scope, ruleListStatement(db.build)));
    return rules.map((rule) => ruleView(rule, networks));
  }

  @Mutation(() => NewFollowRule, {
    nullable: true,
    description:
      'Follows accounts of a class, or of a deployer, on one network: those that the deployment knows at once, others as soon as ' +
      'it does, whoever asked for them first. CONFLICT where the organisation has that rule.',
  })
  async createFollowRule(@Args() args: FollowRuleArgs, @CurrentAsker() asker: Asker): Promise<NewFollowRule> {
    const wish = wishOf(args, networkIdOf(this.ports, args));
    const { rule, found } = await change(this.ports, asker, (work) => createFollowRule(work, wish));
    return { rule: ruleView(rule, this.ports.networks), found };
  }

  @Mutation(() => Boolean, {
    nullable: true,
    description: 'Deletes a rule; what it found stays followed. False: there was none of that id.',
  })
  async deleteFollowRule(
    @Args('id', { type: () => ID, description: 'The rule.' }) id: string,
    @CurrentAsker() asker: Asker,
  ): Promise<boolean> {
    return await change(this.ports, asker, (work) => deleteFollowRule(work, id));
  }
}

const wishOf = (args: FollowRuleArgs, networkId: number): RuleWish => {
  const { classHash = null, deployer = null, label = null, team = null, costCentre = null } = args;
  const texts = { networkId, label, team, costCentre };
  if (classHash !== null && deployer === null)
    return { kind: 'CLASS', classHash: toClassHash(classHash), ...texts };
  if (deployer !== null && classHash === null) return { kind: 'DEPLOYER', deployer, ...texts };
  throw new PurserError('BAD_INPUT', 'Give either classHash or deployer.');
};
