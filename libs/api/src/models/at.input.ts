import { Field, InputType } from '@nestjs/graphql';
import { CountScalar, TimestampScalar } from '../scalars/integer.scalars.ts';
import { Finality } from './as-of.model.ts';

@InputType('At', {
  description:
    'A point in the past. Exactly one member; the answer’s `asOf` names the block that it led to. Everything in the answer is judged by the state, the time and the class of that block.',
})
export class AtInput {
  @Field(() => CountScalar, {
    nullable: true,
    description: 'The block of this number on the canonical chain.',
  })
  blockNumber?: number | null;

  @Field(() => TimestampScalar, {
    nullable: true,
    description:
      'The newest block whose time is not after this one. A time after the newest block gives the newest block.',
  })
  timestamp?: bigint | null;

  @Field(() => Finality, { nullable: true, description: 'The newest block that is at least this final.' })
  finality?: Finality | null;
}
