import {
  AddressScalar,
  ChainIdScalar,
  CountScalar,
  DEFAULT_PAGE_SIZE,
  SessionKeyScalar,
  TimestampScalar,
} from '#libs/api';
import type { Address, SessionKey } from '#libs/felt';
import { ArgsType, Field, Int } from '@nestjs/graphql';
import type { DebitCause, MovementCause } from '../../ledger/causes.ts';
import { type ReviewFilter, ReviewFilterEnum } from '../../reviews/reviews.models.ts';
import { DebitCauseEnum, MovementCauseEnum } from './enums.ts';

@ArgsType()
class AccountArgs {
  @Field(() => ChainIdScalar, {
    nullable: true,
    description: 'The chain that is meant. Needed where several networks are served: no answer mixes chains.',
  })
  chainId?: bigint | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The name this deployment gives the network. Needed where two networks share a chain id, as development chains do.',
  })
  network?: string | null;

  @Field(() => AddressScalar, { description: 'The account; it must be in the index.' })
  account!: Address;
}

@ArgsType()
export class SpendingSummaryArgs extends AccountArgs {
  @Field(() => SessionKeyScalar, {
    nullable: true,
    description: 'Only what this session key did. Movements that no one key explains have none.',
  })
  sessionKey?: SessionKey | null;

  @Field(() => AddressScalar, { nullable: true, description: 'Only this token.' })
  token?: Address | null;

  @Field(() => TimestampScalar, { nullable: true, description: 'Only blocks of this time or later.' })
  from?: bigint | null;

  @Field(() => TimestampScalar, { nullable: true, description: 'Only blocks of this time or earlier.' })
  to?: bigint | null;
}

@ArgsType()
class LedgerArgs extends SpendingSummaryArgs {
  @Field(() => ReviewFilterEnum, {
    nullable: true,
    description: 'Only rows of which this was said, or nothing yet. Needs the right READ_REVIEWS.',
  })
  review?: ReviewFilter | null;

  @Field(() => CountScalar, { nullable: true, description: 'Only this block and later ones.' })
  fromBlock?: number | null;

  @Field(() => CountScalar, { nullable: true, description: 'Only this block and earlier ones.' })
  toBlock?: number | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: DEFAULT_PAGE_SIZE,
    description: 'How many rows, 1 to 100.',
  })
  first?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'The cursor behind which to go on; left out for the first page.',
  })
  after?: string | null;
}

@ArgsType()
export class DebitsArgs extends LedgerArgs {
  @Field(() => [DebitCauseEnum], { nullable: true, description: 'Only debits of these causes.' })
  cause?: DebitCause[] | null;
}

@ArgsType()
export class MovementsArgs extends LedgerArgs {
  @Field(() => [MovementCauseEnum], { nullable: true, description: 'Only movements of these causes.' })
  cause?: MovementCause[] | null;
}

@ArgsType()
export class RiskArgs extends AccountArgs {
  @Field(() => SessionKeyScalar, {
    nullable: true,
    description:
      'Only this session key. Left out: all that are registered, and those that approved somebody.',
  })
  sessionKey?: SessionKey | null;

  @Field(() => [AddressScalar], {
    nullable: true,
    description:
      'Only these tokens, up to 20. Left out: those with a policy, those that a key approved, and those the account moved last.',
  })
  tokens?: Address[] | null;
}
