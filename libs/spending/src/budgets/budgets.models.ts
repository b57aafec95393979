import { AddressScalar, CountScalar, DecimalScalar, SessionKeyScalar, SumScalar } from '#libs/api';
import { ArgsType, Field, ObjectType } from '@nestjs/graphql';
import { defineEnum } from '../read/graphql/enums.ts';
import { FinanceArgs, LedgerFilter } from '../report/finance.arguments.ts';
import { FinanceAnswer, GroupName } from '../report/spending-report.models.ts';
import { Token } from '../tokens/token.models.ts';
import type { BudgetGroup } from './sum-budgets.ts';

const BudgetGroupEnum = defineEnum<BudgetGroup>('BudgetGroup', 'What remaining budgets are summed by.', {
  TOKEN: 'By token. It always is: amounts of different tokens are never added.',
  ACCOUNT: 'By account.',
  SESSION: 'By session key.',
  LABEL: 'By the label that the organisation gives the account now.',
  TEAM: 'By the team that the organisation gives the account now.',
  COST_CENTRE: 'By the cost centre that the organisation gives the account now.',
  GROUP:
    'By the groups that the account is in now; one without a group is in a sum of its own. An account of several groups counts in each of them, so that sums may come to more than the totals.',
});

@ArgsType()
export class BudgetsArgs extends FinanceArgs {
  @Field(() => [BudgetGroupEnum], {
    nullable: true,
    description: 'By what, and in which order the sums come; left out: by token alone.',
  })
  groupBy?: BudgetGroup[] | null;

  @Field(() => LedgerFilter, {
    nullable: true,
    description: 'Of which budgets; left out: of all. A recipient says nothing of a budget and is refused.',
  })
  filter?: LedgerFilter | null;
}

const ASKED = 'null where not grouped by it';

@ObjectType({ description: 'What budgets of one token leave now, together.' })
export class TokenBudget {
  @Field(() => Token, { description: 'The token: amounts of different tokens are never added.' })
  token!: Token;

  @Field(() => SumScalar, {
    description:
      'What the budgets that limit still let through before their windows start anew, in the smallest unit.',
  })
  remaining!: bigint;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: '`remaining` in whole tokens; null where the decimals of the token are not known.',
  })
  remainingScaled!: string | null;

  @Field(() => CountScalar, { description: 'How many budgets limit. `remaining` is theirs alone.' })
  limited!: number;

  @Field(() => CountScalar, {
    description: 'How many set no limit: nothing is added for them, and they are no 0.',
  })
  unlimited!: number;

  @Field(() => CountScalar, {
    description:
      'Of how many it is not known what they leave: the window rule of the class is not verified, or the key is not read.',
  })
  unknown!: number;
}

@ObjectType('BudgetSum', {
  description: 'What budgets of one token leave now, for one value of each thing they are grouped by.',
})
export class BudgetSumModel extends TokenBudget {
  @Field(() => AddressScalar, { nullable: true, description: `The account; ${ASKED}.` })
  account!: bigint | null;

  @Field(() => SessionKeyScalar, { nullable: true, description: `The session key; ${ASKED}.` })
  sessionKey!: bigint | null;

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
    description: `The group: what the budgets of each account that is in it now leave, whatever other groups it is in; ${ASKED}, and for accounts without one.`,
  })
  group!: GroupName | null;
}

@ObjectType({
  description:
    'What the budgets of session keys that may still be used leave now. A key without a policy for a token has no budget of it.',
})
export class BudgetReport extends FinanceAnswer {
  @Field(() => [BudgetSumModel], {
    description: 'In the order of `groupBy`. Sums come to the totals, unless accounts are in several groups.',
  })
  sums!: BudgetSumModel[];

  @Field(() => [TokenBudget], {
    description:
      'Of all these budgets, by token. Each counts once, in however many groups its account is: not always the sum of `sums` by GROUP.',
  })
  totals!: TokenBudget[];

  @Field(() => CountScalar, {
    nullable: true,
    description:
      'How many accounts with a budget are in several groups and so in several sums. 0: the sums come to the totals. Null where not grouped by GROUP.',
  })
  accountsInSeveralGroups!: number | null;
}
