import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { ungatedTexts } from './matrix/gate-audit.ts';
import { readRoleTable } from './matrix/role-table.ts';
import { runMutations } from './matrix/run-mutations.ts';
import { openWorld, type World } from './matrix/world.ts';
import { MUTATIONS } from './samples/mutations.ts';

jest.setTimeout(240_000);

describe('every change, called as everybody', () => {
  const database = withDatabase();
  let world: World;
  beforeAll(async () => {
    world = await openWorld(database);
  }, 120_000);
  afterAll(() => world.close());

  it('is refused to each role that lacks the right, and reaches nothing of another organisation', async () => {
    expect(await runMutations(world, MUTATIONS, readRoleTable())).toEqual([]);
  });

  it('is in the audit log with the request that asked for it', async () => {
    const [logged] = await database.sql`
      select count(distinct action)::int as actions, coalesce(jsonb_agg(distinct action) filter (where request_id is null), '[]') as nameless
      from audit_entries where actor_kind in ('KEY', 'MEMBER')`;
    expect(logged).toMatchObject({ nameless: [] });
    expect(Number(logged?.['actions'])).toBeGreaterThan(10);
  });

  it('sends no statement that reads the chain past the gate', () => {
    expect(ungatedTexts(world.statements)).toEqual([]);
  });
});
