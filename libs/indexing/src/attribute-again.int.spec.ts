import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createProfileRegistry } from '#libs/account';
import { ChainError, type ChainSource, createHttpChainSource } from '#libs/chain';
import { raiseGeneration } from '#libs/facts';
import { feltToHex } from '#libs/felt';
import { UsesWorld, withDatabase } from '#libs/testing';
import { attributeAgain } from './attribute-again.ts';

const CLASSES = ['session_account_setting', 'session_account_spend'];

describe.each(CLASSES)('uses of %s where no provider traces', (className) => {
  const database = withDatabase();
  let world: UsesWorld;
  beforeEach(async () => {
    world = new UsesWorld(database, className);
    await world.follow(await sourceWithoutTraces());
  });
  afterEach(() => world.close());

  const sourceWithTraces = async (): Promise<ChainSource> => {
    const server = await world.chain.sandbox.listen({ port: 0 });
    return createHttpChainSource({ providers: [{ url: server.url }] });
  };
  const sourceWithoutTraces = async (): Promise<ChainSource> => {
    const source = await sourceWithTraces();
    const traceTransaction = () =>
      Promise.reject(new ChainError('RPC_METHOD_NOT_FOUND', 'the node answered -32601: no such method'));
    return { ...source, traceTransaction };
  };
  const again = async (source: ChainSource) => {
    const profiles = createProfileRegistry();
    const deps = {
      db: database.db,
      networkId: await world.networkId(),
      chainId: world.chain.chainId,
      source,
      profiles,
    };
    const blocks = [];
    for await (const block of attributeAgain(deps, undefined)) blocks.push(block);
    await source.close();
    return blocks;
  };
  const factsOf = async () =>
    database.db
      .selectFrom('facts')
      .select(['kind', 'transaction_index', 'event_index'])
      .where('network_id', '=', await world.networkId())
      .where('account', '=', feltToHex(world.account.address))
      .where('kind', 'like', 'SessionCall%')
      .execute();
  const openIncidents = async () =>
    database.db
      .selectFrom('incidents')
      .selectAll()
      .where('network_id', '=', await world.networkId())
      .where('resolved_at', 'is', null)
      .execute();
  const waitsForALock = async () => {
    const waiting = async () =>
      (
        await database.sql`select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`
      ).length;
    for (let tries = 0; tries < 500 && (await waiting()) === 0; tries += 1) await delay(10);
    expect(await waiting()).toBe(1);
  };

  it('commits the block, says that the use is not attributed and opens an incident', async () => {
    world.grant();
    const hash = world.sponsor(world.through('forward', world.outside(10n)));
    expect(await world.uses()).toMatchObject([
      {
        outcome: 'UNATTRIBUTED',
        calls_burned: 1,
        transaction_hash: null,
        unattributed: { reason: 'TRACE_UNAVAILABLE', transactionHashes: [feltToHex(hash)] },
      },
    ]);
    expect(await world.attribution()).toBe('QUARANTINED');
    expect(await openIncidents()).toMatchObject([
      { kind: 'ATTRIBUTION_FAILED', account: feltToHex(world.account.address), details: { delta: '1' } },
    ]);
  });

  it('finds out who it was once a provider traces, and ends quarantine and incident', async () => {
    world.grant();
    world.spend(3n);
    const hash = world.sponsor(world.through('forward', world.outside(10n)));
    await world.uses();
    const before = await factsOf();
    expect(await again(await sourceWithTraces())).toMatchObject([
      { account: world.account.address, outcome: 'ATTRIBUTED', uses: 1, reasons: [], released: true },
    ]);
    expect(await world.uses()).toMatchObject([
      { path: 'INVOKE' },
      {
        path: 'OUTSIDE_EXECUTION',
        outcome: 'SUCCEEDED',
        attribution: 'TRACE',
        calls_burned: 1,
        calls_used_after: 2,
        transaction_hash: feltToHex(hash),
        unattributed: null,
      },
    ]);
    const debits = await database.db
      .selectFrom('debits')
      .select(['amount', 'spent_after', 'cause'])
      .where('network_id', '=', await world.networkId())
      .orderBy('block_number')
      .execute();
    expect(debits).toEqual([
      { amount: 3n, spent_after: 3n, cause: 'MATCHED' },
      { amount: 10n, spent_after: 13n, cause: 'MATCHED' },
    ]);
    expect(await world.attribution()).toBe('EXACT');
    expect(await openIncidents()).toEqual([]);
    expect(await factsOf()).toEqual(before);
    expect(await again(await sourceWithTraces())).toEqual([]);
  });

  it('waits for a block that is being committed, and goes on from where the cursor is then', async () => {
    world.grant();
    world.sponsor(world.through('forward', world.outside(10n)));
    await world.uses();
    const id = await world.networkId();
    let found: Promise<unknown> = Promise.resolve();
    await database.commit(async (trx) => {
      await raiseGeneration(trx, id);
      found = again(await sourceWithTraces());
      await waitsForALock();
    });
    expect(await found).toMatchObject([{ outcome: 'ATTRIBUTED', uses: 1 }]);
  });

  it('changes nothing while no provider traces', async () => {
    world.grant();
    world.sponsor(world.through('forward', world.outside(10n)));
    const before = await world.uses();
    expect(await again(await sourceWithoutTraces())).toMatchObject([
      { outcome: 'UNEXPLAINED', uses: 0, reasons: ['TRACE_UNAVAILABLE'], released: false },
    ]);
    expect(await world.uses()).toEqual(before);
    expect(await world.attribution()).toBe('QUARANTINED');
    expect(await openIncidents()).toHaveLength(1);
  });

  it('takes all of it back with the block', async () => {
    world.grant();
    world.sponsor(world.through('forward', world.outside(10n)));
    await world.uses();
    world.chain.sandbox.abortFrom(world.chain.sandbox.latest.number);
    world.spend(5n);
    expect(await world.uses()).toMatchObject([{ outcome: 'SUCCEEDED', path: 'INVOKE' }]);
    expect(await world.attribution()).toBe('EXACT');
    expect(await openIncidents()).toEqual([]);
  });
});
