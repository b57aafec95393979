import { AddressScalar, ChainIdScalar, listOf, type Role, TimestampScalar } from '#libs/api';
import type { Address } from '#libs/felt';
import { ArgsType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { RoleEnum } from '../../graphql/access.enums.ts';
import { ScopeInput } from '../../graphql/scope.input.ts';
import { KeyScope } from '../../graphql/viewer.models.ts';

@ObjectType({ description: 'Somebody in the organisation, by an identity provider or by an account.' })
export class Member {
  @Field(() => ID, { description: '`mem_` and 32 hex digits.' })
  id!: string;

  @Field(() => String, { description: 'What he is called here.' })
  name!: string;

  @Field(() => RoleEnum, { description: 'What he may do.' })
  role!: Role;

  @Field(() => KeyScope, { description: 'Which accounts he sees.' })
  scope!: KeyScope;

  @Field(() => String, {
    nullable: true,
    description: 'The issuer of his tokens; null for who signs in by an account.',
  })
  issuer!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'As the issuer names him; null for who signs in by an account.',
  })
  subject!: string | null;

  @Field(() => AddressScalar, {
    nullable: true,
    description: 'The account that signs in; null for who comes by a token.',
  })
  account!: bigint | null;

  @Field(() => ChainIdScalar, {
    nullable: true,
    description: 'The chain of the account; null for who comes by a token, and where it is not served here.',
  })
  chainId!: bigint | null;

  @Field(() => TimestampScalar, { description: 'Since when.' })
  createdAt!: bigint;

  @Field(() => TimestampScalar, { nullable: true, description: 'Since when he is refused; null: he is not.' })
  disabledAt!: bigint | null;
}

@ObjectType({ description: 'A page of members.' })
export class MemberConnection extends listOf('Member', Member) {}

@ArgsType()
export class MembersArgs {
  @Field(() => Int, { defaultValue: 25, description: 'How many, in the order of their ids, 1 to 100.' })
  first!: number;

  @Field(() => String, { nullable: true, description: 'The cursor behind which to go on.' })
  after?: string | null;
}

@InputType({ description: 'Somebody to be let in: by `issuer` and `subject`, or by `account`.' })
export class MemberInput {
  @Field(() => String, { description: 'What he is called here, 1 to 200 characters.' })
  name!: string;

  @Field(() => RoleEnum, { description: 'What he may do.' })
  role!: Role;

  @Field(() => ScopeInput, { nullable: true, description: 'Which accounts he sees; all where left out.' })
  scope?: ScopeInput | null;

  @Field(() => String, { nullable: true, description: 'Who issues his tokens, as they say it.' })
  issuer?: string | null;

  @Field(() => String, { nullable: true, description: 'As the issuer names him: `sub` of his tokens.' })
  subject?: string | null;

  @Field(() => AddressScalar, { nullable: true, description: 'The account that he signs in with.' })
  account?: Address | null;

  @Field(() => ChainIdScalar, { nullable: true, description: 'The chain of it, where several are served.' })
  chainId?: bigint | null;

  @Field(() => String, { nullable: true, description: 'The name this deployment gives the network of it.' })
  network?: string | null;
}

@ArgsType()
export class SetMemberRoleArgs {
  @Field(() => ID, { description: 'The member.' })
  id!: string;

  @Field(() => RoleEnum, { description: 'What he may do from now on.' })
  role!: Role;

  @Field(() => ScopeInput, {
    nullable: true,
    description: 'Which accounts he sees from now on; all where left out.',
  })
  scope?: ScopeInput | null;
}

@InputType({ description: 'What is to be changed of the organisation.' })
export class OrganisationInput {
  @Field(() => String, {
    nullable: true,
    description: 'Its name, 1 to 100 characters; left out or null it stays.',
  })
  name?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Where its days begin, a name of the IANA database such as Europe/Berlin: for every period that names no zone. Left out it stays; null: UTC.',
  })
  timeZone?: string | null;
}
