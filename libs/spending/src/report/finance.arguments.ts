import {
  AddressScalar,
  ChainIdScalar,
  DateScalar,
  DEFAULT_PAGE_SIZE,
  FeltScalar,
  SessionKeyScalar,
} from '#libs/api';
import type { Address, Felt, SessionKey } from '#libs/felt';
import { ArgsType, Field, ID, InputType, Int } from '@nestjs/graphql';
import type { FinanceFilter } from './ledger-scope.ts';

@InputType({ description: 'Whole days of a time zone, up to 400.' })
export class PeriodInput {
  @Field(() => DateScalar, { description: 'The first day.' })
  from!: string;

  @Field(() => DateScalar, { description: 'The day after the last one.' })
  to!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'Where the days begin, a name of the IANA database such as Europe/Berlin, its summer time included; left out: the zone of the organisation, which is UTC until somebody says otherwise.',
  })
  timeZone?: string | null;
}

const NOW = 'As the organisation says now, for the past too; null: the accounts where it says nothing.';

@InputType({
  description:
    'Which rows of both ledgers, over the accounts that the organisation follows and whoever asks may see. What is left out lets everything through.',
})
export class LedgerFilter {
  @Field(() => AddressScalar, { nullable: true, description: 'Only this account; it must be in the index.' })
  account?: Address | null;

  @Field(() => SessionKeyScalar, {
    nullable: true,
    description: 'Only what this session key did, of any account.',
  })
  sessionKey?: SessionKey | null;

  @Field(() => AddressScalar, { nullable: true, description: 'Only this token.' })
  token?: Address | null;

  @Field(() => FeltScalar, {
    nullable: true,
    description: 'Only what went to (or came from) this address; of a debit for an approval: the spender.',
  })
  recipient?: Felt | null;

  @Field(() => String, { nullable: true, description: `Only accounts of this label. ${NOW}` })
  label?: string | null;

  @Field(() => String, { nullable: true, description: `Only accounts of this team. ${NOW}` })
  team?: string | null;

  @Field(() => String, { nullable: true, description: `Only accounts of this cost centre. ${NOW}` })
  costCentre?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Only accounts that are in this group now; of a group that is not there, none.',
  })
  group?: string | null;
}

/** Of the chain nothing can be null, so there null is as left out; of what people say it is an answer. */
export const filterFrom = (input: LedgerFilter | null | undefined): FinanceFilter => ({
  account: input?.account ?? undefined,
  sessionKey: input?.sessionKey ?? undefined,
  token: input?.token ?? undefined,
  recipient: input?.recipient ?? undefined,
  label: input?.label,
  team: input?.team,
  costCentre: input?.costCentre,
  group: input?.group ?? undefined,
});

@ArgsType()
export class FinanceArgs {
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
}

@ArgsType()
export class FinancePageArgs extends FinanceArgs {
  @Field(() => Int, {
    nullable: true,
    defaultValue: DEFAULT_PAGE_SIZE,
    description: 'How many rows, 1 to 100.',
  })
  first?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The cursor behind which to go on; left out for the first page. All pages speak of the block of the first.',
  })
  after?: string | null;
}
