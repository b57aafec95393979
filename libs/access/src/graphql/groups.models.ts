import { AddressScalar, CountScalar, NetworkArgs, TimestampScalar } from '#libs/api';
import type { Address } from '#libs/felt';
import { ArgsType, Field, ID, ObjectType } from '@nestjs/graphql';
import type { Group as StoredGroup } from '../groups/groups.ts';

@ObjectType({
  description: 'Accounts that the organisation looks at together. `accounts(group:)` lists them.',
})
export class Group {
  @Field(() => ID, { description: 'Its id: `grp_` and 32 hex digits.' })
  id!: string;

  @Field(() => String, { description: 'Its name, one of its kind in the organisation.' })
  name!: string;

  @Field(() => CountScalar, {
    description: 'How many accounts it has, on all networks, of those that who asks sees.',
  })
  accountCount!: number;

  @Field(() => TimestampScalar, { description: 'When it was made, in Unix seconds.' })
  createdAt!: bigint;
}

@ArgsType()
export class GroupMembersArgs extends NetworkArgs {
  @Field(() => ID, { description: 'The group.' })
  id!: string;

  @Field(() => [AddressScalar], { description: 'At most 500.' })
  accounts!: Address[];
}

export const groupView = ({ groupId, name, accounts, createdAt }: StoredGroup): Group => ({
  id: groupId,
  name,
  accountCount: accounts,
  createdAt: secondsOf(createdAt),
});

export const secondsOf = (date: Date): bigint => BigInt(Math.floor(date.getTime() / 1_000));
