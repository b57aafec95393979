import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { inTransaction } from '#libs/database';
import { finishBackfill, listNetworks, resumeBackfill } from '#libs/facts';
import { feltToHex } from '#libs/felt';
import {
  createLateAccount,
  emptyIndexes,
  type LateAccount,
  type TestDatabase,
  withDatabase,
} from '#libs/testing';
import { computeDigests } from './digest/compute-digests.ts';
import { projections } from './projections.ts';
import { rebuild } from './rebuild.ts';
import { verifyStore } from './verify/verify-store.ts';

jest.setTimeout(120_000);
const TABLES = projections.flatMap(({ tables }) => tables.map(({ name, key }) => [name, key] as const));

describe.each([
  ['session_account_spend', 13],
  ['session_account_setting', 12],
])('a history that was filled of a late %s', (className, seed) => {
  const late = withDatabase();
  const early = withDatabase();
  let world: LateAccount;

  beforeEach(async () => {
    await emptyIndexes(late, early);
    world = createLateAccount(className);
    world.live(seed, 40);
  });
  afterEach(() => world.close());

  const networkOf = async ({ db }: TestDatabase) => (await listNetworks(db)).at(-1)!;

  const rowsOf = async (database: TestDatabase, where: Readonly<Record<string, string>> = {}) => {
    const { networkId } = await networkOf(database);
    const tables = await Promise.all(
      TABLES.map(async ([table, key]) => {
        const rows = await database.sql.unsafe(
          `select to_jsonb(t) - 'network_id' as row from ${table} t
           where network_id = ${networkId} and account = '${feltToHex(world.account.address)}' ${where[table] ?? ''}
           order by ${key.join(', ')}`,
        );
        return [table, rows.map(({ row }) => row as unknown)] as const;
      }),
    );
    return Object.fromEntries(tables);
  };

  /** The store agrees with its facts, and folding them again changes no row and no digest. */
  const expectSound = async (): Promise<void> => {
    const network = await networkOf(late);
    expect((await verifyStore(late.db, network.networkId)).findings).toEqual([]);
    const before = { rows: await rowsOf(late), digest: (await computeDigests(late.db, network)).digest };
    const { changed } = await rebuild(late.db, network.networkId);
    const touched = Object.values(changed).reduce((sum, { removed, added }) => sum + removed + added, 0);
    expect(touched).toBe(0);
    const after = { rows: await rowsOf(late), digest: (await computeDigests(late.db, network)).digest };
    expect(after).toEqual(before);
  };

  const closedRange = async () =>
    (await late.db.selectFrom('coverage').selectAll().where('to_block', 'is not', null).execute()).map(
      ({ from_block: from, to_block: to }) => ({ from, to }),
    );

  const asEarly = async (where: Readonly<Record<string, string>> = {}): Promise<void> => {
    await world.follow(early.indexer);
    expect(await rowsOf(late, where)).toEqual(await rowsOf(early, where));
  };

  /** What changed no session word stands in blocks that are not read: refused calls, and what other transactions moved. */
  const OF_CHANGED_STATE = {
    uses: 'and (calls_burned > 0 or unattributed is not null)',
    movements: 'and false',
  };

  it('is what following it from the beginning gives, each use and debit', async () => {
    await world.follow(late.indexer, { startBlock: 'latest' });
    await world.request(late.db);
    expect(await world.finished(late.db)).toMatchObject({ state: 'DONE', reasonCode: undefined });
    await expectSound();
    await asEarly(OF_CHANGED_STATE);
    const rows = await rowsOf(late);
    expect(rows['uses']!.length).toBeGreaterThan(10);
    if (className === 'session_account_spend') expect(rows['debits']!.length).toBeGreaterThan(4);
  });

  it('has the calls that were refused too, and all that moved, where every block was read', async () => {
    await world.follow(late.indexer, { startBlock: 'latest' });
    await world.request(late.db, 0, true);
    expect(await world.finished(late.db)).toMatchObject({ state: 'DONE', reasonCode: undefined });
    await expectSound();
    await asEarly();
    const [network, other] = [await networkOf(late), await networkOf(early)];
    const digest = await computeDigests(late.db, network);
    expect(digest.digest).toBe((await computeDigests(early.db, other)).digest);
  });

  if (className === 'session_account_setting') return;

  it('is sound between two of its parts, after it is cancelled, and when it goes on', async () => {
    const node = await world.stallingNode(8);
    const one = await world.follow(late.indexer, { startBlock: 'latest', source: node.source });
    await world.request(late.db);
    await node.stalled;
    expect(await closedRange()).toEqual([{ from: 0, to: expect.any(Number) }]);
    await expectSound();
    const { jobId } = await world.job(late.db);
    await inTransaction(late.db, (trx) => finishBackfill(trx, jobId, 'CANCELLED'));
    await expectSound();
    await world.halt(one);
    await inTransaction(late.db, (trx) => resumeBackfill(trx, jobId));
    await world.follow(late.indexer);
    expect(await world.finished(late.db)).toMatchObject({ state: 'DONE', reasonCode: undefined });
    expect(await closedRange()).toEqual([]);
    await expectSound();
    await asEarly(OF_CHANGED_STATE);
  });

  it('is sound after a reorg below the adoption, in the middle of it and after it', async () => {
    const node = await world.stallingNode(8);
    const one = await world.follow(late.indexer, { startBlock: 'latest', source: node.source });
    await world.request(late.db);
    await node.stalled;
    await world.halt(one);
    world.chain.sandbox.abortFrom(world.chain.sandbox.latest.number - 6);
    world.live(seed + 100, 12);
    const again = await world.follow(late.indexer);
    expect(await world.finished(late.db)).toMatchObject({ state: 'DONE', reasonCode: undefined });
    await expectSound();
    world.chain.sandbox.abortFrom(world.chain.sandbox.latest.number - 30);
    world.live(seed + 200, 40);
    await again.caughtUp();
    await world.request(late.db);
    expect(await world.finished(late.db)).toMatchObject({ state: 'DONE', reasonCode: undefined });
    await again.caughtUp();
    await expectSound();
    await asEarly(OF_CHANGED_STATE);
  });

  it('is sound where it begins above block 0, and when the rest is filled', async () => {
    const from = Math.floor(world.chain.sandbox.latest.number / 2);
    const node = await world.stallingNode(8);
    const one = await world.follow(late.indexer, { startBlock: 'latest', source: node.source });
    await world.request(late.db, from);
    await node.stalled;
    expect(await closedRange()).toEqual([{ from, to: expect.any(Number) }]);
    await expectSound();
    await world.halt(one);
    await world.follow(late.indexer);
    expect(await world.finished(late.db)).toMatchObject({ state: 'DONE', reasonCode: undefined });
    await expectSound();
    await world.request(late.db);
    expect(await world.finished(late.db)).toMatchObject({ state: 'DONE', reasonCode: undefined });
    await expectSound();
    await asEarly(OF_CHANGED_STATE);
  });

  it('takes the place of one that began elsewhere and was cancelled', async () => {
    const from = Math.floor(world.chain.sandbox.latest.number / 3);
    const node = await world.stallingNode(8);
    const one = await world.follow(late.indexer, { startBlock: 'latest', source: node.source });
    await world.request(late.db, from);
    await node.stalled;
    const { jobId } = await world.job(late.db);
    await inTransaction(late.db, (trx) => finishBackfill(trx, jobId, 'CANCELLED'));
    await world.halt(one);
    const next = await world.stallingNode(8);
    const two = await world.follow(late.indexer, { source: next.source });
    await world.request(late.db, 0);
    await next.stalled;
    expect(await closedRange()).toEqual([{ from: 0, to: expect.any(Number) }]);
    await expectSound();
    await world.halt(two);
    await world.follow(late.indexer);
    expect(await world.finished(late.db)).toMatchObject({ state: 'DONE', reasonCode: undefined });
    await expectSound();
    await asEarly(OF_CHANGED_STATE);
  });
});
