export { attributeAgain, type AttributedBlock } from './attribute-again.ts';
export { requestAccounts } from './account-registry.ts';
export type { BackfillPlan, PlanChoice } from './backfill/plan.ts';
export { leastCalls, planFromIndex, type PlanOutcome } from './backfill/plan-from-index.ts';
export { findDeployed } from './find-deployed.ts';
export type { IndexingLog } from './indexing.context.ts';
export { createNetworkIndexer, type NetworkIndexer } from './network-indexer.ts';
export type { NetworkIndexerOptions } from './network-indexer.options.ts';
export { catalogueTokens } from './tokens/token-catalogue.ts';
