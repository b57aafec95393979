import {
  AddressScalar,
  AsOf,
  CountScalar,
  FeltScalar,
  SessionKeyScalar,
  TimestampScalar,
  U256Scalar,
  SumScalar,
} from '#libs/api';
import { Field, ObjectType } from '@nestjs/graphql';
import type { MaximumAtRisk } from '../../risk/maximum-at-risk.ts';
import type { RiskReason } from '../../risk/risk-reasons.ts';
import { RiskKindEnum, RiskReasonEnum } from './enums.ts';

@ObjectType({ description: 'What a spender may still draw.' })
export class RiskAllowance {
  @Field(() => FeltScalar, { description: 'The spender.' })
  spender!: bigint;

  @Field(() => U256Scalar, {
    nullable: true,
    description: 'What the token says is left; null where it does not say.',
  })
  amount!: bigint | null;
}

@ObjectType({ description: 'What decides a maximum at risk.' })
export class RiskReasonView {
  @Field(() => RiskReasonEnum, { description: 'The code.' })
  code!: RiskReason;

  @Field(() => String, { description: 'The reason in a sentence.' })
  message!: string;
}

@ObjectType({ isAbstract: true })
abstract class AtRisk {
  @Field(() => RiskKindEnum, { description: 'Whether there is a most.' })
  kind!: MaximumAtRisk['kind'];

  @Field(() => SumScalar, {
    nullable: true,
    description:
      'The most that can still be taken of what the account holds now. Set where BOUNDED; null is not 0.',
  })
  atRisk!: bigint | null;
}

@ObjectType({ description: 'What one session key puts at risk of one token.' })
export class KeyAtRisk extends AtRisk {
  @Field(() => SessionKeyScalar, { description: 'The session key.' })
  sessionKey!: bigint;

  @Field(() => SumScalar, {
    nullable: true,
    description: 'What budgets let through up to the last usable second; null where no budget bounds it.',
  })
  throughBudgets!: bigint | null;

  @Field(() => SumScalar, {
    nullable: true,
    description: 'What spenders that the key approved may draw, also when it is dead; null where not known.',
  })
  throughAllowances!: bigint | null;

  @Field(() => [RiskAllowance], {
    description: 'The spenders that the key approved, as far as they are known.',
  })
  allowances!: RiskAllowance[];

  @Field(() => TimestampScalar, {
    nullable: true,
    description:
      'The last second at which the chain takes a transaction of the key; null where it takes none.',
  })
  usableUntil!: bigint | null;

  @Field(() => [RiskReasonView], { description: 'What decides it, and what it does not cover.' })
  reasons!: RiskReasonView[];
}

@ObjectType({ description: 'What is at risk of one token of the account, by the keys that were asked for.' })
export class TokenAtRisk extends AtRisk {
  @Field(() => AddressScalar, { description: 'The token.' })
  token!: bigint;

  @Field(() => U256Scalar, {
    nullable: true,
    description: 'What the account holds; null where the token does not say.',
  })
  balance!: bigint | null;

  @Field(() => [KeyAtRisk], { description: 'Key by key.' })
  keys!: KeyAtRisk[];
}

@ObjectType({ description: 'The most that session keys can still take from an account.' })
export class Risk {
  @Field(() => [TokenAtRisk], { description: 'By token.' })
  tokens!: TokenAtRisk[];

  @Field(() => CountScalar, {
    description:
      'Of the blocks before this one those alone were read that changed the state of the account, where its history was filled.',
  })
  recordedFrom!: number;

  @Field(() => AsOf, { description: 'The block of the keys, and the one at which the tokens were asked.' })
  asOf!: AsOf;
}
