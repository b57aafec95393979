import { shared } from './jest.shared.js';

const base = shared(import.meta.dirname);

/** `npm test`: no network, no devnet, no system Postgres. */
export default {
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
  passWithNoTests: false,
  testTimeout: 30_000,
  reporters: ['default', '<rootDir>/scripts/jest-count-reporter.js'],
  projects: [
    {
      ...base,
      displayName: 'pure',
      roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/scripts', '<rootDir>/test'],
      testMatch: ['**/*.spec.ts'],
      testPathIgnorePatterns: ['\\.(int|e2e|chain|sim)\\.spec\\.ts$'],
    },
    {
      ...base,
      displayName: 'postgres',
      roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test'],
      testMatch: ['**/*.int.spec.ts', '**/*.e2e.spec.ts', '**/*.sim.spec.ts'],
      globalSetup: '<rootDir>/libs/testing/src/postgres.global-setup.ts',
      globalTeardown: '<rootDir>/libs/testing/src/postgres.global-teardown.ts',
    },
  ],
};
