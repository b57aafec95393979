import { CountScalar } from '#libs/api';
import { Inject } from '@nestjs/common';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import {
  type AccountWish,
  followAccounts,
  labelAccounts,
  unfollowAccounts,
} from '../follows/follow-accounts.ts';
import { type Asker, CurrentAsker } from './asker.ts';
import { change } from './change-as.ts';
import { FollowArgs, type FollowInput, FollowResult, UnfollowArgs } from './follows.models.ts';
import { networkIdOf, PORTFOLIO_PORTS, type PortfolioPorts } from './portfolio.ports.ts';

const AGAIN = 'Done again it changes nothing.';

@Resolver(() => FollowResult)
export class FollowsResolver {
  constructor(@Inject(PORTFOLIO_PORTS) private readonly ports: PortfolioPorts) {}

  @Mutation(() => FollowResult, {
    nullable: true,
    description: `Follows accounts from now on, whoever else does; the index takes up those that it does not have. ${AGAIN}`,
  })
  async followAccounts(@Args() args: FollowArgs, @CurrentAsker() asker: Asker): Promise<FollowResult> {
    const networkId = networkIdOf(this.ports, args);
    const wishes = args.accounts.map(wishOf);
    return await change(this.ports, asker, (work) => followAccounts(work, networkId, wishes, 'ADDED'));
  }

  @Mutation(() => CountScalar, {
    nullable: true,
    description:
      `Ends that the organisation follows accounts: its labels and groups of them go, its rules pass them over, and other ` +
      `organisations notice nothing. The index goes on with them. Answers how many it followed. ${AGAIN}`,
  })
  async unfollowAccounts(@Args() args: UnfollowArgs, @CurrentAsker() asker: Asker): Promise<number> {
    const networkId = networkIdOf(this.ports, args);
    return await change(this.ports, asker, (work) => unfollowAccounts(work, networkId, args.accounts));
  }

  @Mutation(() => CountScalar, {
    nullable: true,
    description:
      'Gives followed accounts another label, team or cost centre. Answers how many are other than before. NOT_FOUND, and none ' +
      `is changed, where one is not followed. ${AGAIN}`,
  })
  async labelAccounts(@Args() args: FollowArgs, @CurrentAsker() asker: Asker): Promise<number> {
    const networkId = networkIdOf(this.ports, args);
    const wishes = args.accounts.map(wishOf);
    return await change(this.ports, asker, (work) => labelAccounts(work, networkId, wishes));
  }
}

const wishOf = ({ address, label, team, costCentre }: FollowInput): AccountWish => ({
  ...{ account: address, label, team, costCentre },
});
