import { CurrentRequest, DecimalScalar, type RequestContext } from '#libs/api';
import type { OfToken } from '#libs/sessions';
import { Inject } from '@nestjs/common';
import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { CauseSums, TokenSpending } from '../read/graphql/summary.models.ts';
import { ScaledAmounts } from './scaled-amounts.ts';
import { inWholeTokens } from './scaled-field.ts';

// Sums of the ledgers of an account that is followed: nothing of it is a node's answer.
const amountOf = ({ chainId, token }: OfToken, amount: bigint) => ({ chainId, token, amount });

@Resolver(() => TokenSpending)
export class TokenSpendingAmountsResolver {
  constructor(@Inject(ScaledAmounts) private readonly amounts: ScaledAmounts) {}

  @ResolveField(() => DecimalScalar, inWholeTokens('debited'))
  debitedScaled(@Parent() parent: TokenSpending & OfToken, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, amountOf(parent, parent.debited));
  }

  @ResolveField(() => DecimalScalar, inWholeTokens('moved'))
  movedScaled(@Parent() parent: TokenSpending & OfToken, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, amountOf(parent, parent.moved));
  }

  @ResolveField(() => DecimalScalar, inWholeTokens('difference'))
  differenceScaled(@Parent() parent: TokenSpending & OfToken, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, amountOf(parent, parent.difference));
  }

  @ResolveField(() => DecimalScalar, inWholeTokens('refunded'))
  refundedScaled(@Parent() parent: TokenSpending & OfToken, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, amountOf(parent, parent.refunded));
  }

  @ResolveField(() => DecimalScalar, inWholeTokens('received'))
  receivedScaled(@Parent() parent: TokenSpending & OfToken, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, amountOf(parent, parent.received));
  }
}

@Resolver(() => CauseSums)
export class CauseSumsAmountsResolver {
  constructor(@Inject(ScaledAmounts) private readonly amounts: ScaledAmounts) {}

  @ResolveField(() => DecimalScalar, inWholeTokens('debited'))
  debitedScaled(@Parent() parent: CauseSums & OfToken, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, amountOf(parent, parent.debited));
  }

  @ResolveField(() => DecimalScalar, inWholeTokens('moved'))
  movedScaled(@Parent() parent: CauseSums & OfToken, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, amountOf(parent, parent.moved));
  }

  @ResolveField(() => DecimalScalar, inWholeTokens('difference'))
  differenceScaled(@Parent() parent: CauseSums & OfToken, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, amountOf(parent, parent.difference));
  }
}
