import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Call, createProfileRegistry, encodeCalls } from '#libs/account';
import { ChainError, type ChainSource, createHttpChainSource } from '#libs/chain';
import { raiseGeneration } from '#libs/facts';
import { type Address, feltToHex, selectorOf, toFelt } from '#libs/felt';
import {
  type ChainActor,
  createSandboxChain,
  deployThrough,
  followSandbox,
  type RunningIndexer,
  type SandboxChain,
  sessionKeyOf,
  testClassHash,
  transferCall,
  withDatabase,
} from '#libs/testing';
import { attributeAgain } from './attribute-again.ts';

const OWNER = 0x1234n;
const SECRET = 0x777n;
const KEY = sessionKeyOf(SECRET);
const FAR = 1_900_000_000n;
const RECIPIENT = 0xbeefn;

describe.each(['session_account_setting', 'session_account_spend'])('uses of %s', (className) => {
  const database = withDatabase();
  let chain: SandboxChain;
  let account: ChainActor;
  let relayer: ChainActor;
  let token: Address;
  let forwarder: Address;
  let running: RunningIndexer | undefined;
  let nonce = 0n;

  beforeEach(() => {
    chain = createSandboxChain();
    account = chain.deployAccount(className, OWNER);
    relayer = chain.deployAccount('session_account_setting', OWNER + 1n);
    token = chain.deployToken(account, 'token_keyed');
    forwarder = deployThrough(account, testClassHash('forwarder'), []);
  });

  afterEach(async () => {
    await running?.stop();
    running = undefined;
    await chain.sandbox.close();
  });

  const follow = async (): Promise<void> => {
    running ??= await followSandbox(database.indexer, chain);
    await running.caughtUp();
  };
  const grant = (maxCalls = 10n) =>
    account.change(
      {
        kind: 'SetSpendingPolicy',
        sessionKey: KEY,
        token,
        maxPerCall: 50n,
        maxPerWindow: 100n,
        windowSeconds: 3600n,
      },
      {
        kind: 'AddOrUpdateSessionKey',
        sessionKey: KEY,
        validUntilSeconds: FAR,
        maxCalls,
        allowedEntrypoints: [selectorOf('transfer')],
      },
    );
  const pay = (amount: bigint): Call => transferCall(token, RECIPIENT, amount);
  const spend = (amount: bigint) => account.sendAs(SECRET, FAR, [pay(amount)]);
  const outside = (...amounts: bigint[]): Call => {
    nonce += 1n;
    return account.outsideCall(SECRET, FAR, amounts.map(pay), nonce, FAR);
  };
  const through = (name: 'forward' | 'try_forward', { to, selector, calldata }: Call): Call => ({
    to: forwarder,
    selector: selectorOf(name),
    calldata: [to, selector, toFelt(calldata.length), ...calldata],
  });
  const many = (...calls: Call[]): Call => ({
    to: forwarder,
    selector: selectorOf('forward_many'),
    calldata: encodeCalls(calls),
  });
  const network = async (): Promise<number> => {
    const genesis = chain.sandbox.chain.blocksBetween(0, 0)[0]!.hash;
    const row = await database.db
      .selectFrom('networks')
      .select('network_id')
      .where('genesis_hash', '=', genesis)
      .executeTakeFirstOrThrow();
    return row.network_id;
  };
  const allUses = async () =>
    database.db
      .selectFrom('uses')
      .selectAll()
      .where('network_id', '=', await network())
      .where('account', '=', feltToHex(account.address))
      .orderBy('block_number')
      .orderBy('transaction_index')
      .orderBy('event_index')
      .execute();
  const openIncidents = async () =>
    database.db
      .selectFrom('incidents')
      .selectAll()
      .where('network_id', '=', await network())
      .where('resolved_at', 'is', null)
      .execute();
  const uses = async () => {
    await follow();
    const rows = await allUses();
    expect(rows.reduce((sum, { calls_burned: burned }) => sum + burned, 0)).toBe(
      Number(chain.view(account.address, 'get_session_data', KEY)[2]),
    );
    return rows;
  };
  const attribution = async () => {
    const row = await database.db
      .selectFrom('accounts')
      .select('attribution')
      .where('network_id', '=', await network())
      .where('address', '=', feltToHex(account.address))
      .executeTakeFirstOrThrow();
    return row.attribution;
  };

  it('has one row for an invoke, with its debit, fee and inner call', async () => {
    grant();
    const hash = spend(30n);
    const [use, ...others] = await uses();
    expect(others).toEqual([]);
    expect(use).toMatchObject({
      transaction_hash: feltToHex(hash),
      path: 'INVOKE',
      outcome: 'SUCCEEDED',
      attribution: 'REPLAY',
      calls_used_before: 0,
      calls_used_after: 1,
      max_calls: 10,
      fee_unit: 'FRI',
      fee_payer: feltToHex(account.address),
      fee_shared: false,
      refusal: null,
    });
    expect(use!.fee_amount! > 0n).toBe(true);
    expect(use!.debits).toMatchObject([{ amount: '30', spentBefore: '0', spentAfter: '30' }]);
    expect(use!.calls).toMatchObject([
      { to: feltToHex(token), failed: className === 'session_account_spend' ? false : null },
    ]);
  });

  it('burns a call for a reverted invoke, and says which rule refused it', async () => {
    grant();
    spend(51n);
    const [use] = await uses();
    expect(use).toMatchObject({ outcome: 'REVERTED', calls_burned: 1, debits: [] });
    expect(use!.refusal).toMatchObject({ code: 'SPENDING_PER_CALL_EXCEEDED', confirmed: true });
  });

  it('attributes a sponsored use to its key, and the fee to the sender', async () => {
    grant();
    relayer.send([outside(10n)]);
    expect(await uses()).toMatchObject([
      {
        path: 'OUTSIDE_EXECUTION',
        outcome: 'SUCCEEDED',
        top_level: true,
        sender: feltToHex(relayer.address),
        fee_payer: feltToHex(relayer.address),
        attribution: 'REPLAY',
        outside_nonce: feltToHex(nonce),
      },
    ]);
  });

  it('finds what a forwarder calls by the trace, twice in one transaction', async () => {
    grant();
    relayer.send([many(outside(10n), outside(20n))]);
    const rows = await uses();
    expect(rows).toMatchObject([
      { attribution: 'TRACE', top_level: false, calls_used_after: 1, fee_shared: false },
      { attribution: 'TRACE', top_level: false, calls_used_after: 2, fee_shared: true },
    ]);
    expect(rows[1]!.debits).toMatchObject([{ spentBefore: '10', spentAfter: '30' }]);
    expect(rows[0]!.calls).toMatchObject([{ failed: false }]);
  });

  it('burns nothing where the call failed inside a transaction that succeeded', async () => {
    grant();
    relayer.send([through('try_forward', outside(51n))]);
    const [use, ...others] = await uses();
    expect(others).toEqual([]);
    expect(use).toMatchObject({ outcome: 'FAILED_INSIDE', calls_burned: 0, attribution: 'TRACE' });
    expect(use!.refusal).toMatchObject({ code: 'SPENDING_PER_CALL_EXCEEDED', confirmed: true });
  });

  it('burns nothing where the relayer goes on after the failure', async () => {
    grant();
    relayer.send([outside(51n), outside(5n)]);
    expect(await uses()).toMatchObject([
      { outcome: 'FAILED_INSIDE', calls_burned: 0, top_level: true },
      { outcome: 'SUCCEEDED', calls_burned: 1, top_level: true },
    ]);
  });

  it('keeps a sponsored transaction that reverted as denied', async () => {
    grant();
    relayer.send([through('forward', outside(51n)), { ...pay(1n), to: toFelt(0xdead) as bigint as Address }]);
    expect(await uses()).toMatchObject([
      { outcome: 'REVERTED', calls_burned: 0, refusal: { code: 'SPENDING_PER_CALL_EXCEEDED' } },
    ]);
  });

  it('has no quarantine after all of this', async () => {
    grant();
    spend(1n);
    await uses();
    expect(await attribution()).toBe('EXACT');
  });

  it('follows uses around a new grant within one block, of which the diff shows nothing', async () => {
    grant();
    spend(1n);
    Object.assign(chain.sandbox.chain.options, { blockPerTransaction: false });
    spend(2n);
    grant();
    spend(3n);
    relayer.send([outside(4n)]);
    chain.sandbox.createBlock();
    await follow();
    const rows = await allUses();
    expect(rows.map((row) => [row.calls_used_before, row.calls_used_after, row.attribution])).toEqual([
      [0, 1, 'REPLAY'],
      [1, 2, 'REPLAY'],
      [0, 1, 'REPLAY'],
      [1, 2, 'TRACE'],
    ]);
    expect(await attribution()).toBe('EXACT');
  });

  describe('where no provider traces', () => {
    beforeEach(async () => {
      running = await followSandbox(database.indexer, chain, { source: await sourceWithoutTraces() });
    });

    const sourceWithTraces = async (): Promise<ChainSource> => {
      const server = await chain.sandbox.listen({ port: 0 });
      return createHttpChainSource({ providers: [{ url: server.url }] });
    };
    const sourceWithoutTraces = async (): Promise<ChainSource> => {
      const source = await sourceWithTraces();
      const traceTransaction = () =>
        Promise.reject(new ChainError('RPC_METHOD_NOT_FOUND', 'the node answered -32601: no such method'));
      return { ...source, traceTransaction };
    };

    it('commits the block, says that the use is not attributed and opens an incident', async () => {
      grant();
      const hash = relayer.send([through('forward', outside(10n))]);
      expect(await uses()).toMatchObject([
        {
          outcome: 'UNATTRIBUTED',
          calls_burned: 1,
          transaction_hash: null,
          unattributed: { reason: 'TRACE_UNAVAILABLE', transactionHashes: [feltToHex(hash)] },
        },
      ]);
      expect(await attribution()).toBe('QUARANTINED');
      expect(await openIncidents()).toMatchObject([
        { kind: 'ATTRIBUTION_FAILED', account: feltToHex(account.address), details: { delta: '1' } },
      ]);
    });

    const again = async (source: ChainSource) => {
      const profiles = createProfileRegistry();
      const deps = { db: database.db, networkId: await network(), chainId: chain.chainId, source, profiles };
      const blocks = [];
      for await (const block of attributeAgain(deps, undefined)) blocks.push(block);
      await source.close();
      return blocks;
    };
    const factsOf = async () =>
      database.db
        .selectFrom('facts')
        .select(['kind', 'transaction_index', 'event_index'])
        .where('network_id', '=', await network())
        .where('account', '=', feltToHex(account.address))
        .where('kind', 'like', 'SessionCall%')
        .execute();

    it('finds out who it was once a provider traces, and ends quarantine and incident', async () => {
      grant();
      spend(3n);
      const hash = relayer.send([through('forward', outside(10n))]);
      await uses();
      const before = await factsOf();
      expect(await again(await sourceWithTraces())).toMatchObject([
        { account: account.address, outcome: 'ATTRIBUTED', uses: 1, reasons: [], released: true },
      ]);
      expect(await uses()).toMatchObject([
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
        .where('network_id', '=', await network())
        .orderBy('block_number')
        .execute();
      expect(debits).toEqual([
        { amount: 3n, spent_after: 3n, cause: 'MATCHED' },
        { amount: 10n, spent_after: 13n, cause: 'MATCHED' },
      ]);
      expect(await attribution()).toBe('EXACT');
      expect(await openIncidents()).toEqual([]);
      expect(await factsOf()).toEqual(before);
      expect(await again(await sourceWithTraces())).toEqual([]);
    });

    it('waits for a block that is being committed, and goes on from where the cursor is then', async () => {
      grant();
      relayer.send([through('forward', outside(10n))]);
      await uses();
      const id = await network();
      let found: Promise<unknown> = Promise.resolve();
      await database.commit(async (trx) => {
        await raiseGeneration(trx, id);
        found = again(await sourceWithTraces());
        await waitsForALock();
      });
      expect(await found).toMatchObject([{ outcome: 'ATTRIBUTED', uses: 1 }]);
    });
    const waitsForALock = async () => {
      const waiting = async () =>
        (
          await database.sql`select 1 from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`
        ).length;
      for (let tries = 0; tries < 500 && (await waiting()) === 0; tries += 1) await delay(10);
      expect(await waiting()).toBe(1);
    };

    it('changes nothing while no provider traces', async () => {
      grant();
      relayer.send([through('forward', outside(10n))]);
      const before = await uses();
      expect(await again(await sourceWithoutTraces())).toMatchObject([
        { outcome: 'UNEXPLAINED', uses: 0, reasons: ['TRACE_UNAVAILABLE'], released: false },
      ]);
      expect(await uses()).toEqual(before);
      expect(await attribution()).toBe('QUARANTINED');
      expect(await openIncidents()).toHaveLength(1);
    });

    it('takes all of it back with the block', async () => {
      grant();
      relayer.send([through('forward', outside(10n))]);
      await uses();
      chain.sandbox.abortFrom(chain.sandbox.latest.number);
      spend(5n);
      expect(await uses()).toMatchObject([{ outcome: 'SUCCEEDED', path: 'INVOKE' }]);
      expect(await attribution()).toBe('EXACT');
      expect(await openIncidents()).toEqual([]);
    });
  });
});
