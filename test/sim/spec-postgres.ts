import { afterAll, beforeAll } from '@jest/globals';
import type { TestDatabase } from '#libs/testing';
import { openSimPostgres, type SimPostgres } from './database/sim-postgres.ts';

/** The database of a spec file, emptied for each seed. Call at the top of a describe, with one that `withDatabase` made. */
export const simPostgresOf = (database: TestDatabase): (() => SimPostgres) => {
  let opened: SimPostgres | undefined;
  beforeAll(async () => {
    opened = await openSimPostgres(database.urls, () => Promise.resolve());
  });
  afterAll(() => opened?.stop());
  return () => {
    if (opened === undefined) throw new Error('the database is there only while specs run');
    return opened;
  };
};
