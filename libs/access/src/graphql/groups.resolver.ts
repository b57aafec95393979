import { askIndex, CurrentScope } from '#libs/api';
import type { RequestScope } from '#libs/database';
import { Inject } from '@nestjs/common';
import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import {
  addToGroup,
  createGroup,
  deleteGroup,
  groupListStatement,
  removeFromGroup,
  renameGroup,
} from '../groups/groups.ts';
import { type Asker, CurrentAsker } from './asker.ts';
import { change } from './change-as.ts';
import { Group, GroupMembersArgs, groupView } from './groups.models.ts';
import { networkIdOf, PORTFOLIO_PORTS, type PortfolioPorts } from './portfolio.ports.ts';

const NAME = { description: 'Up to 100 characters.' };
const GROUP = { type: () => ID, description: 'The group.' };

@Resolver(() => Group)
export class GroupsResolver {
  constructor(@Inject(PORTFOLIO_PORTS) private readonly ports: PortfolioPorts) {}

  @Query(() => [Group], {
    nullable: true,
    description:
      'The groups of the organisation by name: 500 at most. Of a limited scope those with an account that it sees.',
  })
  async groups(@CurrentScope() scope: RequestScope): Promise<Group[]> {
    const { db } = this.ports;
    return (await askIndex(() => db.read(scope, groupListStatement(db.build)))).map(groupView);
  }

  @Mutation(() => Group, { nullable: true, description: 'Makes a group. CONFLICT where the name is taken.' })
  async createGroup(@Args('name', NAME) name: string, @CurrentAsker() asker: Asker): Promise<Group> {
    return groupView(await change(this.ports, asker, (work) => createGroup(work, name)));
  }

  @Mutation(() => Group, {
    nullable: true,
    description: 'Gives a group another name. CONFLICT where it is taken.',
  })
  async renameGroup(
    @Args('id', GROUP) id: string,
    @Args('name', NAME) name: string,
    @CurrentAsker() asker: Asker,
  ): Promise<Group> {
    return groupView(await change(this.ports, asker, (work) => renameGroup(work, id, name)));
  }

  @Mutation(() => Boolean, {
    nullable: true,
    description: 'Deletes a group; its accounts stay followed. False: there was none of that id.',
  })
  async deleteGroup(@Args('id', GROUP) id: string, @CurrentAsker() asker: Asker): Promise<boolean> {
    return await change(this.ports, asker, (work) => deleteGroup(work, id));
  }

  @Mutation(() => Group, {
    nullable: true,
    description:
      'Puts followed accounts into a group. Those in it already stay. NOT_FOUND where one is not followed.',
  })
  async addToGroup(@Args() args: GroupMembersArgs, @CurrentAsker() asker: Asker): Promise<Group> {
    const networkId = networkIdOf(this.ports, args);
    return groupView(
      await change(this.ports, asker, (work) => addToGroup(work, networkId, args.id, args.accounts)),
    );
  }

  @Mutation(() => Group, {
    nullable: true,
    description: 'Takes accounts out of a group. Those not in it stay out.',
  })
  async removeFromGroup(@Args() args: GroupMembersArgs, @CurrentAsker() asker: Asker): Promise<Group> {
    const networkId = networkIdOf(this.ports, args);
    return groupView(
      await change(this.ports, asker, (work) => removeFromGroup(work, networkId, args.id, args.accounts)),
    );
  }
}
