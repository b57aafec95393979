import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ScopedDb } from '#libs/database';
import { withDatabase } from '#libs/testing';
import { allOf } from './matrix/complete.ts';
import { differencesOf } from './matrix/gate-audit.ts';
import { rewriting, type Rewrite } from './matrix/rewrite.ts';
import { answersTo } from './matrix/run-matrix.ts';
import { addSecondNetwork } from './matrix/second-network.ts';
import { openWorld, type World } from './matrix/world.ts';
import { SAMPLES } from './samples/index.ts';

jest.setTimeout(120_000);

/** A condition on the network, as Kysely and as written. */
const OF_NETWORK = /"?\w+"?\."?network_id"? = (\$\d+)(::integer)?/g;

describe('the same account on two networks', () => {
  const database = withDatabase();
  // Groups are of all networks, and so is what is counted of them.
  const samples = Object.fromEntries(
    Object.entries(allOf(SAMPLES)).filter(([field]) => field !== 'Query.groups'),
  );
  const rewrite: Rewrite = { sql: (sql) => sql };
  let world: World;
  let before: ReadonlyMap<string, string>;
  beforeAll(async () => {
    world = await openWorld(database, { api: (db: ScopedDb) => rewriting(db, rewrite) });
    before = await answersTo(world, 'ADMIN', samples);
    await addSecondNetwork(database, world.networkId);
  }, 120_000);
  afterAll(() => world.close());

  it('is never told of with what happened on the other', async () => {
    expect([...before.values()].filter((text) => text.includes('"errors"'))).toEqual([]);
    expect(differencesOf(before, await answersTo(world, 'ADMIN', samples))).toEqual([]);
  });

  it('would be, were the network left out of the statements', async () => {
    rewrite.sql = (sql) => sql.replaceAll(OF_NETWORK, (condition) => `(true or ${condition})`);
    const mixed = differencesOf(before, await answersTo(world, 'ADMIN', samples)).map(
      (text) => text.split('(')[0],
    );
    rewrite.sql = (sql) => sql;
    const needed = [
      'accounts',
      'sessions',
      'uses',
      'use',
      'debits',
      'movements',
      'spendingSummary',
      'policies',
    ];
    expect(mixed).toEqual(expect.arrayContaining(needed.map((field) => `Query.${field}`)));
  });
});
