import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { allOf } from './matrix/complete.ts';
import { eraseAccount } from './matrix/erase.ts';
import { differencesOf, findingsOf, questionsIn } from './matrix/gate-audit.ts';
import { answersTo } from './matrix/run-matrix.ts';
import { openWorld, type World } from './matrix/world.ts';
import { SAMPLES } from './samples/index.ts';

jest.setTimeout(120_000);

describe('an account that an organisation does not follow', () => {
  const database = withDatabase();
  const samples = allOf(SAMPLES);
  let world: World;
  beforeAll(async () => {
    world = await openWorld(database);
  }, 120_000);
  afterAll(() => world.close());

  it('is told of by the node, whoever else follows it', async () => {
    const { account, sessionKey } = world.theirs;
    const document = `{ session(account: "${account}", sessionKey: "${sessionKey}") { source maxCalls callsUsed } }`;
    const [stranger, owner] = [await world.ask('STRANGER', document), await world.ask('ADMIN', document)];
    expect(owner.data?.['session']).toEqual({ source: 'INDEX', maxCalls: 10, callsUsed: 3 });
    expect(stranger.data?.['session']).toEqual({ source: 'NODE', maxCalls: 10, callsUsed: 3 });
    expect([stranger.statements, owner.statements]).toEqual([1, 1]);
  });

  it('is not told of by what the index knows of its tokens', async () => {
    const { account, sessionKey, token } = world.theirs;
    const { network_id } = await database.db
      .selectFrom('accounts')
      .select('network_id')
      .where('address', '=', account)
      .executeTakeFirstOrThrow();
    const known = { network_id, address: token, symbol: 'COIN', name: null, decimals: 2, read_at_block: 1 };
    await database.db
      .insertInto('tokens')
      .values(known)
      .onConflict((conflict) => conflict.columns(['network_id', 'address']).doUpdateSet({ decimals: 2 }))
      .execute();
    const document = `{ session(account: "${account}", sessionKey: "${sessionKey}") { policies { source token maxPerWindow maxPerWindowScaled } } }`;
    const [stranger, owner] = [await world.ask('STRANGER', document), await world.ask('ADMIN', document)];
    const of = ({ data }: typeof owner) => data?.['session'] as { policies: Record<string, string | null>[] };
    expect(of(owner).policies).toEqual([
      expect.objectContaining({ source: 'INDEX', token, maxPerWindowScaled: expect.any(String) }),
    ]);
    expect(of(stranger).policies).toEqual([
      expect.objectContaining({ source: 'NODE', token, maxPerWindowScaled: null }),
    ]);
    expect(of(stranger).policies[0]?.['maxPerWindow']).toBe(of(owner).policies[0]?.['maxPerWindow']);
  });

  it('gives the same answers, at the same cost and statement by statement, as if nobody had ever followed it', async () => {
    await answersTo(world, 'ADMIN', samples);
    const questions = questionsIn(world.statements);
    expect(questions.length).toBeGreaterThan(20);
    const [nobody, outsider] = [
      await database.organisation('nobody'),
      await database.organisation('outsider'),
    ];
    const before = await answersTo(world, 'STRANGER', samples);
    const found = await findingsOf(database.api, nobody.scope, questions);
    await eraseAccount(database, world.theirs.account);
    expect(differencesOf(before, await answersTo(world, 'STRANGER', samples))).toEqual([]);
    expect(differencesOf(found, await findingsOf(database.api, outsider.scope, questions))).toEqual([]);
    expect([...before.values()].join()).not.toContain('INTERNAL');
  });
});
