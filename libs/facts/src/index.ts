export * from './block-ranges.ts';
export * from './blocks.repository.ts';
export * from './coverage.repository.ts';
export * from './cursor.repository.ts';
export * from './dead-letters.repository.ts';
export * from './fact.ts';
export * from './facts.repository.ts';
export * from './networks.repository.ts';
