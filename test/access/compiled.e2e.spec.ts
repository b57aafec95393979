import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { allOf } from './matrix/complete.ts';
import { documentOf } from './matrix/sample.ts';
import { type Asker, openWorld, type World } from './matrix/world.ts';
import { SAMPLES } from './samples/index.ts';

jest.setTimeout(240_000);

const ASKERS: readonly Asker[] = ['ADMIN', 'INTEGRATOR', 'STRANGER', 'LIMITED_BY_LABEL', 'NOBODY'];

describe('every query, run as it stands the first time and compiled from the second', () => {
  const database = withDatabase();
  let world: World;
  beforeAll(async () => {
    world = await openWorld(database, { settings: { compileAfter: 1, compileShare: 1 } });
  }, 120_000);
  afterAll(() => world.close());

  it('gets everybody the same answer, with as many statements', async () => {
    const differing: unknown[] = [];
    for (const [field, samples] of Object.entries(allOf(SAMPLES)).filter(([name]) =>
      name.startsWith('Query.'),
    ))
      for (const sample of samples)
        for (const asker of ASKERS) {
          // A text of each asker's own, so that his first answer is of the operation as it stands.
          const document = `${documentOf(field, sample, world.theirs)} # ${asker}`;
          const [first, second, third] = [
            await world.ask(asker, document),
            await world.ask(asker, document),
            await world.ask(asker, document),
          ];
          for (const again of [second, third])
            if (again.text !== first.text || again.statements !== first.statements)
              differing.push({ document, first, again });
        }
    expect(differing).toEqual([]);
    // But for interfaces, which are never compiled.
    expect(world.compiled()).toBeGreaterThan(150);
  });

  it('tells nobody what it told the one who asked first', async () => {
    const { account } = world.theirs;
    const document = `{ uses(account: "${account}") { nodes { account transactionHash } } viewer { name } }`;
    for (let time = 0; time < 3; time += 1) {
      const [owner, stranger, nobody] = [
        await world.ask('ADMIN', document),
        await world.ask('STRANGER', document),
        await world.ask('NOBODY', document),
      ];
      expect(owner.data?.['uses']).not.toBeNull();
      expect([stranger.data?.['uses'], stranger.codes]).toEqual([null, ['ACCOUNT_NOT_FOLLOWED']]);
      expect(stranger.data?.['viewer']).not.toEqual(owner.data?.['viewer']);
      expect(new Set(nobody.codes)).toEqual(new Set(['UNAUTHENTICATED']));
    }
  });
});
