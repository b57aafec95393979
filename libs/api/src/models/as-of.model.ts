import { Field, ObjectType, registerEnumType } from '@nestjs/graphql';
import { ChainIdScalar, FeltScalar } from '../scalars/felt.scalars.ts';
import { CountScalar, TimestampScalar } from '../scalars/integer.scalars.ts';

export const Finality = { ACCEPTED_ON_L2: 'ACCEPTED_ON_L2', ACCEPTED_ON_L1: 'ACCEPTED_ON_L1' } as const;
export type Finality = (typeof Finality)[keyof typeof Finality];

registerEnumType(Finality, {
  name: 'Finality',
  description: 'How final a block is.',
  valuesMap: {
    ACCEPTED_ON_L2: { description: 'Agreed on Starknet; a reorganisation may still replace it.' },
    ACCEPTED_ON_L1: { description: 'Proven on Ethereum; final.' },
  },
});

export const Source = { INDEX: 'INDEX', NODE: 'NODE' } as const;
export type Source = (typeof Source)[keyof typeof Source];

registerEnumType(Source, {
  name: 'Source',
  description: 'Where an answer was read.',
  valuesMap: {
    INDEX: { description: 'From the index: state followed block by block and kept in the database.' },
    NODE: {
      description: 'From a node, at the block that `asOf` names, because the index does not have it (yet).',
    },
  },
});

@ObjectType({
  description: 'The block that an answer speaks of. Nothing in the answer is newer or older than it.',
})
export class AsOf {
  @Field(() => ChainIdScalar, { description: 'The chain of the block.' })
  chainId!: bigint;

  @Field(() => String, { description: 'The name this deployment gives the network.' })
  network!: string;

  @Field(() => CountScalar, { description: 'The number of the block.' })
  blockNumber!: number;

  @Field(() => FeltScalar, { description: 'The hash of the block: what tells two branches apart.' })
  blockHash!: bigint;

  @Field(() => TimestampScalar, {
    description:
      'The time of the block. Expiry and spending windows are judged at this time, not by the clock of a computer.',
  })
  timestamp!: bigint;

  @Field(() => Finality, { description: 'How final the block is.' })
  finality!: Finality;

  @Field(() => CountScalar, {
    nullable: true,
    description:
      'How many blocks the chain was ahead of this one when the answer was given; null while the head is not known.',
  })
  lagBlocks!: number | null;
}
