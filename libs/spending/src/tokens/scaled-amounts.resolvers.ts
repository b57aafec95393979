import { CurrentRequest, DecimalScalar, type RequestContext } from '#libs/api';
import { SpendingPolicy } from '#libs/sessions';
import { Inject } from '@nestjs/common';
import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Debit, Movement } from '../read/graphql/ledger.models.ts';
import type { LedgerParent } from '../read/graphql/views.ts';
import { ScaledAmounts } from './scaled-amounts.ts';
import { inWholeTokens } from './scaled-field.ts';
const ofIndex = (field: string) => inWholeTokens(field, ', as in an answer of the node');

/** Of the node's own answer nothing is added that the index knows: it is the same whoever else follows the account. */
const ofPolicy = (policy: SpendingPolicy, amount: bigint | null) => ({
  ...{ chainId: policy.chainId, token: policy.token },
  amount: policy.source === 'INDEX' ? amount : null,
});

@Resolver(() => SpendingPolicy)
export class PolicyAmountsResolver {
  constructor(@Inject(ScaledAmounts) private readonly amounts: ScaledAmounts) {}

  @ResolveField(() => DecimalScalar, ofIndex('remaining'))
  remainingScaled(@Parent() policy: SpendingPolicy, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, ofPolicy(policy, policy.remaining));
  }

  @ResolveField(() => DecimalScalar, ofIndex('effectiveSpent'))
  effectiveSpentScaled(@Parent() policy: SpendingPolicy, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, ofPolicy(policy, policy.effectiveSpent));
  }

  @ResolveField(() => DecimalScalar, ofIndex('maxPerCall'))
  maxPerCallScaled(@Parent() policy: SpendingPolicy, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, ofPolicy(policy, policy.maxPerCall));
  }

  @ResolveField(() => DecimalScalar, ofIndex('maxPerWindow'))
  maxPerWindowScaled(@Parent() policy: SpendingPolicy, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, ofPolicy(policy, policy.maxPerWindow));
  }
}

@Resolver(() => Debit)
export class DebitAmountsResolver {
  constructor(@Inject(ScaledAmounts) private readonly amounts: ScaledAmounts) {}

  @ResolveField(() => DecimalScalar, inWholeTokens('amount'))
  amountScaled(@Parent() debit: LedgerParent<Debit>, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, debit);
  }

  @ResolveField(() => DecimalScalar, inWholeTokens('movedAmount'))
  movedAmountScaled(@Parent() debit: LedgerParent<Debit>, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, { ...debit, amount: debit.movedAmount });
  }
}

@Resolver(() => Movement)
export class MovementAmountsResolver {
  constructor(@Inject(ScaledAmounts) private readonly amounts: ScaledAmounts) {}

  @ResolveField(() => DecimalScalar, inWholeTokens('amount'))
  amountScaled(@Parent() movement: LedgerParent<Movement>, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, movement);
  }
}
