import {
  AddressScalar,
  AtInput,
  DEFAULT_PAGE_SIZE,
  NetworkArgs,
  SessionKeyScalar,
  TimestampScalar,
} from '#libs/api';
import type { Address, SessionKey } from '#libs/felt';
import { ArgsType, Field, ID, Int } from '@nestjs/graphql';
import type { AccountOrder } from '../index-store/account-list.statement.ts';
import type { SessionOrder } from '../index-store/session-list.statement.ts';
import type { SessionStatus } from '../session-status.ts';
import { AccountOrderEnum, AccountStatusEnum, SessionOrderEnum, SessionStatusEnum } from './enums.ts';

export { NetworkArgs };

const AT = 'The point in the past that is meant; left out for the newest block.';

@ArgsType()
class StateArgs extends NetworkArgs {
  @Field(() => AtInput, { nullable: true, description: AT })
  at?: AtInput | null;
}

@ArgsType()
export class AccountArgs extends StateArgs {
  @Field(() => AddressScalar, { description: 'The account.' })
  address!: Address;
}

@ArgsType()
export class SessionArgs extends StateArgs {
  @Field(() => AddressScalar, { description: 'The account.' })
  account!: Address;

  @Field(() => SessionKeyScalar, { description: 'The public key of the session.' })
  sessionKey!: SessionKey;
}

@ArgsType()
export class SessionDataArgs extends StateArgs {
  @Field(() => AddressScalar, { description: 'The account.' })
  walletAddress!: Address;

  @Field(() => SessionKeyScalar, { description: 'The public key of the session.' })
  sessionPublicKey!: SessionKey;
}

@ArgsType()
export class PageArgs extends NetworkArgs {
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

/** A page of something below a row that says the network. */
@ArgsType()
export class PageOnlyArgs {
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
class StatePageArgs extends PageArgs {
  @Field(() => AtInput, { nullable: true, description: `${AT} All pages speak of the block of the first.` })
  at?: AtInput | null;
}

@ArgsType()
export class SessionsArgs extends StatePageArgs {
  @Field(() => AddressScalar, {
    nullable: true,
    description: 'Only sessions of this account; it must be in the index.',
  })
  account?: Address | null;

  @Field(() => [SessionStatusEnum], {
    nullable: true,
    description: 'Only sessions of these statuses at the block of `asOf`.',
  })
  status?: SessionStatus[] | null;

  @Field(() => TimestampScalar, {
    nullable: true,
    description: 'Only sessions whose `validUntil` is before this time.',
  })
  expiresBefore?: bigint | null;

  @Field(() => SessionOrderEnum, {
    nullable: true,
    defaultValue: SessionOrderEnum.ACCOUNT_ASC,
    description: 'The order of the rows.',
  })
  orderBy?: SessionOrder | null;
}

@ArgsType()
export class PoliciesArgs extends StatePageArgs {
  @Field(() => AddressScalar, { description: 'The account.' })
  account!: Address;

  @Field(() => SessionKeyScalar, {
    nullable: true,
    description:
      'Only policies of this session key. With it, an account that the index does not have is read from a node.',
  })
  sessionKey?: SessionKey | null;

  @Field(() => AddressScalar, { nullable: true, description: 'Only the policy of this token.' })
  token?: Address | null;
}

@ArgsType()
export class FindingsArgs extends PageArgs {
  @Field(() => AddressScalar, { description: 'The account; it must be followed.' })
  account!: Address;

  @Field(() => SessionKeyScalar, { nullable: true, description: 'Only this session key.' })
  sessionKey?: SessionKey | null;
}

@ArgsType()
export class AccountsArgs extends StatePageArgs {
  @Field(() => [AccountStatusEnum], { nullable: true, description: 'Only accounts of these statuses.' })
  status?: ('PENDING' | 'FOLLOWED' | 'REJECTED')[] | null;

  @Field(() => String, { nullable: true, description: 'Only accounts of exactly this label.' })
  label?: string | null;

  @Field(() => String, { nullable: true, description: 'Only accounts of this team.' })
  team?: string | null;

  @Field(() => String, { nullable: true, description: 'Only accounts of this cost centre.' })
  costCentre?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only accounts in this group.' })
  group?: string | null;

  @Field(() => AccountOrderEnum, {
    nullable: true,
    defaultValue: AccountOrderEnum.ADDRESS_ASC,
    description: 'The order of the rows.',
  })
  orderBy?: AccountOrder | null;
}

@ArgsType()
export class SessionHistoryArgs extends PageArgs {
  @Field(() => AddressScalar, { description: 'The account; it must be in the index.' })
  account!: Address;

  @Field(() => SessionKeyScalar, { description: 'The public key of the session.' })
  sessionKey!: SessionKey;
}

@ArgsType()
export class PolicyHistoryArgs extends SessionHistoryArgs {
  @Field(() => AddressScalar, { nullable: true, description: 'Only the policy of this token.' })
  token?: Address | null;
}

@ArgsType()
export class ChangesArgs extends NetworkArgs {
  @Field(() => AddressScalar, { description: 'The account; it must be in the index.' })
  account!: Address;

  @Field(() => AtInput, { description: 'The earlier point.' })
  from!: AtInput;

  @Field(() => AtInput, { nullable: true, description: 'The later point; left out for the newest block.' })
  to?: AtInput | null;
}
