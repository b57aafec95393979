import { TimestampScalar } from '#libs/api';
import type { ReviewState } from '#libs/database';
import { ArgsType, Field, ID, ObjectType } from '@nestjs/graphql';
import { defineEnum } from '../read/graphql/enums.ts';
import { FinanceArgs } from '../report/finance.arguments.ts';

const STATES = {
  REVIEWED: 'Looked at, and found right.',
  FLAGGED: 'Somebody has to look at it.',
  EXPLAINED: 'Looked at, with a note that says why it is as it is.',
} as const;

const ReviewStateEnum = defineEnum<ReviewState | 'NONE'>(
  'ReviewState',
  'What somebody said of a row of a ledger.',
  {
    ...STATES,
    NONE: 'Nothing: as an argument, what was said is taken back.',
  },
);

export type ReviewFilter = ReviewState | 'UNREVIEWED';
export const ReviewFilterEnum = defineEnum<ReviewFilter>(
  'ReviewFilter',
  'Which rows of a ledger, by what was said of them.',
  {
    ...STATES,
    UNREVIEWED: 'Nobody has said anything of it.',
  },
);

@ObjectType({
  description:
    'What somebody of the organisation said of a row. What was said before stands in the audit log.',
})
export class Review {
  @Field(() => ReviewStateEnum, { description: 'What was said.' })
  state!: ReviewState;

  @Field(() => String, { nullable: true, description: 'Why; null where nothing was noted.' })
  note!: string | null;

  @Field(() => String, { description: 'The id of the key or member that said it.' })
  reviewedBy!: string;

  @Field(() => String, { description: 'Its name at that time.' })
  reviewerName!: string;

  @Field(() => TimestampScalar, { description: 'When, by the clock of the service and not of the chain.' })
  reviewedAt!: bigint;
}

@ArgsType()
export class ReviewRowsArgs extends FinanceArgs {
  @Field(() => [ID], { description: 'Ids of debits and movements, 1 to 100 of one network.' })
  ids!: string[];

  @Field(() => ReviewStateEnum, { description: 'What is said of each.' })
  state!: ReviewState | 'NONE';

  @Field(() => String, {
    nullable: true,
    description: 'Why, up to 2,000 characters; needed for EXPLAINED. With NONE there is none.',
  })
  note?: string | null;
}

@ObjectType({ description: 'A row of a ledger and what is said of it now.' })
export class ReviewedRow {
  @Field(() => ID, { description: 'The id of the row.' })
  id!: string;

  @Field(() => Review, { nullable: true, description: 'What is said of it; null where nothing is.' })
  review!: Review | null;
}
