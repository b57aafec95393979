import { SpendingReportResolver } from './report/spending-report.resolver.ts';

/** What finance asks, for the printer of the schema. */
export const FINANCE_RESOLVERS = [SpendingReportResolver];
