import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ChainError } from '#libs/chain';
import { feltToHex, selectorOf } from '#libs/felt';
import type { ServedNetwork } from '#libs/sessions';
import {
  asAddress,
  asKey,
  headerOf,
  lifecycleEvent,
  testClassAbi,
  testClassHash,
  withDatabase,
} from '#libs/testing';
import { at, felt, HEAD, listAt, SEPOLIA, withServer } from './with-server.ts';

const A = asAddress(0xa1n);
const B = asAddress(0xa2n);
const PENDING = asAddress(0xa3n);
const UNVERIFIED = asAddress(0xa4n);
const ON_NODE = asAddress(0xb1n);
const TOKEN = asAddress(0x70n);
const OTHER_TOKEN = asAddress(0x71n);
const SETTING = testClassHash('session_account_setting');
const ABI = testClassAbi('session_account_setting');
const NO_PROFILE = felt(0xc1a55n) as never;

const LIST = `query ($first: Int, $after: String, $orderBy: SessionOrder, $status: [SessionStatus!], $account: Address, $expiresBefore: Timestamp) {
  sessions(first: $first, after: $after, orderBy: $orderBy, status: $status, account: $account, expiresBefore: $expiresBefore) {
    edges { cursor } nodes { sessionKey status validUntil remainingCalls policies { token remaining } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    asOf { blockNumber } history { complete }
  }
}`;

const POLICIES = `query ($account: Address!, $key: SessionKey, $token: Address, $first: Int, $after: String) {
  policies(account: $account, sessionKey: $key, token: $token, first: $first, after: $after) {
    nodes {
      sessionKey token state reason { code } maxPerCall maxPerWindow windowSeconds storedSpent windowStart
      effectiveSpent remaining largestCall reset resetsAt blockedByOverflow windowRule { anchor resets }
    }
    pageInfo { hasNextPage endCursor }
    source asOf { blockNumber }
  }
}`;

