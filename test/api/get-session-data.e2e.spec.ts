import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ChainError } from '#libs/chain';
import { feltToHex, selectorOf } from '#libs/felt';
import { asAddress, asKey, lifecycleEvent, testClassAbi, testClassHash, withDatabase } from '#libs/testing';
import { felt, HEAD, withServer } from './with-server.ts';

const INDEXED = asAddress(0xa1n);
const UNDEPLOYED = asAddress(0xa2n);
const PLAIN = asAddress(0xa3n);
const EMPTY = asAddress(0xa4n);
const ON_NODE = asAddress(0xb1n);
const UNKNOWN_KEY = asKey(0x999n);
const ACTIVE = asKey(0x1n);
const REVOKED = asKey(0x2n);
const EXPIRED = asKey(0x3n);
const EXHAUSTED = asKey(0x4n);
const FAR = asKey(0x5n);
const LISTED = asKey(0x6n);
const LAST_SECOND = asKey(0x7n);
const TRANSFER = feltToHex(selectorOf('transfer'));
const BEYOND_U64 = 2n ** 64n - 1n;

const SETTING = testClassHash('session_account_setting');
const SETTING_ABI = testClassAbi('session_account_setting');
const TOKEN = testClassHash('token_keyed');
const TOKEN_ABI = testClassAbi('token_keyed');

const QUERY = `query ($account: Address!, $key: SessionKey!) {
  getSessionData(walletAddress: $account, sessionPublicKey: $key) {
    isActive validUntil usableUntil remainingCalls allowedEntrypoints
    status reason { code message } entrypointScope entrypoints { selector name storedText effective }
    source history { completeFrom complete }
    asOf { chainId network blockNumber blockHash timestamp finality lagBlocks }
  }
}`;

