import { AddressScalar, ChainIdScalar, CountScalar, Progress, TimestampScalar } from '#libs/api';
import type { Address } from '#libs/felt';
import { ArgsType, Field, Int, ObjectType, registerEnumType } from '@nestjs/graphql';

export const BackfillState = {
  QUEUED: 'QUEUED',
  RUNNING: 'RUNNING',
  DONE: 'DONE',
  INCOMPLETE: 'INCOMPLETE',
  CANCELLED: 'CANCELLED',
} as const;

registerEnumType(BackfillState, {
  name: 'BackfillState',
  description: 'How a back-fill stands.',
  valuesMap: {
    QUEUED: { description: 'Waits for its turn; `reasonCode` says why it could not go on before.' },
    RUNNING: { description: 'Being worked on, or left by a process that will go on with it.' },
    DONE: { description: 'The history is complete from `fromBlock` on.' },
    INCOMPLETE: {
      description: 'Something contradicted what was found; nothing of it is claimed. `reasonCode` says what.',
    },
    CANCELLED: { description: 'Cancelled. What was committed stays, and it can be resumed.' },
  },
});

@ObjectType({
  description: 'Work on the history of an account before the block from which on it is followed.',
})
export class Backfill {
  @Field(() => CountScalar, { description: 'The number of the job.' })
  jobId!: number;

  @Field(() => ChainIdScalar, { description: 'The chain.' })
  chainId!: bigint;

  @Field(() => AddressScalar, { description: 'The account.' })
  account!: Address;

  @Field(() => BackfillState, { description: 'How it stands.' })
  state!: keyof typeof BackfillState;

  @Field(() => String, { nullable: true, description: 'Why it waits or is incomplete, as a code.' })
  reasonCode!: string | null;

  @Field(() => CountScalar, { description: 'The first block that is wanted.' })
  fromBlock!: number;

  @Field(() => CountScalar, {
    nullable: true,
    description: 'The last block up to which it is committed; null: none.',
  })
  coveredTo!: number | null;

  @Field(() => CountScalar, { description: 'Calls made to nodes so far.' })
  callsMade!: number;

  @Field(() => CountScalar, { description: 'Blocks read so far.' })
  blocksRead!: number;

  @Field(() => Progress, {
    nullable: true,
    description: 'In calls to nodes; null before it is known how many.',
  })
  progress!: Progress | null;

  @Field(() => TimestampScalar, { description: 'When it was asked for.' })
  requestedAt!: bigint;

  @Field(() => TimestampScalar, { nullable: true, description: 'When it ended; null while it has not.' })
  finishedAt!: bigint | null;
}

@ArgsType()
export class BackfillArgs {
  @Field(() => ChainIdScalar, {
    nullable: true,
    description: 'The chain that is meant. Needed where several networks are served.',
  })
  chainId?: bigint | null;

  @Field(() => String, { nullable: true, description: 'The name this deployment gives the network.' })
  network?: string | null;

  @Field(() => AddressScalar, { nullable: true, description: 'Only those of this account.' })
  account?: Address | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'Only those that are not finished.',
  })
  onlyOpen?: boolean | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 25,
    description: 'How many, 1 to 100, the newest first.',
  })
  first?: number | null;
}
