import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createProfileRegistry, type ProfileRegistry } from '#libs/account';
import { createDirectedLife, type DirectedLife, emptyIndexes, withDatabase } from '#libs/testing';
import { planFromIndex } from './plan-from-index.ts';

const NO_PROFILES: ProfileRegistry = { find: () => undefined, list: () => [] };

describe.each(['session_account_setting', 'session_account_spend'])(
  'the history of a late %s',
  (className) => {
    const late = withDatabase();
    const early = withDatabase();
    let world: DirectedLife;

    beforeEach(async () => {
      await emptyIndexes(late, early);
      world = createDirectedLife(className);
    });
    afterEach(() => world.close());

    /** What the plan says before anything is fetched. */
    const mostCalls = async (profiles: ProfileRegistry): Promise<number> => {
      await world.adopted(late.db);
      const outcome = await planFromIndex(late.db, {
        networkId: await world.networkId(late.db),
        account: world.account.address,
        fromBlock: 0,
        everyBlock: false,
        profiles,
        updateBlock: true,
      });
      if (outcome.outcome !== 'PLAN') throw new Error('there is nothing to plan');
      return outcome.plan.mostCalls + outcome.mostCallsBeside;
    };

    it.each([
      ['by walking', createProfileRegistry()],
      ['by walking every word, where no profile shows the rules of the class', NO_PROFILES],
    ])('is what following it from the beginning gives: %s', async (_name, profiles) => {
      world.live();
      const indexer = await world.follow(late.indexer, {
        startBlock: 'latest',
        profiles,
        backfill: { callsPerSecond: 10_000 },
      });
      const most = await mostCalls(profiles);
      await world.request(late.db);
      const done = await world.finished(late.db);
      expect(done).toMatchObject({ state: 'DONE', callsLeft: 0 });
      expect(done.callsMade).toBeLessThanOrEqual(most);
      world.spend(6n);
      await indexer.caughtUp();
      await world.follow(early.indexer, { profiles });
      expect(await world.tablesOf(late)).toEqual(await world.tablesOf(early));
    });

    it('is the same by bisecting, where the node does not tell the block of an update', async () => {
      world.live();
      await world.follow(late.indexer, { startBlock: 'latest', source: await world.oldNode() });
      await world.request(late.db);
      expect(await world.finished(late.db)).toMatchObject({ state: 'DONE' });
      await world.follow(early.indexer);
      expect(await world.tablesOf(late)).toEqual(await world.tablesOf(early));
    });

    if (className === 'session_account_setting') return;

    it('begins with what the account held, where it is not wanted from the first block', async () => {
      world.live();
      await world.follow(late.indexer, { startBlock: 'latest' });
      await world.request(late.db, 60);
      expect(await world.finished(late.db)).toMatchObject({ state: 'DONE' });
      await world.follow(early.indexer);
      const [have, want] = [await world.tablesOf(late, 61), await world.tablesOf(early, 61)];
      for (const table of ['session_versions', 'policy_versions', 'account_versions', 'facts'])
        expect(have[table]).toEqual(want[table]);
      expect(await world.coverage(late.db)).toEqual([
        { kind: 'EVENTS', from: 0, to: null },
        { kind: 'STATE', from: 60, to: null },
      ]);
      await world.request(late.db, 0);
      expect(await world.finished(late.db)).toMatchObject({ state: 'DONE' });
      expect(await world.tablesOf(late)).toEqual(await world.tablesOf(early));
    });

    it('is the same by reading every block', async () => {
      world.live();
      await world.follow(late.indexer, { startBlock: 'latest', backfill: { callsPerSecond: 10_000 } });
      await world.request(late.db, 0, true);
      expect(await world.finished(late.db)).toMatchObject({ state: 'DONE' });
      await world.follow(early.indexer);
      expect(await world.tablesOf(late)).toEqual(await world.tablesOf(early));
    });
  },
);