describe('getSessionData', () => {
  const database = withDatabase();
  const spec = withServer(database);
  const ask = (account: bigint, key: bigint) =>
    spec.ask(QUERY, { account: feltToHex(account), key: feltToHex(key) });

  beforeAll(async () => {
    const { rows, networkId, chain } = spec;
    await rows.head(networkId, HEAD);
    await rows.account(networkId, INDEXED, { classHash: SETTING, abi: SETTING_ABI });
    await rows.account(networkId, UNDEPLOYED, { classHash: null });
    await rows.account(networkId, PLAIN, { classHash: TOKEN, abi: TOKEN_ABI });
    await rows.account(networkId, EMPTY, { classHash: SETTING, abi: SETTING_ABI });
    const session = (key: bigint, row: object) => rows.session(networkId, INDEXED, asKey(key), row);
    await session(ACTIVE, {});
    await session(REVOKED, { valid_until_seconds: 0n, max_calls: 0, calls_used: 0, lifecycle: 'REVOKED' });
    await session(EXPIRED, { valid_until_seconds: HEAD.timestampSeconds - 1n });
    await session(LAST_SECOND, { valid_until_seconds: HEAD.timestampSeconds });
    await session(EXHAUSTED, { calls_used: 10 });
    await session(FAR, { valid_until_seconds: BEYOND_U64, max_calls: 4_294_967_295, calls_used: 0 });
    const list = [TRANSFER, feltToHex(0x7472616e73666572n), feltToHex(selectorOf('upgrade'))];
    await session(LISTED, { allowed_entrypoints: list, allowed_entrypoints_len: 3 });
    chain.accounts.set(ON_NODE, {
      classHash: SETTING,
      abi: SETTING_ABI,
      sessions: new Map([
        [
          ACTIVE,
          {
            data: { validUntilSeconds: 1_500n, maxCalls: 4n, callsUsed: 1n, allowedEntrypointsLen: 1n },
            entrypoints: [selectorOf('transfer')],
          },
        ],
      ]),
      events: [
        lifecycleEvent('SessionKeyAdded', ON_NODE, felt(ACTIVE), 5, [felt(1_500n), felt(4n)]),
        lifecycleEvent('SessionKeyAdded', ON_NODE, felt(REVOKED), 6, [felt(1_500n), felt(4n)]),
        lifecycleEvent('SessionKeyRevoked', ON_NODE, felt(REVOKED), 7),
      ],
    });
  });

  beforeEach(() => {
    spec.chain.failure = undefined;
    spec.chain.calls.length = 0;
  });

  it('gives the four fields of the documents, with the block they speak of', async () => {
    const { data, status } = await ask(INDEXED, ACTIVE);
    expect(status).toBe(200);
    expect(data['getSessionData']).toEqual({
      isActive: true,
      validUntil: '2000',
      usableUntil: '3599',
      remainingCalls: 7,
      allowedEntrypoints: [],
      status: 'ACTIVE',
      reason: null,
      entrypointScope: 'ALL_NON_ADMIN',
      entrypoints: [],
      source: 'INDEX',
      history: { completeFrom: 0, complete: true },
      asOf: {
        chainId: '0x534e5f5345504f4c4941',
        network: 'sepolia',
        blockNumber: 100,
        blockHash: feltToHex(HEAD.blockHash),
        timestamp: '1000',
        finality: 'ACCEPTED_ON_L2',
        lagBlocks: 0,
      },
    });
    expect(spec.chain.calls).toEqual([]);
  });

  it('answers revoked, expired and exhausted keys as inactive, each with its reason', async () => {
    const revoked = (await ask(INDEXED, REVOKED)).data['getSessionData'];
    expect(revoked).toMatchObject({
      isActive: false,
      validUntil: null,
      remainingCalls: 0,
      status: 'REVOKED',
    });
    expect(revoked).toMatchObject({ reason: { code: 'SESSION_REVOKED' }, entrypointScope: 'NONE' });
    const expired = (await ask(INDEXED, EXPIRED)).data['getSessionData'];
    expect(expired).toMatchObject({
      isActive: false,
      status: 'EXPIRED',
      reason: { code: 'SESSION_EXPIRED' },
    });
    const exhausted = (await ask(INDEXED, EXHAUSTED)).data['getSessionData'];
    expect(exhausted).toMatchObject({
      isActive: false,
      remainingCalls: 0,
      status: 'EXHAUSTED',
      reason: { code: 'SESSION_MAX_CALLS_EXCEEDED' },
    });
  });

  it('counts the last second as valid', async () => {
    expect((await ask(INDEXED, LAST_SECOND)).data['getSessionData']).toMatchObject({ isActive: true });
  });

  it('reads an expiry beyond 2106 and the largest count of calls exactly', async () => {
    const { data } = await ask(INDEXED, FAR);
    expect(data['getSessionData']).toMatchObject({
      isActive: true,
      validUntil: BEYOND_U64.toString(),
      remainingCalls: 4_294_967_295,
    });
  });

  it('says until when the chain can still take a transaction: to the end of the hour of the expiry', async () => {
    const data = (await ask(INDEXED, LAST_SECOND)).data['getSessionData'] as Record<string, string>;
    const validUntil = BigInt(data['validUntil']!);
    expect(BigInt(data['usableUntil']!)).toBe(validUntil - (validUntil % 3600n) + 3599n);
    const far = (await ask(INDEXED, FAR)).data['getSessionData'] as Record<string, string>;
    expect(BigInt(far['usableUntil']!)).toBeLessThan(2n ** 64n);
  });

  it('names the entry points, and tells a name that was stored in place of its selector', async () => {
    const { data } = await ask(INDEXED, LISTED);
    expect(data['getSessionData']).toMatchObject({
      entrypointScope: 'LISTED',
      entrypoints: [
        { selector: TRANSFER, name: 'transfer', storedText: null, effective: true },
        { name: null, storedText: 'transfer', effective: false },
        { name: 'upgrade', effective: false },
      ],
    });
  });

  it('answers an account that is not followed from a node at once, and asks that it be followed', async () => {
    const { data } = await ask(ON_NODE, ACTIVE);
    expect(data['getSessionData']).toMatchObject({
      isActive: true,
      validUntil: '1500',
      remainingCalls: 3,
      allowedEntrypoints: [TRANSFER],
      source: 'NODE',
      history: { completeFrom: null, complete: false },
      asOf: { blockNumber: 100, blockHash: feltToHex(HEAD.blockHash) },
    });
    expect(spec.followed).toContain(ON_NODE);
    expect((await ask(ON_NODE, REVOKED)).data['getSessionData']).toMatchObject({
      isActive: false,
      status: 'REVOKED',
      source: 'NODE',
    });
  });

  it.each([
    ['a key that the account never had', INDEXED, UNKNOWN_KEY, 'SESSION_NOT_REGISTERED'],
    ['such a key on a node', ON_NODE, UNKNOWN_KEY, 'SESSION_NOT_REGISTERED'],
    ['an account without any session', EMPTY, UNKNOWN_KEY, 'ACCOUNT_HAS_NO_SESSIONS'],
    ['an account that is not deployed', UNDEPLOYED, ACTIVE, 'CONTRACT_NOT_FOUND'],
    ['an address without a contract on a node', asAddress(0xdeadn), ACTIVE, 'CONTRACT_NOT_FOUND'],
    ['a contract that is no session account', PLAIN, ACTIVE, 'INVALID_WALLET_TYPE_FOR_SESSION'],
  ])('gives %s its own code', async (_what, account, key, code) => {
    const { codes, data, errors } = await ask(account, key);
    expect(codes).toEqual([code]);
    expect(data['getSessionData']).toBeNull();
    expect(errors[0]?.extensions.retryable).toBe(false);
  });

  it('gives a contract on a node that is no session account its code', async () => {
    spec.chain.accounts.set(0xc1n, { classHash: TOKEN, abi: TOKEN_ABI });
    const { codes, errors } = await ask(0xc1n, ACTIVE);
    expect(codes).toEqual(['INVALID_WALLET_TYPE_FOR_SESSION']);
    expect(errors[0]?.extensions.details?.['missing']).toContain('get_session_data');
  });

  it.each([
    ['0x0', 'INVALID_ADDRESS'],
    ['hello', 'INVALID_ADDRESS'],
    [`0x${'f'.repeat(64)}`, 'INVALID_ADDRESS'],
    [12, 'INVALID_ADDRESS'],
  ])('refuses the address %p', async (account, code) => {
    expect((await spec.ask(QUERY, { account, key: '0x1' })).codes).toEqual([code]);
    const literal = typeof account === 'string' ? JSON.stringify(account) : account;
    const inline = `{ getSessionData(walletAddress: ${literal}, sessionPublicKey: "0x1") { isActive } }`;
    expect((await spec.ask(inline)).codes).toEqual([code]);
  });

  it.each(['-1', 'transfer', '0x', ''])('refuses the session key %p', async (key) => {
    expect((await spec.ask(QUERY, { account: '0x1', key })).codes).toEqual(['INVALID_SESSION_KEY']);
  });

  it('reads an address whatever its case and padding', async () => {
    const account = `0x${'A1'.padStart(64, '0')}`;
    expect((await spec.ask(QUERY, { account, key: '1' })).data['getSessionData']).toMatchObject({
      isActive: true,
    });
  });

  it('never says inactive because the node failed', async () => {
    spec.chain.failure = new ChainError('RPC_TIMEOUT', 'no answer from https://secret.example/key');
    const { codes, errors, text } = await ask(ON_NODE, ACTIVE);
    expect(codes).toEqual(['NODE_UNAVAILABLE']);
    expect(errors[0]?.extensions).toMatchObject({ retryable: true, details: { reason: 'RPC_TIMEOUT' } });
    expect(text).not.toContain('secret.example');
    expect(spec.logged).toContainEqual(expect.objectContaining({ level: 'warn', code: 'NODE_UNAVAILABLE' }));
  });

  it('logs no fault where a question has an answer', async () => {
    spec.logged.length = 0;
    await ask(INDEXED, UNKNOWN_KEY);
    await ask(PLAIN, ACTIVE);
    expect(spec.logged).toEqual([]);
  });

  it.each([
    ['one word', [felt(1n)]],
    ['five words', [felt(1n), felt(1n), felt(1n), felt(1n), felt(1n)]],
    ['a count beyond u32', [felt(1n), felt(2n ** 32n), felt(0n), felt(0n)]],
  ])('gives an answer of %s its code', async (_what, sessionWords) => {
    spec.chain.accounts.set(0xc2n, { classHash: SETTING, abi: SETTING_ABI, sessionWords });
    expect((await ask(0xc2n, ACTIVE)).codes).toEqual(['SESSION_INVALID_RESPONSE']);
  });

  it('does not say "never" of a key while an event of the account cannot be read', async () => {
    const broken = { ...lifecycleEvent('SessionKeyAdded', asAddress(0xc3n), felt(1n), 3), data: [felt(1n)] };
    spec.chain.accounts.set(0xc3n, { classHash: SETTING, abi: SETTING_ABI, events: [broken] });
    const { codes, errors } = await ask(0xc3n, UNKNOWN_KEY);
    expect(codes).toEqual(['HISTORY_INCOMPLETE']);
    expect(errors[0]?.extensions.retryable).toBe(true);
  });
});
