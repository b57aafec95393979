export * from './low-calls.decider.ts';
