import { describe, expect, it } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import fc from 'fast-check';
import { takeFrom, type UnitAccount } from './take-units.ts';
import { takeUnitsIn } from './units.repository.ts';

describe('units of the database', () => {
  const database = withDatabase();
  let nowMs = 0;
  const clock = { nowMilliseconds: () => nowMs };
  const take = () => takeUnitsIn(database.api, clock);
  const all = { perMinute: 600, wanted: 30, held: 0 };

  it('are given as the memory of a process gives them, whatever is asked when', async () => {
    const steps = fc.array(
      fc.record({
        afterMs: fc.integer({ min: -1_000, max: 20_000 }),
        cost: fc.integer({ min: 1, max: 90 }),
        wanted: fc.integer({ min: 1, max: 40 }),
        held: fc.integer({ min: -20, max: 20 }),
      }),
      { minLength: 1, maxLength: 12 },
    );
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 200 }), async (asked, perMinute) => {
        runs += 1;
        let account: UnitAccount | undefined;
        for (const { afterMs, ...request } of asked) {
          nowMs += afterMs;
          const expected = takeFrom(account, { ...request, perMinute }, nowMs);
          account = expected.account;
          const grant = await take()({ ...request, perMinute, principal: `run ${runs}` });
          expect(grant.granted).toBeCloseTo(expected.grant.granted, 5);
          expect(grant.remaining).toBeCloseTo(expected.grant.remaining, 5);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('are given once, however many ask at the same time', async () => {
    const grants = await Promise.all(
      Array.from({ length: 40 }, () => take()({ principal: 'all', ...all, cost: 30 })),
    );
    expect(grants.reduce((sum, { granted }) => sum + granted, 0)).toBe(600);
    expect(grants.filter(({ granted }) => granted === 0)).toHaveLength(20);
  });

  it('come back by the time of the database, where no other is given', async () => {
    const byDatabase = takeUnitsIn(database.api);
    await byDatabase({ principal: 'slow', ...all, cost: 600 });
    expect((await byDatabase({ principal: 'slow', ...all, cost: 300 })).granted).toBe(0);
    await database.sql`update rate_leases set filled_at = filled_at - interval '30 seconds' where principal = 'slow'`;
    expect((await byDatabase({ principal: 'slow', ...all, cost: 300 })).granted).toBe(300);
  });

  it('are forgotten of who asked for nothing in an hour and owes nothing', async () => {
    await take()({ principal: 'idle', ...all, cost: 1 });
    await take()({ principal: 'in debt', ...all, cost: 1_000 });
    nowMs += 3_600_001;
    await take()({ principal: 'new', ...all, cost: 1 });
    const rows = await database.sql<{ principal: string }[]>`
      select principal from rate_leases where principal in ('idle', 'in debt', 'new') order by principal`;
    expect(rows.map(({ principal }) => principal)).toEqual(['in debt', 'new']);
  });

  it('are out of the reach of statements of the API', async () => {
    const { build } = database.api;
    const reading = database.api.read({ organisationId: 1 }, build.selectFrom('rate_leases').selectAll());
    await expect(reading).rejects.toThrow('permission denied');
  });
});
