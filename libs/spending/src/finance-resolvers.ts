import { BudgetsResolver } from './budgets/budgets.resolver.ts';
import { ExportsResolver } from './export/exports.resolver.ts';
import { ReviewsResolver } from './reviews/reviews.resolver.ts';
import { SpendingReportResolver } from './report/spending-report.resolver.ts';
import { AMOUNT_RESOLVERS } from './tokens/amount-resolvers.ts';
import { TopKeysResolver } from './top-keys/top-keys.resolver.ts';

/** What finance asks: for the service, and for the printer of its schema. */
export const FINANCE_RESOLVERS = [
  SpendingReportResolver,
  BudgetsResolver,
  TopKeysResolver,
  ReviewsResolver,
  ExportsResolver,
  ...AMOUNT_RESOLVERS,
];
