import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { buildSchema, printSchema } from 'graphql';
import { allOf, gapsIn } from './matrix/complete.ts';
import { readRoleTable, schemaOf } from './matrix/role-table.ts';
import { runMatrix } from './matrix/run-matrix.ts';
import { openWorld, type World } from './matrix/world.ts';
import { SAMPLES } from './samples/index.ts';

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
    expect(gapsIn(schemaOf(world.server), SAMPLES)).toEqual([]);
  });

  it('would be missed without samples', () => {
    const more = printSchema(schemaOf(world.server)).replace(
      /^type Query \{/m,
      'type Query {\n  leak: String\n',
    );
    expect(gapsIn(buildSchema(more), SAMPLES)).toEqual([expect.stringContaining('Query.leak has no sample')]);
  });

  it('tells strangers nothing, and allows each role what the table says', async () => {
    expect(await runMatrix(world, samples, roleTable)).toEqual([]);
  });
});
