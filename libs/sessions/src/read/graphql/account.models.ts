import {
  AddressScalar,
  AsOf,
  ChainIdScalar,
  connectionOf,
  CountScalar,
  FeltScalar,
  History,
  Node,
} from '#libs/api';
import { Field, ObjectType } from '@nestjs/graphql';
import { AccountOriginEnum, AccountStatusEnum, AttributionEnum } from './enums.ts';

@ObjectType({
  implements: () => [Node],
  description: 'An account in the index.',
})
export class Account extends Node {
  @Field(() => ChainIdScalar, { description: 'The chain of the account.' })
  chainId!: bigint;

  @Field(() => AddressScalar, { description: 'Its address.' })
  address!: bigint;

  @Field(() => String, {
    nullable: true,
    description: 'The name that your organisation gave it; null where it has none.',
  })
  label!: string | null;

  @Field(() => AccountOriginEnum, { description: 'How it came into the index.' })
  foundBy!: string;

  @Field(() => AccountStatusEnum, { description: 'Whether it is followed.' })
  status!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Why it is not FOLLOWED: a code of the reference page.',
  })
  reasonCode!: string | null;

  @Field(() => AttributionEnum, { description: 'Whether every call of its keys is attributed.' })
  attribution!: string;

  @Field(() => FeltScalar, {
    nullable: true,
    description: 'Its class at the block; null while it is not deployed or not read.',
  })
  classHash!: bigint | null;

  @Field(() => String, { nullable: true, description: 'The name of the class, where its rules are known.' })
  className!: string | null;

  @Field(() => CountScalar, {
    nullable: true,
    description:
      'How many session keys it had up to the block, as far as the index knows. Null where a past block is asked for that its history does not reach.',
  })
  sessionKeyCount!: number | null;

  @Field(() => AsOf, { description: 'The block that all of this speaks of.' })
  asOf!: AsOf;

  @Field(() => History, { description: 'How far back the index knows it.' })
  history!: History;
}

@ObjectType({ description: 'A page of accounts.' })
export class AccountConnection extends connectionOf('Account', Account) {}
