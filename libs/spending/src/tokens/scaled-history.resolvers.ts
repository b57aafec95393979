import { CurrentRequest, DecimalScalar, type RequestContext } from '#libs/api';
import { type OfToken, PolicyChange, PolicyHistoryEntry, PolicyLimits, UseDebit } from '#libs/sessions';
import { Inject } from '@nestjs/common';
import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { ScaledAmounts } from './scaled-amounts.ts';
import { inWholeTokens } from './scaled-field.ts';

// Each of these is told of an account that is followed, out of the index: nothing of it is a node's answer.
const amountOf = ({ chainId, token }: OfToken, amount: bigint | null) => ({ chainId, token, amount });

@Resolver(() => UseDebit)
export class UseDebitAmountsResolver {
  constructor(@Inject(ScaledAmounts) private readonly amounts: ScaledAmounts) {}

  @ResolveField(() => DecimalScalar, inWholeTokens('amount'))
  amountScaled(@Parent() parent: UseDebit & OfToken, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, amountOf(parent, parent.amount));
  }

  @ResolveField(() => DecimalScalar, inWholeTokens('spentBefore'))
  spentBeforeScaled(@Parent() parent: UseDebit & OfToken, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, amountOf(parent, parent.spentBefore));
  }

  @ResolveField(() => DecimalScalar, inWholeTokens('spentAfter'))
  spentAfterScaled(@Parent() parent: UseDebit & OfToken, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, amountOf(parent, parent.spentAfter));
  }
}

@Resolver(() => PolicyLimits)
export class PolicyLimitsAmountsResolver {
  constructor(@Inject(ScaledAmounts) private readonly amounts: ScaledAmounts) {}

  @ResolveField(() => DecimalScalar, inWholeTokens('maxPerCall'))
  maxPerCallScaled(@Parent() parent: PolicyLimits & OfToken, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, amountOf(parent, parent.maxPerCall));
  }

  @ResolveField(() => DecimalScalar, inWholeTokens('maxPerWindow'))
  maxPerWindowScaled(@Parent() parent: PolicyLimits & OfToken, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, amountOf(parent, parent.maxPerWindow));
  }
}

@Resolver(() => PolicyHistoryEntry)
export class PolicyHistoryAmountsResolver {
  constructor(@Inject(ScaledAmounts) private readonly amounts: ScaledAmounts) {}

  @ResolveField(() => DecimalScalar, inWholeTokens('spentBefore'))
  spentBeforeScaled(
    @Parent() parent: PolicyHistoryEntry & OfToken,
    @CurrentRequest() request: RequestContext,
  ) {
    return this.amounts.of(request, amountOf(parent, parent.spentBefore));
  }
}

@Resolver(() => PolicyChange)
export class PolicyChangeAmountsResolver {
  constructor(@Inject(ScaledAmounts) private readonly amounts: ScaledAmounts) {}

  @ResolveField(() => DecimalScalar, inWholeTokens('spent'))
  spentScaled(@Parent() parent: PolicyChange & OfToken, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, amountOf(parent, parent.spent));
  }
}
