import {
  ChainIdScalar,
  CountScalar,
  FeltScalar,
  Finality,
  IndexerState,
  Progress,
  type ProgressStatus,
  TimestampScalar,
} from '#libs/api';
import { Field, ObjectType } from '@nestjs/graphql';

@ObjectType({ description: 'A block of a chain.' })
export class Block {
  @Field(() => CountScalar, { description: 'Its number.' })
  blockNumber!: number;

  @Field(() => FeltScalar, { description: 'Its hash.' })
  blockHash!: bigint;

  @Field(() => TimestampScalar, { description: 'Its time.' })
  timestamp!: bigint;

  @Field(() => Finality, { nullable: true, description: 'How final it is; null where not known.' })
  finality!: Finality | null;
}

@ObjectType({ description: 'One network that this deployment follows, and how far it is.' })
export class IndexerNetwork {
  @Field(() => ChainIdScalar, { description: 'The id of the chain.' })
  chainId!: bigint;

  @Field(() => String, { nullable: true, description: 'The chain id as text, for example SN_SEPOLIA.' })
  chainName!: string | null;

  @Field(() => String, { description: 'The name this deployment gives the network.' })
  network!: string;

  @Field(() => Boolean, {
    description: 'Whether this is a chain inside the process, made for trying things out.',
  })
  sandbox!: boolean;

  @Field(() => IndexerState, { description: 'What the indexing is doing.' })
  state!: IndexerState;

  @Field(() => Block, {
    nullable: true,
    description: 'The newest block of the chain; null until a node told.',
  })
  head!: Block | null;

  @Field(() => Block, {
    nullable: true,
    description: 'The newest block in the index; null until there is one.',
  })
  indexed!: Block | null;

  @Field(() => CountScalar, { nullable: true, description: 'The newest block that is final on Ethereum.' })
  finalizedBlock!: number | null;

  @Field(() => CountScalar, {
    nullable: true,
    description: 'Blocks between `indexed` and `head`; null while either is.',
  })
  lagBlocks!: number | null;

  @Field(() => CountScalar, { nullable: true, description: 'Seconds between `indexed` and `head`.' })
  lagSeconds!: number | null;

  @Field(() => CountScalar, {
    nullable: true,
    description: 'For how long there was work and no block was committed.',
  })
  stalledSeconds!: number | null;

  @Field(() => Progress, { nullable: true, description: 'The way to the head, while it is being made up.' })
  progress!: Progress | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Why indexing stopped until somebody does something about it, as a code; answers are as of `indexed` meanwhile. Null while it goes on.',
  })
  stopped!: string | null;

  @Field(() => String, { nullable: true, description: 'What went wrong last, while it does.' })
  lastError!: string | null;

  /** What is resolved apart, because it asks the database, is asked with these. */
  networkId!: number;
  reading!: ProgressStatus | undefined;
}
