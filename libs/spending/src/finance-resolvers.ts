import { BudgetsResolver } from './budgets/budgets.resolver.ts';
import { ExportsResolver } from './export/exports.resolver.ts';
import { ReviewsResolver } from './reviews/reviews.resolver.ts';
import { SpendingReportResolver } from './report/spending-report.resolver.ts';
import {
  DebitAmountsResolver,
  MovementAmountsResolver,
  PolicyAmountsResolver,
} from './tokens/scaled-amounts.resolvers.ts';
import { TopKeysResolver } from './top-keys/top-keys.resolver.ts';

/** What finance asks, for the printer of the schema. */
export const FINANCE_RESOLVERS = [
  SpendingReportResolver,
  BudgetsResolver,
  TopKeysResolver,
  ReviewsResolver,
  ExportsResolver,
  PolicyAmountsResolver,
  DebitAmountsResolver,
  MovementAmountsResolver,
];
