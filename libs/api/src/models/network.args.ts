import { ArgsType, Field } from '@nestjs/graphql';
import { ChainIdScalar } from '../scalars/felt.scalars.ts';

/** Which network a question is about. */
@ArgsType()
export class NetworkArgs {
  @Field(() => ChainIdScalar, {
    nullable: true,
    description: 'The chain that is meant. Needed where several networks are served: no answer mixes chains.',
  })
  chainId?: bigint | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The name this deployment gives the network. Needed where two networks share a chain id, as development chains do.',
  })
  network?: string | null;
}
