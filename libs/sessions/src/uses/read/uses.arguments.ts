import { AddressScalar, CountScalar, FeltScalar, SessionKeyScalar } from '#libs/api';
import type { Address, Felt, SessionKey } from '#libs/felt';
import { ArgsType, Field } from '@nestjs/graphql';
import { NetworkArgs, PageArgs } from '../../read/graphql/arguments.ts';
import type { StoredOutcome, StoredPath } from './use-columns.ts';
import { UseOutcomeEnum, UsePathEnum } from './uses.enums.ts';

@ArgsType()
export class UsesArgs extends PageArgs {
  @Field(() => AddressScalar, { description: 'The account; it must be followed.' })
  account!: Address;

  @Field(() => SessionKeyScalar, { nullable: true, description: 'Only uses of this session key.' })
  sessionKey?: SessionKey | null;

  @Field(() => [UseOutcomeEnum], { nullable: true, description: 'Only uses of these outcomes.' })
  outcome?: StoredOutcome[] | null;

  @Field(() => UsePathEnum, { nullable: true, description: 'Only uses that came this way.' })
  path?: StoredPath | null;

  @Field(() => CountScalar, { nullable: true, description: 'Only from this block on.' })
  fromBlock?: number | null;

  @Field(() => CountScalar, { nullable: true, description: 'Only up to this block, inclusive.' })
  toBlock?: number | null;
}

@ArgsType()
export class TransactionUsesArgs extends NetworkArgs {
  @Field(() => FeltScalar, { description: 'The hash of the transaction.' })
  transactionHash!: Felt;
}
