import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { allOf } from './matrix/complete.ts';
import { schemaOf } from './matrix/role-table.ts';
import { documentOf } from './matrix/sample.ts';
import { openWorld, type World } from './matrix/world.ts';
import { SAMPLES } from './samples/index.ts';

jest.setTimeout(120_000);

const CURSOR = '{ pageInfo { hasNextPage endCursor } }';

describe('the cursor of a list', () => {
  const database = withDatabase();
  const samples = allOf(SAMPLES);
  let world: World;
  beforeAll(async () => {
    world = await openWorld(database);
    await world.shareWithStranger(true);
  }, 120_000);
  afterAll(() => world.close());

  const lists = (): readonly string[] =>
    Object.values(schemaOf(world.server).getQueryType()?.getFields() ?? {})
      .filter(({ args }) => args.some(({ name }) => name === 'after'))
      .map(({ name }) => `Query.${name}`);

  it('goes on for who began, and is nothing to another organisation that sees the same rows', async () => {
    expect(lists().length).toBeGreaterThan(8);
    for (const field of lists()) {
      const sample = { ...samples[field]![0]!, select: CURSOR };
      const page = (more: string) => documentOf(field, sample, world.theirs, `first: 1${more}`);
      const first = await world.ask('ADMIN', page(''));
      const { pageInfo } = Object.values(first.data ?? {})[0] as { pageInfo: { endCursor: string | null } };
      expect([field, first.codes, typeof pageInfo.endCursor]).toEqual([field, [], 'string']);
      const next = page(`, after: "${pageInfo.endCursor}"`);
      expect([field, (await world.ask('ADMIN', next)).codes]).toEqual([field, []]);
      // Some lists are of those who keep the organisation.
      expect([`${field} `, `${field} FORBIDDEN`]).toContain(
        `${field} ${(await world.ask('FINANCE', next)).codes.join()}`,
      );
      expect([field, (await world.ask('STRANGER', next)).codes]).toEqual([field, ['BAD_CURSOR']]);
      expect([`${field} BAD_CURSOR`, `${field} FORBIDDEN`]).toContain(
        `${field} ${(await world.ask('LIMITED_BY_LABEL', next)).codes.join()}`,
      );
    }
  });
});
