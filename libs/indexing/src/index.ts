export { attributeAgain, type AttributedBlock } from './attribute-again.ts';
export { requestAccounts } from './account-registry.ts';
export type { IndexingLog } from './indexing.context.ts';
export { createNetworkIndexer, type NetworkIndexer, type NetworkIndexerOptions } from './network-indexer.ts';
