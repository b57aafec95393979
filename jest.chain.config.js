import { shared } from './jest.shared.js';

/** `npm run test:chain`: needs starknet-devnet; a missing devnet is an error, never a skip. */
export default {
  ...shared(import.meta.dirname),
  displayName: 'chain',
  maxWorkers: 1,
  passWithNoTests: false,
  testTimeout: 600_000,
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.chain.spec.ts'],
  globalSetup: '<rootDir>/libs/testing/src/chain.global-setup.ts',
  globalTeardown: '<rootDir>/libs/testing/src/postgres.global-teardown.ts',
  reporters: ['default', '<rootDir>/scripts/jest-count-reporter.js'],
};
