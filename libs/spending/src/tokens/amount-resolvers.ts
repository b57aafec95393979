import {
  DebitAmountsResolver,
  MovementAmountsResolver,
  PolicyAmountsResolver,
} from './scaled-amounts.resolvers.ts';
import {
  PolicyChangeAmountsResolver,
  PolicyHistoryAmountsResolver,
  PolicyLimitsAmountsResolver,
  UseDebitAmountsResolver,
} from './scaled-history.resolvers.ts';
import {
  KeyAtRiskAmountsResolver,
  RiskAllowanceAmountsResolver,
  TokenAtRiskAmountsResolver,
} from './scaled-risk.resolvers.ts';
import { CauseSumsAmountsResolver, TokenSpendingAmountsResolver } from './scaled-summary.resolvers.ts';

/** What says amounts in whole tokens beside those that are raw. */
export const AMOUNT_RESOLVERS = [
  PolicyAmountsResolver,
  DebitAmountsResolver,
  MovementAmountsResolver,
  UseDebitAmountsResolver,
  PolicyLimitsAmountsResolver,
  PolicyHistoryAmountsResolver,
  PolicyChangeAmountsResolver,
  TokenAtRiskAmountsResolver,
  KeyAtRiskAmountsResolver,
  RiskAllowanceAmountsResolver,
  TokenSpendingAmountsResolver,
  CauseSumsAmountsResolver,
];
