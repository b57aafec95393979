import { AddressScalar, AsOf, CountScalar, SumScalar } from '#libs/api';
import { Field, ObjectType } from '@nestjs/graphql';

@ObjectType({ isAbstract: true })
abstract class SpendingSums {
  @Field(() => SumScalar, { description: 'What budgets counted.' })
  debited!: bigint;

  @Field(() => SumScalar, { description: 'What moved out, what went from the account to itself included.' })
  moved!: bigint;

  @Field(() => SumScalar, {
    description: '`debited` less `moved`: below 0 where more moved than was counted.',
  })
  difference!: bigint;
}

@ObjectType({ description: 'The part of both ledgers that has one cause.' })
export class CauseSums extends SpendingSums {
  @Field(() => String, {
    description: 'A DebitCause, a MovementCause, or both where they have the same name.',
  })
  cause!: string;

  @Field(() => CountScalar, { description: 'How many debits.' })
  debits!: number;

  @Field(() => CountScalar, { description: 'How many movements out.' })
  movements!: number;
}

@ObjectType({
  description:
    'Both ledgers of one token. The sums of `causes` are the sums here, debited, moved and difference.',
})
export class TokenSpending extends SpendingSums {
  @Field(() => AddressScalar, { description: 'The token: amounts of different tokens are never added.' })
  token!: bigint;

  @Field(() => SumScalar, {
    description: 'What came back in the transactions that moved something out (REFUND).',
  })
  refunded!: bigint;

  @Field(() => SumScalar, { description: 'What else came in by those transactions (RECEIVED).' })
  received!: bigint;

  @Field(() => [CauseSums], { description: 'The same by cause: what the difference is made of.' })
  causes!: CauseSums[];
}

@ObjectType({ description: 'What budgets counted, what really moved, and why the two differ.' })
export class SpendingSummary {
  @Field(() => [TokenSpending], { description: 'By token.' })
  tokens!: TokenSpending[];

  @Field(() => CountScalar, {
    description:
      'Of what was before this block only what changed the state of the account is counted, where its history was filled.',
  })
  recordedFrom!: number;

  @Field(() => AsOf, { description: 'The block up to which was counted.' })
  asOf!: AsOf;
}