describe('sessions, accounts and policies', () => {
  const database = withDatabase();
  const spec = withServer(database);

  beforeAll(async () => {
    const { rows, networkId, chain } = spec;
    await rows.head(networkId, headerOf(30, 300n));
    await rows.head(networkId, HEAD);
    // What the operator wrote long ago is no longer read: the organisation's own is.
    await rows.account(networkId, A, { classHash: SETTING, abi: ABI, row: { label: 'old' } });
    await database.db.updateTable('follows').set({ label: 'shop' }).execute();
    await rows.account(networkId, B, { classHash: SETTING, abi: ABI, stateFrom: 40 });
    await rows.account(networkId, PENDING, {
      row: { status: 'PENDING', source: 'READ', followed_from_block: null },
    });
    await rows.account(networkId, UNVERIFIED, { classHash: NO_PROFILE });
    for (let key = 1n; key <= 5n; key += 1n) {
      const used = { calls_used: Number(key), valid_until_seconds: 3_000n - key * 100n };
      await rows.session(networkId, A, asKey(key), used);
    }
    await rows.session(networkId, B, asKey(9n), { valid_until_seconds: 500n });
    await rows.session(networkId, UNVERIFIED, asKey(1n));
    await rows.policy(networkId, A, asKey(1n), TOKEN);
    await rows.policy(networkId, A, asKey(1n), OTHER_TOKEN, { max_per_window: 0n });
    await rows.policy(networkId, A, asKey(2n), TOKEN, { window_start_seconds: 100n });
    await rows.policy(networkId, A, asKey(3n), TOKEN, { lifecycle: 'REMOVED', max_per_window: 0n });
    await rows.policy(networkId, UNVERIFIED, asKey(1n), TOKEN);
    const added = { ...lifecycleEvent('SessionKeyAdded', ON_NODE, felt(1n), 5, [felt(5_000n), felt(4n)]) };
    const set = {
      ...added,
      keys: [selectorOf('SpendingPolicySet'), felt(1n), felt(TOKEN)],
      data: [5n, 0n, 50n, 0n, 60n].map(felt),
    };
    chain.accounts.set(ON_NODE, {
      classHash: SETTING,
      abi: ABI,
      events: [added, set],
      sessions: new Map([
        [1n, { data: { validUntilSeconds: 5_000n, maxCalls: 4n, callsUsed: 0n, allowedEntrypointsLen: 0n } }],
      ]),
      policies: new Map([
        [
          `1:${TOKEN}`,
          {
            maxPerCall: 5n,
            maxPerWindow: 50n,
            windowSeconds: 60n,
            spentInWindow: 20n,
            windowStartSeconds: 990n,
          },
        ],
      ]),
    });
  });

  beforeEach(() => {
    spec.chain.failure = undefined;
    spec.followed.length = 0;
  });

  const keysOf = (page: unknown): unknown[] => listAt(page, 'nodes').map((node) => at(node, 'sessionKey'));
  const nodesOf = (data: unknown): readonly unknown[] => listAt(data, 'policies', 'nodes');

  it.each([
    ['ACCOUNT_ASC', ['0x1', '0x2', '0x3', '0x4', '0x5', '0x9', '0x1']],
    ['VALID_UNTIL_ASC', ['0x9', '0x1', '0x5', '0x4', '0x3', '0x2', '0x1']],
    ['VALID_UNTIL_DESC', ['0x1', '0x2', '0x3', '0x4', '0x5', '0x1', '0x9']],
    ['REMAINING_CALLS_ASC', ['0x5', '0x4', '0x3', '0x9', '0x1', '0x2', '0x1']],
  ])('lists by %s, page by page, each row once', async (orderBy, keys) => {
    const seen: unknown[] = [];
    let after: unknown;
    for (let pages = 1; pages <= 4; pages += 1) {
      const { data } = await spec.ask(LIST, { first: 2, orderBy, after });
      const page = data['sessions'];
      expect(at(listAt(page, 'edges').at(-1), 'cursor')).toBe(at(page, 'pageInfo', 'endCursor'));
      expect(at(page, 'pageInfo')).toMatchObject({
        hasPreviousPage: after !== undefined,
        hasNextPage: pages < 4,
      });
      seen.push(...keysOf(page));
      after = at(page, 'pageInfo', 'endCursor');
    }
    expect(seen).toEqual(keys);
  });

  it('filters by status, account and expiry', async () => {
    const keys = async (variables: object) =>
      keysOf((await spec.ask(LIST, { ...variables })).data['sessions']);
    expect(await keys({ status: ['EXPIRED'] })).toEqual(['0x9']);
    expect(await keys({ status: ['REVOKED', 'EXHAUSTED'] })).toEqual([]);
    expect(await keys({ status: [] })).toEqual([]);
    expect(await keys({ account: feltToHex(B) })).toEqual(['0x9']);
    expect(await keys({ account: feltToHex(A), expiresBefore: '2700' })).toEqual(['0x4', '0x5']);
  });

  it('says of the account that was asked for whether its history is complete', async () => {
    const historyOf = async (account: bigint) =>
      at((await spec.ask(LIST, { account: feltToHex(account) })).data, 'sessions', 'history');
    expect(await historyOf(A)).toEqual({ complete: true });
    expect(await historyOf(B)).toEqual({ complete: false });
    expect(at((await spec.ask(LIST)).data, 'sessions', 'history')).toBeNull();
  });

  it('refuses a cursor of another list, filter or order, and an altered one', async () => {
    const endCursor = String(
      at((await spec.ask(LIST, { first: 1 })).data, 'sessions', 'pageInfo', 'endCursor'),
    );
    const codes = async (variables: object) => (await spec.ask(LIST, { ...variables })).codes;
    expect(await codes({ after: endCursor })).toEqual([]);
    expect(await codes({ after: endCursor, orderBy: 'VALID_UNTIL_ASC' })).toEqual(['BAD_CURSOR']);
    expect(await codes({ after: endCursor, status: ['ACTIVE'] })).toEqual(['BAD_CURSOR']);
    expect(await codes({ after: `${endCursor.slice(0, -2)}AA` })).toEqual(['BAD_CURSOR']);
    const other = await spec.ask('query ($after: String) { accounts(after: $after) { nodes { address } } }', {
      after: endCursor,
    });
    expect(other.codes).toEqual(['BAD_CURSOR']);
  });

  it('does not list an account that it does not follow, and asks that it be followed', async () => {
    const unknown = await spec.ask(LIST, { account: '0x1234' });
    expect(unknown.codes).toEqual(['ACCOUNT_NOT_FOLLOWED']);
    expect(spec.followed).toEqual([0x1234n]);
    const pending = await spec.ask(LIST, { account: feltToHex(PENDING) });
    expect(pending.codes).toEqual(['ACCOUNT_NOT_FOLLOWED']);
    expect(pending.errors[0]?.extensions.retryable).toBe(true);
    expect(spec.followed).toEqual([0x1234n]);
  });

  it('lists accounts, those that wait included', async () => {
    const { data } = await spec.ask(
      '{ accounts { nodes { address label foundBy status className sessionKeyCount history { completeFrom } } asOf { blockNumber } } }',
    );
    expect(at(data, 'accounts', 'nodes')).toMatchObject([
      { address: '0xa1', label: 'shop', foundBy: 'WATCH', status: 'FOLLOWED', sessionKeyCount: 5 },
      { address: '0xa2', history: { completeFrom: 40 } },
      { address: '0xa3', foundBy: 'READ', status: 'PENDING', className: null },
      { address: '0xa4', status: 'FOLLOWED', className: null },
    ]);
    const pending = await spec.ask('{ accounts(status: [PENDING], first: 1) { nodes { address } } }');
    expect(at(pending.data, 'accounts', 'nodes')).toEqual([{ address: '0xa3' }]);
  });

  it('tells stored from effective spending, and when the budget starts anew', async () => {
    const { data } = await spec.ask(POLICIES, { account: feltToHex(A) });
    expect(data['policies']).toMatchObject({ source: 'INDEX', asOf: { blockNumber: 100 } });
    const [limited, unlimited, over, ...rest] = nodesOf(data);
    expect(rest).toEqual([]);
    expect(limited).toMatchObject({
      sessionKey: '0x1',
      token: '0x70',
      state: 'LIMITED',
      storedSpent: '250',
      effectiveSpent: '250',
      remaining: '750',
      largestCall: '100',
      reset: 'AT_TIME',
      resetsAt: '1500',
      windowRule: { anchor: 'SETTING', resets: 'AT_END' },
    });
    expect(unlimited).toMatchObject({
      token: '0x71',
      state: 'UNLIMITED',
      remaining: null,
      effectiveSpent: null,
    });
    expect(over).toMatchObject({
      sessionKey: '0x2',
      storedSpent: '250',
      effectiveSpent: '0',
      remaining: '1000',
      reset: 'AT_NEXT_SPEND',
      resetsAt: null,
    });
  });

  it('claims nothing of a class whose window rule is not verified', async () => {
    const { data } = await spec.ask(POLICIES, { account: feltToHex(UNVERIFIED) });
    expect(nodesOf(data)).toMatchObject([
      {
        state: 'UNKNOWN',
        reason: { code: 'WINDOW_RULE_UNVERIFIED' },
        storedSpent: '250',
        remaining: null,
        effectiveSpent: null,
        reset: null,
        windowRule: null,
      },
    ]);
  });

  it('pages policies and filters them by key and token', async () => {
    const first = (await spec.ask(POLICIES, { account: feltToHex(A), first: 2 })).data['policies'];
    expect(at(first, 'pageInfo', 'hasNextPage')).toBe(true);
    const second = await spec.ask(POLICIES, {
      account: feltToHex(A),
      first: 2,
      after: at(first, 'pageInfo', 'endCursor'),
    });
    expect(nodesOf(second.data)).toMatchObject([{ sessionKey: '0x2' }]);
    const one = await spec.ask(POLICIES, { account: feltToHex(A), key: '0x1', token: '0x71' });
    expect(nodesOf(one.data)).toMatchObject([{ token: '0x71' }]);
  });

  it('answers nothing of a block that the history of the account does not reach', async () => {
    const account = feltToHex(B);
    const query = `query ($account: Address!, $at: At!) {
      policies(account: $account, at: $at) { nodes { token } }
      sessions(account: $account, at: $at) { nodes { sessionKey } }
      changes(account: $account, from: $at) { complete }
    }`;
    const before = await spec.ask(query, { account, at: { blockNumber: 30 } });
    expect(before.codes).toEqual(['HISTORY_INCOMPLETE', 'HISTORY_INCOMPLETE', 'HISTORY_INCOMPLETE']);
    expect(before.errors[0]?.extensions.details).toMatchObject({ accounts: [account], blockNumber: 30 });
    expect((await spec.ask(query, { account, at: { blockNumber: 100 } })).codes).toEqual([]);
  });

  it('reads the policies of one key from a node, and of all keys from nowhere', async () => {
    const { data } = await spec.ask(POLICIES, { account: feltToHex(ON_NODE), key: '0x1' });
    expect(data['policies']).toMatchObject({
      source: 'NODE',
      nodes: [{ token: '0x70', remaining: '30', resetsAt: '1050', largestCall: '5' }],
    });
    expect((await spec.ask(POLICIES, { account: feltToHex(ON_NODE) })).codes).toEqual([
      'ACCOUNT_NOT_FOLLOWED',
    ]);
  });

  it('answers a session with its policies at one block, from the index and from a node', async () => {
    const query = `query ($account: Address!) { session(account: $account, sessionKey: "0x1") {
      chainId account status isActive className adminGuard lifecycle { revoked blockNumber } source
      policies { token remaining asOf { blockNumber } } asOf { blockNumber }
    } }`;
    const indexed = (await spec.ask(query, { account: feltToHex(A) })).data['session'];
    expect(indexed).toMatchObject({
      source: 'INDEX',
      status: 'ACTIVE',
      lifecycle: { revoked: false, blockNumber: 1 },
    });
    expect(at(indexed, 'policies')).toMatchObject([
      { token: '0x70', remaining: '750' },
      { token: '0x71', remaining: null },
    ]);
    const fromNode = (await spec.ask(query, { account: feltToHex(ON_NODE) })).data['session'];
    expect(fromNode).toMatchObject({ source: 'NODE', policies: [{ token: '0x70', remaining: '30' }] });
  });

  it('keeps the session when only its policies cannot be read', async () => {
    const query = '{ session(account: "0xb1", sessionKey: "0x1") { status policies { token } } }';
    const { source } = spec.chain;
    const events = source.events.bind(source);
    Object.assign(source, {
      events: () => ({
        [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new ChainError('RPC_TIMEOUT', 'slow')) }),
      }),
    });
    const { data, codes } = await spec.ask(query);
    Object.assign(source, { events });
    expect(data['session']).toEqual({ status: 'ACTIVE', policies: null });
    expect(codes).toEqual(['HISTORY_INCOMPLETE']);
  });

  it('reads again from the new head when the block went away in between', async () => {
    const { source } = spec.chain;
    const call = source.call.bind(source);
    let failed = false;
    Object.assign(source, {
      call: (...args: Parameters<typeof call>) => {
        if (failed) return call(...args);
        failed = true;
        spec.chain.head = headerOf(101, 1_010n);
        return Promise.reject(new ChainError('BLOCK_NOT_FOUND', 'gone'));
      },
    });
    const query = '{ session(account: "0xb1", sessionKey: "0x1") { isActive asOf { blockNumber } } }';
    const { data } = await spec.ask(query);
    Object.assign(source, { call });
    spec.chain.head = HEAD;
    expect(data['session']).toEqual({ isActive: true, asOf: { blockNumber: 101 } });
  });
});

