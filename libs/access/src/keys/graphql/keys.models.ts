import { CountScalar, listOf, type Role, TimestampScalar } from '#libs/api';
import { ArgsType, Field, ID, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { RoleEnum } from '../../graphql/access.enums.ts';
import { ScopeInput } from '../../graphql/scope.input.ts';
import { KeyScope } from '../../graphql/viewer.models.ts';
import type { KeyKind } from '../key-format.ts';

const ApiKeyKindEnum: { readonly [Kind in KeyKind]: Kind } = {
  LIVE: 'LIVE',
  DEMO: 'DEMO',
  SIGN_IN: 'SIGN_IN',
};

registerEnumType(ApiKeyKindEnum, {
  name: 'ApiKeyKind',
  description: 'What a key is for.',
  valuesMap: {
    LIVE: { description: 'Made for the organisation.' },
    DEMO: { description: 'One of the fixed keys of the sandbox, which nothing else takes.' },
    SIGN_IN: { description: 'Given to a member for some hours; role and scope are his.' },
  },
});

@ObjectType({ description: 'A key of the organisation: all but the secret, which is nowhere.' })
export class ApiKey {
  @Field(() => ID, { description: 'The part of the key that is no secret: 12 characters.' })
  id!: string;

  @Field(() => ApiKeyKindEnum, { description: 'What it is for.' })
  kind!: KeyKind;

  @Field(() => String, { description: 'What it was called.' })
  name!: string;

  @Field(() => RoleEnum, { description: 'What it may do.' })
  role!: Role;

  @Field(() => KeyScope, { description: 'Which accounts it sees.' })
  scope!: KeyScope;

  @Field(() => TimestampScalar, { description: 'When it was made.' })
  createdAt!: bigint;

  @Field(() => String, { description: 'By whom: KEY, MEMBER, HOST or SYSTEM, a colon, and the id.' })
  createdBy!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The member that it was given to; null for all but SIGN_IN.',
  })
  memberId!: string | null;

  @Field(() => TimestampScalar, { nullable: true, description: 'When it ends by itself; null: never.' })
  expiresAt!: bigint | null;

  @Field(() => TimestampScalar, { nullable: true, description: 'Last used, to the minute; null: never.' })
  lastUsedAt!: bigint | null;

  @Field(() => TimestampScalar, { nullable: true, description: 'When it was ended; null: it was not.' })
  revokedAt!: bigint | null;

  @Field(() => ID, { nullable: true, description: 'The key that takes its place; null: none does.' })
  replacedBy!: string | null;

  @Field(() => CountScalar, {
    nullable: true,
    description: 'Units of cost a minute; null: as many as the deployment gives everybody.',
  })
  unitsPerMinute!: number | null;
}

@ObjectType({ description: 'A key that was just made.' })
export class NewApiKey {
  @Field(() => String, { description: 'The key: a secret, shown this once and kept nowhere.' })
  key!: string;

  @Field(() => ApiKey, { description: 'All else of it.' })
  apiKey!: ApiKey;
}

@ObjectType({ description: 'A page of keys.' })
export class ApiKeyConnection extends listOf('ApiKey', ApiKey) {}

@ArgsType()
export class ApiKeysArgs {
  @Field(() => Boolean, { defaultValue: false, description: 'Those that were revoked or have ended too.' })
  includeRevoked!: boolean;

  @Field(() => Int, { defaultValue: 25, description: 'How many, the newest first, 1 to 100.' })
  first!: number;

  @Field(() => String, { nullable: true, description: 'The cursor behind which to go on.' })
  after?: string | null;
}

@InputType({ description: 'A key to be made.' })
export class ApiKeyInput {
  @Field(() => String, { description: 'What it is for, 1 to 100 characters.' })
  name!: string;

  @Field(() => RoleEnum, { description: 'What it may do.' })
  role!: Role;

  @Field(() => ScopeInput, { nullable: true, description: 'Which accounts it sees; all where left out.' })
  scope?: ScopeInput | null;

  @Field(() => CountScalar, {
    nullable: true,
    description: 'After how many seconds it ends, at most ten years; never where left out.',
  })
  expiresInSeconds?: number | null;
}
