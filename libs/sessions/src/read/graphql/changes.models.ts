import {
  AddressScalar,
  AsOf,
  ChainIdScalar,
  CountScalar,
  FeltScalar,
  History,
  SessionKeyScalar,
  U256Scalar,
  U32Scalar,
} from '#libs/api';
import { Field, ObjectType } from '@nestjs/graphql';
import type { PolicyChangeKind, SessionChangeKind } from '../changes/change-kinds.ts';
import type { OwnerDifference } from '../changes/changes.repository.ts';
import { OwnerChangeKindEnum, PolicyChangeKindEnum, SessionChangeKindEnum } from './enums.ts';
import { SpendingPolicy } from './policy.models.ts';
import { Session } from './session.models.ts';

@ObjectType({ description: 'The class of an account at two blocks.' })
export class ClassChange {
  @Field(() => FeltScalar, { nullable: true, description: 'The class at `from`; null while not deployed.' })
  before!: bigint | null;

  @Field(() => FeltScalar, { nullable: true, description: 'The class at `to`; null while not deployed.' })
  after!: bigint | null;

  @Field(() => Boolean, { description: 'Whether the two differ. It may have been another one between.' })
  changed!: boolean;
}

@ObjectType({ description: 'A key of an owner that came or went, by the account’s events.' })
export class OwnerChange {
  @Field(() => OwnerChangeKindEnum, { description: 'Whether it came or went.' })
  kind!: OwnerDifference['kind'];

  @Field(() => FeltScalar, {
    description: 'The owner as the event names it: its public key in known classes.',
  })
  owner!: bigint;

  @Field(() => CountScalar, { description: 'The block of it.' })
  blockNumber!: number;

  @Field(() => FeltScalar, { nullable: true, description: 'The transaction of it.' })
  transactionHash!: bigint | null;
}

@ObjectType({ description: 'A session key that is not the same at two blocks.' })
export class SessionChange {
  @Field(() => SessionKeyScalar, { description: 'The public key of the session.' })
  sessionKey!: bigint;

  @Field(() => [SessionChangeKindEnum], { description: 'What happened, as far as the two states tell.' })
  kinds!: SessionChangeKind[];

  @Field(() => Session, { nullable: true, description: 'The session at `from`; null where it never was.' })
  before!: Session | null;

  @Field(() => Session, { nullable: true, description: 'The session at `to`.' })
  after!: Session | null;

  @Field(() => U32Scalar, {
    nullable: true,
    description:
      'Calls used between. Null where the owner registered or revoked the key while it was live: what it used earlier in that block is gone with the counter.',
  })
  callsUsed!: bigint | null;
}

@ObjectType({ description: 'A spending policy that is not the same at two blocks.' })
export class PolicyChange {
  @Field(() => SessionKeyScalar, { description: 'The session key that is limited.' })
  sessionKey!: bigint;

  @Field(() => AddressScalar, { description: 'The token.' })
  token!: bigint;

  @Field(() => [PolicyChangeKindEnum], { description: 'What happened, as far as the two states tell.' })
  kinds!: PolicyChangeKind[];

  @Field(() => SpendingPolicy, {
    nullable: true,
    description: 'The policy at `from`; null where none was in force.',
  })
  before!: SpendingPolicy | null;

  @Field(() => SpendingPolicy, {
    nullable: true,
    description: 'The policy at `to`; null where none is in force.',
  })
  after!: SpendingPolicy | null;

  @Field(() => U256Scalar, {
    nullable: true,
    description:
      'What the contract counted as spent between, over all windows. Null where the policy was set or removed in a block in which the key may have spent before that.',
  })
  spent!: bigint | null;
}

@ObjectType({ description: 'What differs about an account between two blocks of one branch.' })
export class ChangesBetween {
  @Field(() => ChainIdScalar, { description: 'The chain of the account.' })
  chainId!: bigint;

  @Field(() => AddressScalar, { description: 'The account.' })
  account!: bigint;

  @Field(() => AsOf, { description: 'The earlier block.' })
  from!: AsOf;

  @Field(() => AsOf, { description: 'The later block: what it did counts.' })
  to!: AsOf;

  @Field(() => ClassChange, { nullable: true, description: 'The class; null where it is not known at both.' })
  class!: ClassChange | null;

  @Field(() => [OwnerChange], {
    nullable: true,
    description:
      'Keys of owners that came or went, in order. Null where the events between were not all read.',
  })
  owners!: OwnerChange[] | null;

  @Field(() => [SessionChange], { description: 'Session keys that differ, by key.' })
  sessions!: SessionChange[];

  @Field(() => [PolicyChange], { description: 'Spending policies that differ, by key and token.' })
  policies!: PolicyChange[];

  @Field(() => Boolean, {
    description: 'False where more than 500 keys or 500 policies differ: ask for a shorter span.',
  })
  complete!: boolean;

  @Field(() => History, { description: 'How far back the index knows the account.' })
  history!: History;
}
