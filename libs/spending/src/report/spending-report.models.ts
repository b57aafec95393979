import {
  AddressScalar,
  AsOf,
  CountScalar,
  DateScalar,
  DecimalScalar,
  FeltScalar,
  PageInfo,
  SessionKeyScalar,
  SumScalar,
} from '#libs/api';
import { ArgsType, Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import { Token } from '../tokens/token.models.ts';
import { FinancePageArgs, LedgerFilter, PeriodInput } from './finance.arguments.ts';
import { SpendingGroupEnum } from './finance.enums.ts';
import type { SpendingGroup } from './group-keys.ts';

@InputType({ description: 'What to sum, and by what.' })
export class SpendingInput {
  @Field(() => PeriodInput, { description: 'When.' })
  period!: PeriodInput;

  @Field(() => [SpendingGroupEnum], {
    nullable: true,
    description:
      'By what, up to 4, and in which order the rows come. At most one of DAY, WEEK and MONTH. TOKEN is added at the end where it is not said.',
  })
  groupBy?: SpendingGroup[] | null;

  @Field(() => LedgerFilter, { nullable: true, description: 'Of which rows; left out: of all.' })
  filter?: LedgerFilter | null;
}

@ArgsType()
export class SpendingArgs extends FinancePageArgs {
  @Field(() => SpendingInput, { description: 'What to sum, and by what.' })
  input!: SpendingInput;
}

const SCALED = 'in whole tokens; null where the decimals of the token are not known.';

@ObjectType({ description: 'What was spent of one token: what budgets counted beside what moved.' })
export class TokenSpend {
  @Field(() => Token, { description: 'The token: amounts of different tokens are never added.' })
  token!: Token;

  @Field(() => SumScalar, { description: 'What budgets counted, in the smallest unit.' })
  debited!: bigint;

  @Field(() => DecimalScalar, { nullable: true, description: `\`debited\` ${SCALED}` })
  debitedScaled!: string | null;

  @Field(() => SumScalar, {
    description: 'What moved out, what went from an account to itself included, in the smallest unit.',
  })
  moved!: bigint;

  @Field(() => DecimalScalar, { nullable: true, description: `\`moved\` ${SCALED}` })
  movedScaled!: string | null;

  @Field(() => SumScalar, {
    description:
      'What came in by transactions that also moved something out, in the smallest unit. Not taken off `moved`.',
  })
  received!: bigint;

  @Field(() => DecimalScalar, { nullable: true, description: `\`received\` ${SCALED}` })
  receivedScaled!: string | null;

  @Field(() => CountScalar, { description: 'How many debits.' })
  debits!: number;

  @Field(() => CountScalar, { description: 'How many movements out.' })
  movements!: number;
}

const ASKED = 'null where not grouped by it';

@ObjectType({ description: 'A group of the organisation, as it is called now.' })
export class GroupName {
  @Field(() => ID, { description: 'Its id: `grp_` and 32 hex digits.' })
  id!: string;

  @Field(() => String, { description: 'Its name.' })
  name!: string;
}

@ObjectType({ description: 'What was spent of one token, for one value of each thing it is grouped by.' })
export class SpendingRow extends TokenSpend {
  @Field(() => DateScalar, {
    nullable: true,
    description: `The first local day of this part of the period, cut off where the period begins; ${ASKED}.`,
  })
  periodStart!: string | null;

  @Field(() => DateScalar, {
    nullable: true,
    description: `The day after its last one, cut off where the period ends; ${ASKED}.`,
  })
  periodEnd!: string | null;

  @Field(() => AddressScalar, { nullable: true, description: `The account; ${ASKED}.` })
  account!: bigint | null;

  @Field(() => SessionKeyScalar, {
    nullable: true,
    description: `The session key; ${ASKED}, and where no one key explains the movements.`,
  })
  sessionKey!: bigint | null;

  @Field(() => FeltScalar, { nullable: true, description: `Who got it; ${ASKED}.` })
  recipient!: bigint | null;

  @Field(() => String, { nullable: true, description: `The label; ${ASKED}, and for accounts without one.` })
  label!: string | null;

  @Field(() => String, { nullable: true, description: `The team; ${ASKED}, and for accounts without one.` })
  team!: string | null;

  @Field(() => String, {
    nullable: true,
    description: `The cost centre; ${ASKED}, and for accounts without one.`,
  })
  costCentre!: string | null;

  @Field(() => GroupName, {
    nullable: true,
    description: `The group: what each account that is in it now spent, whatever other groups it is in; ${ASKED}, and for accounts without one.`,
  })
  group!: GroupName | null;
}

@ObjectType({ description: 'The period that was asked for, and how it was understood.' })
export class Period {
  @Field(() => DateScalar, { description: 'The first day.' })
  from!: string;

  @Field(() => DateScalar, { description: 'The day after the last one.' })
  to!: string;

  @Field(() => String, { description: 'The time zone, by the name that its rules are found by.' })
  timeZone!: string;
}

@ObjectType({ isAbstract: true })
export abstract class FinanceAnswer {
  @Field(() => CountScalar, {
    nullable: true,
    description:
      'From this block on every transaction of all these accounts was looked at; of what was before, only what changed their state may be counted. Null where none of them is in the index.',
  })
  recordedFrom!: number | null;

  @Field(() => CountScalar, { description: 'Of how many accounts this speaks.' })
  accounts!: number;

  @Field(() => CountScalar, {
    description:
      'Of how many of them only a part is counted: they are followed from a later block on, or not yet.',
  })
  incompleteAccounts!: number;

  @Field(() => AsOf, { description: 'The block up to which was counted.' })
  asOf!: AsOf;
}

@ObjectType({
  description:
    'Spending over all accounts that the organisation follows, by what was asked for. Canonical blocks only.',
})
export class SpendingReport extends FinanceAnswer {
  @Field(() => [SpendingRow], {
    description:
      'In the order of `groupBy`. What nothing was spent in has no row. Rows come to the totals, unless accounts are in several groups.',
  })
  rows!: SpendingRow[];

  @Field(() => PageInfo, { description: 'Where the page stands in the list of rows.' })
  pageInfo!: PageInfo;

  @Field(() => [TokenSpend], {
    description:
      'Of everything that the rows are of, not only of this page, by token. Each account counts once, in however many groups it is: not always the sum of rows by GROUP.',
  })
  totals!: TokenSpend[];

  @Field(() => CountScalar, {
    nullable: true,
    description:
      'How many accounts that spent are in several groups and so in several rows. 0: the rows come to the totals. Null where not grouped by GROUP.',
  })
  accountsInSeveralGroups!: number | null;

  @Field(() => Period, { description: 'The period.' })
  period!: Period;
}
