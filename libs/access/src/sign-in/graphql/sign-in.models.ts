import { AddressScalar, ChainIdScalar, FeltScalar, type Role, TimestampScalar } from '#libs/api';
import type { Address, Felt } from '#libs/felt';
import { ArgsType, Field, ID, ObjectType } from '@nestjs/graphql';
import { RoleEnum } from '../../graphql/access.enums.ts';
import { Organisation } from '../../graphql/viewer.models.ts';

@ArgsType()
export class OpenSignInArgs {
  @Field(() => AddressScalar, { description: 'The account that signs in.' })
  account!: Address;

  @Field(() => ChainIdScalar, {
    nullable: true,
    description: 'The chain that it is on, where several are served.',
  })
  chainId?: bigint | null;

  @Field(() => String, { nullable: true, description: 'The name this deployment gives the network.' })
  network?: string | null;
}

@ArgsType()
export class SignInArgs {
  @Field(() => ID, { description: 'The challenge that was signed.' })
  challengeId!: string;

  @Field(() => [FeltScalar], {
    description: 'What the wallet answered: of an account with session keys r and s.',
  })
  signature!: Felt[];
}

@ObjectType({ description: 'What an account is asked to sign, to show that its owner is there.' })
export class SignInChallenge {
  @Field(() => ID, { description: 'Goes with the signature.' })
  challengeId!: string;

  @Field(() => String, {
    description:
      'SNIP-12 typed data, revision 1, as JSON text, for `signMessage` of a wallet. Bound to this service, the chain, the account and the time.',
  })
  typedData!: string;

  @Field(() => FeltScalar, {
    description: 'Its hash: what is_valid_signature of the account is asked about.',
  })
  messageHash!: bigint;

  @Field(() => TimestampScalar, { description: 'Five minutes after it was made. It is taken once.' })
  expiresAt!: bigint;
}

@ObjectType({ description: 'A key of some hours for one organisation.' })
export class SignInKey {
  @Field(() => String, { description: 'The key: a secret, shown this once.' })
  key!: string;

  @Field(() => ID, { description: 'Its id, which is none.' })
  keyId!: string;

  @Field(() => Organisation, { description: 'For which organisation.' })
  organisation!: Organisation;

  @Field(() => RoleEnum, { description: 'As what.' })
  role!: Role;

  @Field(() => TimestampScalar, { description: 'Eight hours after the sign-in.' })
  expiresAt!: bigint;
}

@ObjectType({ description: 'Who signed in.' })
export class SignInResult {
  @Field(() => [SignInKey], {
    description: 'A key for each organisation that the account is a member of, or for its own.',
  })
  keys!: SignInKey[];
}
