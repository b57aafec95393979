import { CurrentRequest, DecimalScalar, type RequestContext } from '#libs/api';
import { Inject } from '@nestjs/common';
import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { KeyAtRisk, RiskAllowance, TokenAtRisk } from '../read/graphql/risk.models.ts';
import type { RiskOf } from '../read/graphql/views.ts';
import { ScaledAmounts } from './scaled-amounts.ts';
import { inWholeTokens } from './scaled-field.ts';

const ofOwnToken = (field: string) =>
  inWholeTokens(
    field,
    ', and of a token that was asked for and is in no budget, approval or late movement of the account',
  );

/** Any token may be asked for, and what a node says of it is told: not whether the index met it, with somebody else. */
const amountOf = ({ of }: RiskOf, amount: bigint | null) => ({
  ...of,
  amount: of.isOfAccount ? amount : null,
});

@Resolver(() => TokenAtRisk)
export class TokenAtRiskAmountsResolver {
  constructor(@Inject(ScaledAmounts) private readonly amounts: ScaledAmounts) {}

  @ResolveField(() => DecimalScalar, ofOwnToken('atRisk'))
  atRiskScaled(@Parent() parent: TokenAtRisk & RiskOf, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, amountOf(parent, parent.atRisk));
  }

  @ResolveField(() => DecimalScalar, ofOwnToken('balance'))
  balanceScaled(@Parent() parent: TokenAtRisk & RiskOf, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, amountOf(parent, parent.balance));
  }
}

@Resolver(() => KeyAtRisk)
export class KeyAtRiskAmountsResolver {
  constructor(@Inject(ScaledAmounts) private readonly amounts: ScaledAmounts) {}

  @ResolveField(() => DecimalScalar, ofOwnToken('atRisk'))
  atRiskScaled(@Parent() parent: KeyAtRisk & RiskOf, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, amountOf(parent, parent.atRisk));
  }

  @ResolveField(() => DecimalScalar, ofOwnToken('throughBudgets'))
  throughBudgetsScaled(@Parent() parent: KeyAtRisk & RiskOf, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, amountOf(parent, parent.throughBudgets));
  }

  @ResolveField(() => DecimalScalar, ofOwnToken('throughAllowances'))
  throughAllowancesScaled(@Parent() parent: KeyAtRisk & RiskOf, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, amountOf(parent, parent.throughAllowances));
  }
}

@Resolver(() => RiskAllowance)
export class RiskAllowanceAmountsResolver {
  constructor(@Inject(ScaledAmounts) private readonly amounts: ScaledAmounts) {}

  @ResolveField(() => DecimalScalar, ofOwnToken('amount'))
  amountScaled(@Parent() parent: RiskAllowance & RiskOf, @CurrentRequest() request: RequestContext) {
    return this.amounts.of(request, amountOf(parent, parent.amount));
  }
}
