import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listIncidents } from '#libs/facts';
import { feltToHex } from '#libs/felt';
import { createSessionWorld, type RunningIndexer, sessionKeyOf, withDatabase } from '#libs/testing';
import { resumeBelowFinality } from './resume.ts';
import { verifyStore } from './verify/verify-store.ts';

const NETWORK = 1;
const NOBODY = { by: 'spec@here', at: new Date('2030-01-02T03:04:05Z') };

const until = async (holds: () => unknown): Promise<void> => {
  for (let tries = 0; tries < 1_000; tries += 1) {
    if ((await holds()) === true) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('waited in vain');
};

describe('a change below finality', () => {
  const database = withDatabase();
  const world = createSessionWorld();
  let running: RunningIndexer;

  beforeAll(async () => {
    world.grant(0x701n);
    running = await world.follow(database.indexer);
    for (const amount of [1n, 2n, 3n]) world.spend(0x701n, amount);
    await running.caughtUp();
  }, 60_000);
  afterAll(() => world.close());

  const cursor = async () =>
    (await database.sql`select block_number::int as n from cursors`)[0]?.['n'] as number;
  const open = () => listIncidents(database.db, NETWORK, { onlyOpen: true, limit: 10 });
  const callsUsed = async () =>
    (
      await database.sql`
        select calls_used::int as n from session_versions
        where session_key = ${feltToHex(sessionKeyOf(0x701n))} and valid_to_block is null`
    )[0]?.['n'] as number;
  const violate = async (blocks: number) => {
    const number = await cursor();
    world.chain.request('devnet_acceptOnL1', { starting_block_id: { block_number: number - 1 } });
    await until(() => running.indexer.status()?.finalizedBlock === number - 1);
    world.reorg(blocks);
    world.spend(0x701n, 7n);
    await until(() => running.indexer.status()?.stopped === 'FINALITY_VIOLATION');
    await until(async () => (await open()).length > 0);
    return number;
  };

  it('cannot be resumed before there is one', async () => {
    await expect(resumeBelowFinality(database.db, NETWORK, NOBODY)).rejects.toMatchObject({
      code: 'NOTHING_TO_RESUME',
    });
  });

  it('stops the indexing with an incident, and leaves what is indexed as it is', async () => {
    const number = await violate(3);
    expect(await open()).toMatchObject([{ kind: 'FINALITY_VIOLATION', block: { blockNumber: number } }]);
    expect(await cursor()).toBe(number);
    expect(await callsUsed()).toBe(3);
    expect(running.indexer.status()).toMatchObject({ stopped: 'FINALITY_VIOLATION' });
  });

  it('is gone over once somebody accepted it, who is on record', async () => {
    await resumeBelowFinality(database.db, NETWORK, NOBODY);
    await running.caughtUp();
    await until(() => running.indexer.status()?.stopped === undefined);
    expect(await callsUsed()).toBe(
      Number(world.chain.view(world.account.address, 'get_session_data', sessionKeyOf(0x701n))[2]),
    );
    expect(await open()).toEqual([]);
    const [closed] = await listIncidents(database.db, NETWORK, { onlyOpen: false, limit: 1 });
    expect(closed?.resolved?.resolution).toBe(
      'reorg below finality accepted by spec@here at 2030-01-02T03:04:05.000Z',
    );
    expect((await verifyStore(database.db, NETWORK)).findings).toEqual([]);
  });

  it('is accepted once: the next one stops again', async () => {
    world.spend(0x701n, 1n);
    world.spend(0x701n, 1n);
    await running.caughtUp();
    await violate(2);
    expect(await open()).toMatchObject([{ kind: 'FINALITY_VIOLATION', occurrences: 1 }]);
  });
});
