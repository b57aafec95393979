import {
  AddressScalar,
  connectionOf,
  CountScalar,
  FeltScalar,
  Finality,
  History,
  TimestampScalar,
  U256Scalar,
  U32Scalar,
  U64Scalar,
} from '#libs/api';
import { Field, ObjectType } from '@nestjs/graphql';
import type { OwnerSignature, PolicyEntryKind, SessionEntryKind } from '../timeline/entry-kinds.ts';
import { OwnerSignatureEnum, PolicyEntryKindEnum, SessionEntryKindEnum } from './enums.ts';

@ObjectType({ isAbstract: true })
abstract class OwnerAct {
  @Field(() => CountScalar, { description: 'The block of it.' })
  blockNumber!: number;

  @Field(() => FeltScalar, { description: 'The hash of the block.' })
  blockHash!: bigint;

  @Field(() => TimestampScalar, { description: 'The time of the block.' })
  timestamp!: bigint;

  @Field(() => Finality, { description: 'How final the block is.' })
  finality!: Finality;

  @Field(() => FeltScalar, { nullable: true, description: 'The transaction of it.' })
  transactionHash!: bigint | null;

  @Field(() => OwnerSignatureEnum, { description: 'Whether it is shown that the owner signed it.' })
  ownerSignature!: OwnerSignature;

  @Field(() => Boolean, {
    description:
      'Whether what came before is known. False: an earlier event of the account could not be read.',
  })
  beforeKnown!: boolean;
}

@ObjectType({ description: 'What an owner granted to a session key.' })
export class SessionGrant {
  @Field(() => TimestampScalar, { description: 'The last second of its validity.' })
  validUntil!: bigint;

  @Field(() => U32Scalar, { description: 'How many transactions.' })
  maxCalls!: bigint;

  @Field(() => [FeltScalar], {
    nullable: true,
    description: 'The list of selectors, empty for all but the admin ones. Null where it is not known.',
  })
  allowedEntrypoints!: bigint[] | null;
}

@ObjectType({ description: 'One thing that the owner did to a session key.' })
export class SessionHistoryEntry extends OwnerAct {
  @Field(() => SessionEntryKindEnum, { description: 'What it was.' })
  kind!: SessionEntryKind;

  @Field(() => SessionGrant, {
    nullable: true,
    description: 'The grant before it; null where there was none.',
  })
  before!: SessionGrant | null;

  @Field(() => SessionGrant, { nullable: true, description: 'The grant from it on; null once revoked.' })
  after!: SessionGrant | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether a key that was revoked came back and found policies that were set before that, spent amounts included. Null where not known.',
  })
  inherited!: boolean | null;

  @Field(() => [AddressScalar], { description: 'The tokens of those policies.' })
  inheritedTokens!: bigint[];

  @Field(() => U32Scalar, {
    nullable: true,
    description:
      'Transactions of the key since, up to the end of the block before the next entry, or to the block of `asOf`. Null where not known.',
  })
  usesSince!: bigint | null;
}

@ObjectType({ description: 'A page of the history of a session key, the newest entry first.' })
export class SessionHistoryConnection extends connectionOf('SessionHistory', SessionHistoryEntry) {
  @Field(() => History, { description: 'From which block on all of it is known.' })
  history!: History;
}

@ObjectType({ description: 'The limits of a policy.' })
export class PolicyLimits {
  @Field(() => U256Scalar, { description: 'The most that one counted call may take.' })
  maxPerCall!: bigint;

  @Field(() => U256Scalar, { description: 'The most that one window may take. 0 means UNLIMITED.' })
  maxPerWindow!: bigint;

  @Field(() => U64Scalar, { description: 'The length of the window in seconds.' })
  windowSeconds!: bigint;
}

@ObjectType({ description: 'One thing that the owner did to a spending policy.' })
export class PolicyHistoryEntry extends OwnerAct {
  @Field(() => PolicyEntryKindEnum, { description: 'What it was.' })
  kind!: PolicyEntryKind;

  @Field(() => AddressScalar, { description: 'The token of the policy.' })
  token!: bigint;

  @Field(() => PolicyLimits, {
    nullable: true,
    description: 'The limits before; null where there were none.',
  })
  before!: PolicyLimits | null;

  @Field(() => PolicyLimits, { nullable: true, description: 'The limits from it on; null once removed.' })
  after!: PolicyLimits | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether setting again zeroed a budget that was partly spent, in mid-window. Null where the states before and after the block do not tell.',
  })
  refill!: boolean | null;

  @Field(() => U256Scalar, {
    nullable: true,
    description:
      'What storage held as spent at the end of the block before. Null where not known, or nothing was stored.',
  })
  spentBefore!: bigint | null;

  @Field(() => U32Scalar, {
    nullable: true,
    description:
      'Transactions of the key since the block of it, up to the end of the block before the next entry of the token, or to the block of `asOf`. Null where not known: a grant between starts the counter anew.',
  })
  usesSince!: bigint | null;
}

@ObjectType({
  description: 'A page of the history of the policies of a session key, the newest entry first.',
})
export class PolicyHistoryConnection extends connectionOf('PolicyHistory', PolicyHistoryEntry) {
  @Field(() => History, { description: 'From which block on all of it is known.' })
  history!: History;
}