describe('several networks', () => {
  const database = withDatabase();
  let second = 0;
  const spec = withServer(database, {
    moreNetworks: async (rows, chain) => {
      second = await rows.network('devnet', 2n);
      const served: ServedNetwork = {
        networkId: second,
        chainId: SEPOLIA,
        genesisHash: felt(2n),
        label: 'devnet',
        source: chain.source,
      };
      return [served, { ...served, networkId: 9_999, chainId: felt(5n), label: 'other' }];
    },
  });
  const DATA = 'getSessionData(walletAddress: "0xa1", sessionPublicKey: "0x1"';

  beforeAll(async () => {
    for (const [networkId, used] of [
      [spec.networkId, 1],
      [second, 2],
    ] as const) {
      await spec.rows.head(networkId, HEAD);
      await spec.rows.account(networkId, A, { classHash: SETTING, abi: ABI });
      await spec.rows.session(networkId, A, asKey(1n), { calls_used: used });
    }
  });

  it('asks which is meant, and never mixes them', async () => {
    const ambiguous = await spec.ask(`{ ${DATA}) { isActive } sessions { nodes { account } } }`);
    expect(ambiguous.codes).toEqual(['CHAIN_REQUIRED', 'CHAIN_REQUIRED']);
    const shared = await spec.ask(`{ ${DATA}, chainId: "SN_SEPOLIA") { isActive } }`);
    expect(shared.codes).toEqual(['CHAIN_REQUIRED']);
    expect(shared.errors[0]?.extensions.details?.['networks']).toHaveLength(2);
    for (const [network, remainingCalls] of [
      ['sepolia', 9],
      ['devnet', 8],
    ] as const) {
      const { data } = await spec.ask(
        `{ ${DATA}, chainId: "0x534e5f5345504f4c4941", network: "${network}") { remainingCalls asOf { network } }
           sessions(network: "${network}") { nodes { callsUsed } } }`,
      );
      expect(data['getSessionData']).toEqual({ remainingCalls, asOf: { network } });
      expect(at(data, 'sessions', 'nodes')).toEqual([{ callsUsed: 10 - remainingCalls }]);
    }
  });

  it('answers from a node while nothing of a network is indexed', async () => {
    spec.chain.accounts.set(0xa1n, { classHash: SETTING, abi: ABI });
    const { codes } = await spec.ask(`{ ${DATA}, chainId: "5") { isActive } }`);
    expect(codes).toEqual(['ACCOUNT_HAS_NO_SESSIONS']);
    expect((await spec.ask('{ sessions(chainId: "5") { nodes { account } } }')).codes).toEqual([
      'INDEX_UNAVAILABLE',
    ]);
  });
});
