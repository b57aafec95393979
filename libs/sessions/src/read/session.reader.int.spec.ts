import { beforeEach, describe, expect, it } from '@jest/globals';
import { sessionSlotBase } from '#libs/account';
import type { Point } from '#libs/api';
import { ChainError, type ChainSource } from '#libs/chain';
import { selectorOf, toFelt } from '#libs/felt';
import {
  asAddress,
  asKey,
  createScriptedChain,
  headerOf,
  indexRowsOf,
  lifecycleEvent,
  type ScriptedChain,
  testClassAbi,
  testClassHash,
  withDatabase,
} from '#libs/testing';
import { AccountListRepository } from './index-store/account-list.repository.ts';
import { SessionLookupRepository } from './index-store/session-lookup.repository.ts';
import { NodeSessionReader } from './node/node-session.reader.ts';
import type { ServedNetwork } from './ports.ts';
import { SessionReader } from './session.reader.ts';

const ACCOUNT = asAddress(0xa1n);
const KEY = asKey(0x51n);
const OTHER_KEY = asKey(0x52n);
const HEAD = headerOf(100, 1_000n);
const CLASS = testClassHash('session_account_setting');
const ABI = testClassAbi('session_account_setting');
const DATA = { validUntilSeconds: 5_000n, maxCalls: 10n, callsUsed: 0n, allowedEntrypointsLen: 0n };
const ADOPTED = { followed_from_block: 50 };

