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
import { Field, ID, ObjectType } from '@nestjs/graphql';
import { AccountOriginEnum, AccountStatusEnum, AttributionEnum } from './enums.ts';

@ObjectType({ description: 'A group that an account is in.' })
export class AccountGroup {
  @Field(() => ID, { description: 'The id of the group.' })
  id!: string;

  @Field(() => String, { description: 'Its name.' })
  name!: string;
}

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

  @Field(() => String, { nullable: true, description: 'Whose it is, as the organisation says.' })
  team!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Where the organisation books its spending.',
  })
  costCentre!: string | null;

  @Field(() => [AccountGroup], { description: 'The groups of the organisation that it is in, by name.' })
  groups!: AccountGroup[];

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
