import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { buildSchema, printSchema } from 'graphql';
import { allOf, gapsIn } from './matrix/complete.ts';
import { eraseBelongings } from './matrix/erase.ts';
import { differencesOf, tablesIn, ungatedTexts } from './matrix/gate-audit.ts';
import { readRoleTable, schemaOf } from './matrix/role-table.ts';
import { answersTo, runMatrix, sharedFaults } from './matrix/run-matrix.ts';
import { openWorld, SECRET, type World } from './matrix/world.ts';
import { PERIOD } from './samples/finance.ts';
import { ALL_SAMPLES, SAMPLES } from './samples/index.ts';

jest.setTimeout(120_000);

describe('every root field, asked as everybody', () => {
  const database = withDatabase();
  const roleTable = readRoleTable();
  const samples = allOf(SAMPLES);
  let world: World;
  beforeAll(async () => {
    world = await openWorld(database);
  }, 120_000);
  afterAll(() => world.close());

  it('has samples', () => {
    expect(gapsIn(schemaOf(world.server), ALL_SAMPLES)).toEqual([]);
  });

  it('would be missed without samples', () => {
    const more = printSchema(schemaOf(world.server))
      .replace(/^type Query \{/m, 'type Query {\n  leak: String\n')
      .replace(/^type Mutation \{/m, 'type Mutation {\n  reach: String\n')
      .replace(/^type Subscription \{/m, 'type Subscription {\n  overhear: String\n');
    expect(gapsIn(buildSchema(more), ALL_SAMPLES)).toEqual([
      expect.stringContaining('Query.leak has no sample'),
      expect.stringMatching(/Mutation.reach has no sample[^]*samples.mutations\.ts/),
      expect.stringContaining('Subscription.overhear has no sample'),
    ]);
  });

  it('asks of days on which something was spent', async () => {
    const spending = `spending(input: { ${PERIOD} }) { rows { debited } }`;
    const keys = `topKeys(by: BURNED_CALLS, ${PERIOD}) { nodes { callsBurned } }`;
    for (const asker of ['ADMIN', 'STRANGER'] as const)
      expect((await world.ask(asker, `{ ${spending} ${keys} }`)).data).toEqual({
        spending: { rows: [{ debited: '12' }] },
        topKeys: { nodes: [{ callsBurned: 3 }] },
      });
  });

  it('tells strangers nothing, and allows each role what the table says', async () => {
    expect(await runMatrix(world, samples, roleTable)).toEqual([]);
  });

  it('sends no statement that reads the chain past the gate', () => {
    expect(ungatedTexts(world.statements)).toEqual([]);
    const read = new Set(world.statements.flatMap((statement) => [...tablesIn(statement)]));
    expect([...read]).toEqual(
      expect.arrayContaining(['facts', 'uses', 'debits', 'movements', 'session_versions']),
    );
  });

  it('would find a statement without one', () => {
    const [statement] = world.statements.filter(
      (query) => tablesIn(query).has('uses') && tablesIn(query).has('follows'),
    );
    const sql = statement!.sql
      .replaceAll('follows', 'blocks')
      .replaceAll('"accounts"', '"blocks"')
      .replaceAll('accounts acc', 'blocks acc');
    expect(ungatedTexts([{ ...statement!, sql }])).toEqual([sql]);
  });

  describe('where the stranger follows the same account', () => {
    beforeAll(() => world.shareWithStranger(true));

    it('tells what the chain says, and nothing of what the other organisation added', async () => {
      const answers = await answersTo(world, 'STRANGER', samples);
      const owners = await answersTo(world, 'ADMIN', samples);
      const told = [...answers].filter(([, text]) => text.includes(SECRET));
      expect(told).toEqual([]);
      expect(await sharedFaults(world, samples)).toEqual([]);
      // But for cursors, which are the asker's own.
      const uses = [...answers.keys()].filter(
        (what) => /^Query\.(uses|debits)\((?!review)/.test(what) && !answers.get(what)?.includes('Cursor'),
      );
      expect(uses.length).toBeGreaterThan(2);
      expect(uses.map((what) => answers.get(what))).toEqual(uses.map((what) => owners.get(what)));
      await eraseBelongings(database, world.organisations.first);
      expect(differencesOf(answers, await answersTo(world, 'STRANGER', samples))).toEqual([]);
    });

    afterAll(() => world.shareWithStranger(false));
  });
});
