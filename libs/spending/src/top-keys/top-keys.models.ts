import {
  AddressScalar,
  connectionOf,
  CountScalar,
  DecimalScalar,
  SessionKeyScalar,
  SumScalar,
} from '#libs/api';
import { ArgsType, Field, ObjectType } from '@nestjs/graphql';
import { defineEnum } from '../read/graphql/enums.ts';
import { FinancePageArgs, LedgerFilter, PeriodInput } from '../report/finance.arguments.ts';
import { Token } from '../tokens/token.models.ts';
import type { TopKeysBy } from './top-keys.statement.ts';

const TopKeysByEnum = defineEnum<TopKeysBy>('TopKeysBy', 'What session keys are ranked by.', {
  SPEND: 'By what budgets counted of one token in a period.',
  EXPOSURE:
    'By what budgets still let through of one token up to the expiry, never below it, of keys that may still be used; those that no budget limits first. `risk` says it to the unit, with balances. Each page is of the newest block.',
  BURNED_CALLS: 'By how many of their calls were used up in a period, reverted ones too.',
});

@ArgsType()
export class TopKeysArgs extends FinancePageArgs {
  @Field(() => TopKeysByEnum, { description: 'By what.' })
  by!: TopKeysBy;

  @Field(() => PeriodInput, { nullable: true, description: 'When; needed for SPEND and BURNED_CALLS.' })
  period?: PeriodInput | null;

  @Field(() => LedgerFilter, {
    nullable: true,
    description: 'Of which keys. SPEND and EXPOSURE need a token: amounts of different tokens have no order.',
  })
  filter?: LedgerFilter | null;
}

@ObjectType({ description: 'A session key, and how much of what was asked for it has.' })
export class TopKey {
  @Field(() => AddressScalar, { description: 'The account.' })
  account!: bigint;

  @Field(() => SessionKeyScalar, { description: 'The session key.' })
  sessionKey!: bigint;

  @Field(() => String, {
    nullable: true,
    description: 'The label that the organisation gives the account; null without one.',
  })
  label!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The team that the organisation gives the account; null without one.',
  })
  team!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The cost centre that the organisation gives the account; null without one.',
  })
  costCentre!: string | null;

  @Field(() => Token, { nullable: true, description: 'The token of `amount`; null for BURNED_CALLS.' })
  token!: Token | null;

  @Field(() => SumScalar, {
    nullable: true,
    description:
      'Spent, or the most that budgets let through, in the smallest unit. Null for BURNED_CALLS, and where `unbounded`.',
  })
  amount!: bigint | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: '`amount` in whole tokens; null where it or the decimals are.',
  })
  amountScaled!: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether no budget limits the key; null but for EXPOSURE.',
  })
  unbounded!: boolean | null;

  @Field(() => CountScalar, {
    nullable: true,
    description: 'How many calls were used up; null but for BURNED_CALLS.',
  })
  callsBurned!: number | null;

  @Field(() => CountScalar, {
    nullable: true,
    description: 'How many of them in transactions that were reverted; null but for BURNED_CALLS.',
  })
  callsReverted!: number | null;
}

@ObjectType({ description: 'A page of session keys, the first with the most.' })
export class TopKeyConnection extends connectionOf('TopKey', TopKey) {
  @Field(() => CountScalar, {
    nullable: true,
    description:
      'From this block on every transaction of all these accounts was looked at. Null where none of them is in the index.',
  })
  recordedFrom!: number | null;

  @Field(() => CountScalar, { description: 'Of how many accounts this speaks.' })
  accounts!: number;

  @Field(() => CountScalar, {
    description:
      'Of how many of them only a part is counted: they are followed from a later block on, or not yet.',
  })
  incompleteAccounts!: number;
}
