import { Field, Float, ObjectType } from '@nestjs/graphql';
import { CountScalar } from '../scalars/integer.scalars.ts';

@ObjectType({ description: 'Work that takes a while and how far it is.' })
export class Progress {
  @Field(() => CountScalar, {
    description:
      'Done: blocks of a catch-up, calls to nodes of a back-fill, accounts where it is work on accounts.',
  })
  done!: number;

  @Field(() => CountScalar, { description: 'To do in all; of a back-fill about.' })
  total!: number;

  @Field(() => Float, { nullable: true, description: 'Done a second lately; null while unknown.' })
  ratePerSecond!: number | null;

  @Field(() => CountScalar, { nullable: true, description: 'Seconds left at this rate; null while unknown.' })
  secondsLeft!: number | null;
}

@ObjectType({ description: 'How far back the index knows an account without a gap.' })
export class History {
  @Field(() => CountScalar, {
    nullable: true,
    description:
      'Every block from this one to `asOf` was read for the account; null when none was (source NODE).',
  })
  completeFrom!: number | null;

  @Field(() => Boolean, { description: 'Whether that reaches back to the beginning of the account.' })
  complete!: boolean;

  @Field(() => Progress, { nullable: true, description: 'The back-fill of the account, while one runs.' })
  progress!: Progress | null;
}
