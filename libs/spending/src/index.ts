export { foldSpending, placedFact, SPENDING_FACT_KINDS } from './ledger/fold-spending.ts';
export type { LedgerEntries } from './ledger/ledger.types.ts';
export { spendingProjection } from './ledger/spending-projection.ts';
export {
  clearSpending,
  cutSpendingAbove,
  type PlacedEntries,
  writeSpending,
} from './ledger/spending.repository.ts';
export {
  countWrongMonths,
  listWrongMonths,
  sumMonthsAgain,
  type WrongMonth,
  type WrongMonths,
} from './months/kept-months.ts';
export { tokenMovementFacts } from './movements/token-movement-facts.ts';
export { SpendingResolver } from './read/graphql/spending.resolver.ts';
export { ExportReader } from './export/export.reader.ts';
export { FINANCE_RESOLVERS } from './finance-resolvers.ts';
export { scaled } from './tokens/scaled.ts';
export { inWholeTokens } from './tokens/scaled-field.ts';
export { SpendingModule } from './read/spending.module.ts';
