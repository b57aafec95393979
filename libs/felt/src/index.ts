export * from './felt.ts';
export * from './felt.error.ts';
export * from './hash.ts';
export * from './selector.ts';
export * from './u256.ts';
