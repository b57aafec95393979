export { foldSpending, placedFact, SPENDING_FACT_KINDS } from './ledger/fold-spending.ts';
export type { LedgerEntries } from './ledger/ledger.types.ts';
export { cutSpendingAbove, type PlacedEntries, writeSpending } from './ledger/spending.repository.ts';
export { tokenMovementFacts } from './movements/token-movement-facts.ts';
