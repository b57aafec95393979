import { type Driver, Kysely } from 'kysely';
import type { Db } from '../database.ts';
import { DatabaseError } from '../database.error.ts';
import { dialectOf } from '../driver/dialect.ts';
import type { Database } from '../rows.ts';

const refuse = (): Promise<never> =>
  Promise.reject(
    new DatabaseError('UNSCOPED_STATEMENT', 'a statement was run without saying for whom: pass it to read()'),
  );

const refusingDriver: Driver = {
  init: () => Promise.resolve(),
  acquireConnection: refuse,
  beginTransaction: refuse,
  commitTransaction: refuse,
  rollbackTransaction: refuse,
  releaseConnection: refuse,
  destroy: () => Promise.resolve(),
};

/** Builds and compiles statements, and has no connection to run one on. */
export const statementBuilder = (): Db => new Kysely<Database>({ dialect: dialectOf(refusingDriver) });
