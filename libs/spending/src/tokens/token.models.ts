import { AddressScalar } from '#libs/api';
import { Field, Int, ObjectType } from '@nestjs/graphql';

@ObjectType({
  description:
    'A token, and what its contract says of itself. Any contract says anything: a symbol proves nothing.',
})
export class Token {
  @Field(() => AddressScalar, { description: 'The contract: what a token is told apart by.' })
  address!: bigint;

  @Field(() => String, {
    nullable: true,
    description: 'Null where the contract does not say, or was not asked yet.',
  })
  symbol!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Null where the contract does not say, or was not asked yet.',
  })
  name!: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'How many decimals an amount in whole tokens has. Null where the contract does not say, or was not asked yet: then such amounts are null, never guessed.',
  })
  decimals!: number | null;
}