describe('reading a session key that the index does not have', () => {
  const database = withDatabase();
  let networks = 0;
  let networkId: number;
  let chain: ScriptedChain;
  let storage: Map<bigint, bigint>;

  beforeEach(async () => {
    networks += 1;
    networkId = await rows().network('spec', BigInt(networks));
    await rows().head(networkId, HEAD);
    chain = createScriptedChain(HEAD);
    storage = new Map();
    chain.accounts.set(ACCOUNT, { classHash: CLASS, abi: ABI, sessions: new Map([[KEY, { data: DATA }]]) });
  });

  const rows = () => indexRowsOf(database.db);

  const read = (key = KEY, at?: Point) => {
    const storageAt: ChainSource['storageAt'] = (_address, slot) => {
      chain.calls.push('storageAt');
      return Promise.resolve(toFelt(storage.get(slot) ?? 0n));
    };
    const source = { ...chain.source, storageAt };
    const genesisHash = toFelt(1n);
    const network: ServedNetwork = { networkId, chainId: toFelt(1n), genesisHash, label: 'spec', source };
    const lookups = new SessionLookupRepository(database.api);
    const reader = new SessionReader(lookups, new NodeSessionReader(), undefined);
    return reader.read(database.everything, network, ACCOUNT, key, at);
  };

  const follow = (row: object, stateFrom: number) =>
    rows().account(networkId, ACCOUNT, { classHash: CLASS, abi: ABI, row, stateFrom });

  it('says never for an account that was followed from its first block, and asks nobody', async () => {
    await follow({ source: 'DISCOVERY', followed_from_block: 50 }, 0);
    await expect(read()).rejects.toMatchObject({ code: 'ACCOUNT_HAS_NO_SESSIONS' });
    expect(chain.calls).toEqual([]);
  });

  it('says never for an adopted account only when the storage at the indexed block holds nothing', async () => {
    await follow(ADOPTED, 0);
    await expect(read()).rejects.toMatchObject({ code: 'ACCOUNT_HAS_NO_SESSIONS' });
    expect(chain.calls).toContain('storageAt');
  });

  it('answers from the node what the history of an adopted account had missed', async () => {
    await follow(ADOPTED, 50);
    storage.set(sessionSlotBase(KEY), DATA.validUntilSeconds);
    expect(await read()).toMatchObject({ origin: { source: 'NODE' }, session: { data: DATA } });
  });

  it('does not count a key that only an abandoned branch had', async () => {
    await follow({}, 0);
    await rows().session(networkId, ACCOUNT, KEY);
    await database.db.deleteFrom('session_versions').where('network_id', '=', networkId).execute();
    await expect(read()).rejects.toMatchObject({ code: 'ACCOUNT_HAS_NO_SESSIONS' });
    const accounts = new AccountListRepository(database.api);
    const listing = await accounts.list(database.everything, networkId, {
      at: undefined,
      statuses: undefined,
      after: undefined,
      limit: 10,
    });
    expect(listing?.rows).toMatchObject([{ address: ACCOUNT, sessionKeyCount: 0 }]);
  });

  it('counts each key once, however many versions it has', async () => {
    await follow({}, 0);
    await rows().session(networkId, ACCOUNT, OTHER_KEY, { valid_to_block: 2 });
    await rows().session(networkId, ACCOUNT, OTHER_KEY, { valid_from_block: 2 });
    await expect(read()).rejects.toMatchObject({ code: 'SESSION_NOT_REGISTERED' });
    const accounts = new AccountListRepository(database.api);
    const listing = await accounts.list(database.everything, networkId, {
      at: undefined,
      statuses: undefined,
      after: undefined,
      limit: 10,
    });
    expect(listing?.rows).toMatchObject([{ sessionKeyCount: 1 }]);
  });

  describe('at a block of the past', () => {
    const EARLIER: Point = { kind: 'BLOCK', blockNumber: 40 };
    const earlier = () => database.db.updateTable('account_versions').set({ valid_from_block: 50 });

    beforeEach(async () => {
      await rows().head(networkId, headerOf(40, 400n));
      await rows().head(networkId, headerOf(101, 1_010n));
    });

    it('answers nothing from a history that does not reach it, and asks nobody', async () => {
      await follow(ADOPTED, 50);
      await rows().session(networkId, ACCOUNT, KEY, { valid_from_block: 50 });
      await expect(read(KEY, EARLIER)).rejects.toMatchObject({
        code: 'HISTORY_INCOMPLETE',
        details: { accounts: ['0xa1'], blockNumber: 40 },
      });
      expect(chain.calls).toEqual([]);
      await expect(read(KEY, { kind: 'BLOCK', blockNumber: 100 })).resolves.toMatchObject({
        origin: { source: 'INDEX', block: { blockNumber: 100 } },
      });
    });

    it('asks the node where the class at the block was never read', async () => {
      await follow(ADOPTED, 0);
      await earlier().where('network_id', '=', networkId).execute();
      chain.head = headerOf(40, 400n);
      await expect(read(KEY, EARLIER)).resolves.toMatchObject({
        origin: { source: 'NODE', block: { blockNumber: 40 } },
        session: { data: DATA },
      });
    });

    it('asks the node about an account that is not followed, by what the point names', async () => {
      const found = await read(KEY, { kind: 'BLOCK', blockNumber: 9_999 });
      expect(found.origin.source).toBe('NODE');
      const unknownTime: Point = { kind: 'TIMESTAMP', timestampSeconds: 5n };
      await expect(read(KEY, unknownTime)).rejects.toMatchObject({ code: 'BLOCK_NOT_INDEXED' });
      chain.failure = new ChainError('BLOCK_NOT_FOUND', 'no such block');
      await expect(read(KEY, EARLIER)).rejects.toMatchObject({ code: 'BLOCK_NOT_INDEXED' });
    });
  });

  describe('on a node', () => {
    const revoke = lifecycleEvent('SessionKeyRevoked', ACCOUNT, KEY, 9);
    const outer = {
      type: 'event',
      name: 'account::Outer',
      kind: 'enum',
      variants: [
        { name: 'Sessions', type: 'session_account::session_account::SessionAccount::Event', kind: 'nested' },
      ],
    };
    const nestedAbi = [...(ABI as object[]), outer];

    it('finds a revoke under the selector of its own class', async () => {
      const event = { ...revoke, keys: [selectorOf('Sessions'), ...revoke.keys] };
      chain.accounts.set(ACCOUNT, { classHash: CLASS, abi: nestedAbi, events: [event] });
      await expect(read()).resolves.toMatchObject({ session: { lifecycle: 'REVOKED', lifecycleBlock: 9 } });
    });

    it('finds a revoke of the time when the class was another one', async () => {
      chain.accounts.set(ACCOUNT, { classHash: CLASS, abi: nestedAbi, events: [revoke] });
      await expect(read()).resolves.toMatchObject({ session: { lifecycle: 'REVOKED', lifecycleBlock: 9 } });
    });
  });
});
