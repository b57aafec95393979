import { AddressScalar, CountScalar, NetworkArgs } from '#libs/api';
import type { Address } from '#libs/felt';
import { ArgsType, Field, InputType, ObjectType } from '@nestjs/graphql';

const LEFT = 'Left out it stays as it is; null takes it away.';

@InputType({ description: 'An account, and what the organisation says of it.' })
export class FollowInput {
  @Field(() => AddressScalar, { description: 'The account.' })
  address!: Address;

  @Field(() => String, { nullable: true, description: `A name for people, up to 200 characters. ${LEFT}` })
  label?: string | null;

  @Field(() => String, { nullable: true, description: `Whose it is, up to 100 characters. ${LEFT}` })
  team?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `Where its spending is booked, up to 100 characters. ${LEFT}`,
  })
  costCentre?: string | null;
}

@ArgsType()
export class FollowArgs extends NetworkArgs {
  @Field(() => [FollowInput], { description: 'At most 500, each account once.' })
  accounts!: FollowInput[];
}

@ArgsType()
export class UnfollowArgs extends NetworkArgs {
  @Field(() => [AddressScalar], { description: 'At most 500.' })
  accounts!: Address[];
}

@ObjectType({ description: 'What became of accounts that were to be followed.' })
export class FollowResult {
  @Field(() => CountScalar, { description: 'Followed from now on.' })
  followed!: number;

  @Field(() => CountScalar, { description: 'Followed before, with another label, team or cost centre.' })
  changed!: number;

  @Field(() => CountScalar, { description: 'Followed before, and as they were.' })
  unchanged!: number;
}
