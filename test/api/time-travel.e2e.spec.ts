import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Address, feltToHex, selectorOf, type SessionKey } from '#libs/felt';
import { type ChainActor, sessionKeyOf, testClassHash, transferCall, withDatabase } from '#libs/testing';
import { type ServedSandbox, serveSandbox, upgradeCall, type ViewedBlock } from './sandbox-history.ts';
import { at, listAt } from './with-server.ts';

const [SECRET, OTHER_SECRET] = [0x777n, 0x888n];
const [KEY, OTHER_KEY] = [sessionKeyOf(SECRET), sessionKeyOf(OTHER_SECRET)];
const KEYS = [KEY, OTHER_KEY] as const;
const FAR = 1_900_000_000n;
const SETTING = testClassHash('session_account_setting');
const SPEND = testClassHash('session_account_spend');
const RECIPIENT = 0xbeefn;

const SESSION = `status validUntil maxCalls callsUsed remainingCalls allowedEntrypoints classHash source
  policies { token maxPerCall maxPerWindow windowSeconds storedSpent windowStart effectiveSpent }
  blockedBy { code repair token resetsAt } asOf { blockNumber timestamp }`;
const STATE = `query ($account: Address!, $key: SessionKey!, $at: At) {
  session(account: $account, sessionKey: $key, at: $at) { ${SESSION} }
  getSessionData(walletAddress: $account, sessionPublicKey: $key, at: $at) { remainingCalls status asOf { blockNumber } }
  policies(account: $account, sessionKey: $key, at: $at) { nodes { token storedSpent effectiveSpent } asOf { blockNumber } }
}`;
const LISTS = `query ($account: Address!, $at: At) {
  sessions(account: $account, at: $at) { nodes { sessionKey callsUsed status } asOf { blockNumber } }
  all: sessions(at: $at) { nodes { sessionKey } }
  accounts(at: $at) { nodes { address classHash sessionKeyCount } asOf { blockNumber } }
}`;

interface PolicyAnswer {
  readonly maxPerCall: string;
  readonly maxPerWindow: string;
  readonly windowSeconds: string;
  readonly storedSpent: string;
  readonly windowStart: string | null;
  readonly effectiveSpent: string | null;
}

/** The words of the views, in the words of the API, by the two lines of the contract. */
const policyOf = (
  words: readonly bigint[],
  { classHash, timestampSeconds: now }: ViewedBlock,
): PolicyAnswer => {
  const u256 = (index: number) => (words[index] ?? 0n) + ((words[index + 1] ?? 0n) << 128n);
  const [windowSeconds, start] = [words[4] ?? 0n, words[7] ?? 0n];
  const end = start + windowSeconds;
  const isOver = classHash === SETTING ? now >= end : start === 0n || now > end;
  return {
    maxPerCall: String(u256(0)),
    maxPerWindow: String(u256(2)),
    windowSeconds: String(windowSeconds),
    storedSpent: String(u256(5)),
    windowStart: start === 0n ? null : String(start),
    effectiveSpent: u256(2) === 0n ? null : String(isOver ? 0n : u256(5)),
  };
};

describe('any block of the past, as the views told it then', () => {
  const database = withDatabase();
  const viewed: ViewedBlock[] = [];
  let served: ServedSandbox;
  let account: ChainActor;
  let stranger: ChainActor;
  let token: Address;

  /** Does something in a block of its own and keeps what the views say after it. */
  const step = async (seconds: number, act: (actor: ChainActor) => void): Promise<void> => {
    served.advance(seconds);
    act(account);
    viewed.push(served.view(account.address, KEYS, token));
    served.advance(1);
    act(stranger);
    await served.caughtUp();
  };
  const set = (sessionKey: SessionKey, maxPerWindow: bigint) =>
    ({
      kind: 'SetSpendingPolicy',
      sessionKey,
      token,
      maxPerCall: 50n,
      maxPerWindow,
      windowSeconds: 600n,
    }) as const;
  const add = (sessionKey: SessionKey, maxCalls: bigint, names: readonly string[] = []) =>
    ({
      kind: 'AddOrUpdateSessionKey',
      sessionKey,
      validUntilSeconds: FAR,
      maxCalls,
      allowedEntrypoints: names.map(selectorOf),
    }) as const;
  const spend =
    (amount: bigint, secret = SECRET) =>
    (actor: ChainActor) =>
      void actor.sendAs(secret, FAR, [transferCall(token, RECIPIENT, amount)]);

  beforeAll(async () => {
    served = await serveSandbox(database, (chain) => {
      account = chain.deployAccount('session_account_setting', 0x1234n);
      stranger = chain.deployAccount('session_account_setting', 0x4321n);
      token = chain.deployToken(account, 'token_keyed');
      account.send([transferCall(token, stranger.address, 1_000_000n)]);
    });
    await served.follow(account.address);
    await step(10, (actor) => actor.change(set(KEY, 100n), add(KEY, 10n, ['transfer', 'approve'])));
    await step(10, spend(40n));
    await step(10, spend(51n)); // beyond the cap of a call: reverts, and burns a call
    await step(10, (actor) => actor.change(add(OTHER_KEY, 2n)));
    await step(10, spend(5n, OTHER_SECRET));
    await step(10, (actor) => actor.change(set(KEY, 120n))); // again: what was spent begins at 0
    await step(10, spend(50n));
    await step(10, (actor) => actor.change({ kind: 'RevokeSessionKey', sessionKey: KEY }));
    await step(10, (actor) => actor.change(add(KEY, 3n))); // comes back to its old policy
    await step(10, spend(30n));
    await step(10, (actor) => actor.send([upgradeCall(actor.address, SPEND)]));
    await step(700, (actor) => actor.send([])); // the window is over, and nobody spends
    await step(10, spend(20n));
    await step(10, (actor) => actor.change({ kind: 'RemoveSpendingPolicy', sessionKey: KEY, token }));
    await step(10, spend(77n));
  });

  afterAll(() => served.stop());

  const variables = (key: SessionKey, point: object, address = account.address) => ({
    account: feltToHex(address),
    key: feltToHex(key),
    at: point,
  });

  /** A key that was never granted up to the block is refused, whatever the views' zeros say. */
  const wasGranted = (key: SessionKey, blockNumber: number) =>
    viewed.some((block) => block.blockNumber <= blockNumber && block.sessions.get(key)!.words[0] !== 0n);

  const expectState = (data: Readonly<Record<string, unknown>>, key: SessionKey, block: ViewedBlock) => {
    const { words, list } = block.sessions.get(key)!;
    const [validUntil = 0n, maxCalls = 0n, callsUsed = 0n] = words;
    const policy = block.policies.get(key)!;
    const policies = policy.some((word) => word !== 0n) ? [policyOf(policy, block)] : [];
    expect(data['session']).toMatchObject({
      validUntil: validUntil === 0n ? null : String(validUntil),
      maxCalls: Number(maxCalls),
      callsUsed: Number(callsUsed),
      allowedEntrypoints: list.map(feltToHex),
      classHash: feltToHex(block.classHash),
      policies,
      asOf: { blockNumber: block.blockNumber, timestamp: String(block.timestampSeconds) },
    });
    expect(data['getSessionData']).toEqual({
      remainingCalls: Number(maxCalls - callsUsed),
      status: at(data, 'session', 'status'),
      asOf: { blockNumber: block.blockNumber },
    });
    expect(data['policies']).toMatchObject({
      nodes: policies.map(({ storedSpent, effectiveSpent }) => ({ storedSpent, effectiveSpent })),
    });
  };

  it('by number and by time, from the index', async () => {
    for (const block of viewed)
      for (const key of KEYS)
        for (const point of [
          { blockNumber: block.blockNumber },
          { timestamp: String(block.timestampSeconds) },
        ]) {
          const { data, codes } = await served.ask(STATE, variables(key, point));
          if (!wasGranted(key, block.blockNumber)) {
            expect(codes).toEqual(['SESSION_NOT_REGISTERED', 'SESSION_NOT_REGISTERED']);
            continue;
          }
          expect(codes).toEqual([]);
          expect(at(data, 'session', 'source')).toBe('INDEX');
          expectState(data, key, block);
        }
  });

  it('in lists', async () => {
    for (const block of viewed) {
      const { data, codes } = await served.ask(LISTS, variables(KEY, { blockNumber: block.blockNumber }));
      expect(codes).toEqual([]);
      const granted = KEYS.filter((key) => wasGranted(key, block.blockNumber)).map(feltToHex);
      const listed = listAt(data, 'sessions', 'nodes');
      expect(new Set(listed.map((node) => at(node, 'sessionKey')))).toEqual(new Set(granted));
      for (const node of listed)
        expect(BigInt(Number(at(node, 'callsUsed')))).toBe(
          block.sessions.get(BigInt(String(at(node, 'sessionKey'))))!.words[2],
        );
      expect(listAt(data, 'all', 'nodes')).toHaveLength(granted.length);
      expect(at(data, 'accounts', 'nodes')).toEqual([
        {
          address: feltToHex(account.address),
          classHash: feltToHex(block.classHash),
          sessionKeyCount: granted.length,
        },
      ]);
    }
  });

  it('of an account that is not followed, from the node at that block', async () => {
    for (const [index, block] of viewed.entries()) {
      const { data, codes } = await served.ask(
        STATE,
        variables(KEY, { blockNumber: block.blockNumber + 1 }, stranger.address),
      );
      expect(codes).toEqual([]);
      expect(data['session']).toMatchObject({
        source: 'NODE',
        callsUsed: Number(block.sessions.get(KEY)!.words[2]),
        classHash: feltToHex(block.classHash),
        asOf: { blockNumber: block.blockNumber + 1 },
      });
      expect(index).toBeLessThan(viewed.length);
    }
    const early = await served.ask(STATE, variables(KEY, { blockNumber: 1 }, stranger.address));
    expect(new Set(early.codes)).toEqual(new Set(['CONTRACT_NOT_FOUND']));
  });

  it('at the newest block that is final enough', async () => {
    const final = viewed[6]!;
    served.chain.sandbox.acceptOnL1(final.blockNumber);
    await served.ask(STATE, variables(KEY, { blockNumber: 1 }));
    const newest = viewed.at(-1)!.blockNumber + 1;
    let { data, codes } = await served.ask(STATE, variables(KEY, { finality: 'ACCEPTED_ON_L1' }));
    // Each field is a question of its own: the block may become final between two of one request.
    for (let tries = 0; codes.length > 0 && tries < 500; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      ({ data, codes } = await served.ask(STATE, variables(KEY, { finality: 'ACCEPTED_ON_L1' })));
    }
    expectState(data, KEY, final);
    const latest = await served.ask(STATE, variables(KEY, { finality: 'ACCEPTED_ON_L2' }));
    expect(at(latest.data, 'session', 'asOf', 'blockNumber')).toBe(newest);
  });

  it('names what blocks the key at that block, and what would help', async () => {
    const blocksAt = async (index: number, key = KEY) => {
      const { data } = await served.ask(STATE, variables(key, { blockNumber: viewed[index]!.blockNumber }));
      return at(data, 'session', 'blockedBy');
    };
    expect(await blocksAt(1)).toEqual([]);
    expect(await blocksAt(7)).toEqual([
      { code: 'SESSION_REVOKED', repair: 'GRANT', token: null, resetsAt: null },
    ]);
    expect(await blocksAt(14)).toEqual([
      { code: 'SESSION_MAX_CALLS_EXCEEDED', repair: 'RAISE_CALLS', token: null, resetsAt: null },
    ]);
  });

  it('goes on with the block that the pages began at, whatever happens meanwhile', async () => {
    const query = `query ($account: Address!, $after: String) {
      sessions(account: $account, first: 1, after: $after) { nodes { sessionKey callsUsed } pageInfo { endCursor hasNextPage } asOf { blockNumber } }
    }`;
    const first = (await served.ask(query, { account: feltToHex(account.address) })).data['sessions'];
    await served.caughtUp();
    account.change(add(KEY, 9n), { kind: 'RevokeSessionKey', sessionKey: OTHER_KEY });
    await served.caughtUp();
    const after = at(first, 'pageInfo', 'endCursor');
    const { data, codes } = await served.ask(query, { account: feltToHex(account.address), after });
    expect(codes).toEqual([]);
    expect(at(data, 'sessions', 'asOf')).toEqual(at(first, 'asOf'));
    const last = viewed.at(-1)!;
    for (const page of [first, data['sessions']])
      for (const node of listAt(page, 'nodes'))
        expect(BigInt(Number(at(node, 'callsUsed')))).toBe(
          last.sessions.get(BigInt(String(at(node, 'sessionKey'))))!.words[2],
        );
  });

  const HISTORY = `query ($account: Address!, $key: SessionKey!, $first: Int, $after: String) {
    sessionHistory(account: $account, sessionKey: $key, first: $first, after: $after) {
      nodes { kind before { maxCalls } after { maxCalls allowedEntrypoints } inherited inheritedTokens usesSince
        blockNumber transactionHash finality ownerSignature beforeKnown }
      pageInfo { endCursor hasNextPage } asOf { blockNumber } history { complete }
    }
    policyHistory(account: $account, sessionKey: $key, first: $first, after: $after) {
      nodes { kind before { maxPerWindow } after { maxPerWindow } refill spentBefore usesSince blockNumber ownerSignature }
    }
  }`;

  it('tells what the owner did to a key, with what came back with it', async () => {
    const { data, codes } = await served.ask(HISTORY, variables(KEY, {}));
    expect(codes).toEqual([]);
    const inherited = { inherited: true, inheritedTokens: [feltToHex(token)] };
    const own = { inherited: false, inheritedTokens: [] };
    const list = [feltToHex(selectorOf('transfer')), feltToHex(selectorOf('approve'))];
    const signed = { ownerSignature: 'PROVEN_BY_CLASS', beforeKnown: true };
    const blockOf = (index: number) => ({ blockNumber: viewed[index]!.blockNumber });
    expect(listAt(data, 'sessionHistory', 'nodes').slice(-3)).toMatchObject([
      {
        ...{ ...signed, ...inherited, ...blockOf(8), kind: 'GRANTED_AGAIN', usesSince: 3 },
        ...{ before: null, after: { maxCalls: 3, allowedEntrypoints: [] } },
      },
      {
        ...signed,
        ...own,
        ...blockOf(7),
        kind: 'REVOKED',
        before: { maxCalls: 10 },
        after: null,
        usesSince: 0,
      },
      {
        ...{ ...signed, ...own, ...blockOf(0), kind: 'GRANTED', usesSince: 3, before: null },
        after: { maxCalls: 10, allowedEntrypoints: list },
      },
    ]);
    expect(at(data, 'sessionHistory', 'history')).toEqual({ complete: true });
  });

  it('tells what the owner did to its policies, and what was refilled by that', async () => {
    const { data } = await served.ask(HISTORY, variables(KEY, {}));
    const blockOf = (index: number) => ({ blockNumber: viewed[index]!.blockNumber });
    expect(at(data, 'policyHistory', 'nodes')).toMatchObject([
      {
        ...{ kind: 'REMOVED', ...blockOf(13), refill: false, spentBefore: '20' },
        ...{ before: { maxPerWindow: '120' }, after: null },
      },
      {
        ...{ kind: 'SET_AGAIN', ...blockOf(5), refill: true, spentBefore: '40', usesSince: null },
        ...{ before: { maxPerWindow: '100' }, after: { maxPerWindow: '120' } },
      },
      {
        ...{ kind: 'SET', ...blockOf(0), refill: false, spentBefore: null, usesSince: 2 },
        ...{ before: null, after: { maxPerWindow: '100' }, ownerSignature: 'PROVEN_BY_CLASS' },
      },
    ]);
  });

  it('tells it page by page, each entry once', async () => {
    const whole = (await served.ask(HISTORY, variables(KEY, {}))).data;
    const seen: unknown[] = [];
    const query = HISTORY.slice(0, HISTORY.indexOf('policyHistory')) + '}';
    for (let after: unknown, pages = 0; pages < 10; pages += 1) {
      const { data, codes } = await served.ask(query, { ...variables(KEY, {}), first: 1, after });
      expect(codes).toEqual([]);
      seen.push(...listAt(data, 'sessionHistory', 'nodes'));
      if (at(data, 'sessionHistory', 'pageInfo', 'hasNextPage') === false) break;
      after = at(data, 'sessionHistory', 'pageInfo', 'endCursor');
    }
    expect(seen).toEqual(at(whole, 'sessionHistory', 'nodes'));
    expect(seen.length).toBeGreaterThanOrEqual(3);
  });

  const CHANGES = `query ($account: Address!, $from: At!, $to: At) {
    changes(account: $account, from: $from, to: $to) {
      from { blockNumber } to { blockNumber } class { before after changed } complete
      owners { kind owner blockNumber }
      sessions { sessionKey kinds before { status callsUsed } after { status callsUsed policies { storedSpent } } callsUsed }
      policies { sessionKey token kinds before { maxPerWindow storedSpent } after { maxPerWindow storedSpent } spent }
    }
  }`;
  const changesOf = async (from: number, to: number) => {
    const points = {
      from: { blockNumber: viewed[from]!.blockNumber },
      to: { blockNumber: viewed[to]!.blockNumber },
    };
    const { data, codes } = await served.ask(CHANGES, { account: feltToHex(account.address), ...points });
    expect(codes).toEqual([]);
    return data['changes'];
  };

  it('tells what differs between two blocks as the views of both do', async () => {
    for (let from = 0; from < viewed.length; from += 1)
      for (let to = from; to < viewed.length; to += 3) {
        const changes = await changesOf(from, to);
        const [before, after] = [viewed[from]!, viewed[to]!];
        expect(at(changes, 'class')).toEqual({
          before: feltToHex(before.classHash),
          after: feltToHex(after.classHash),
          changed: before.classHash !== after.classHash,
        });
        const told = new Map(listAt(changes, 'sessions').map((node) => [at(node, 'sessionKey'), node]));
        for (const key of KEYS) {
          const node = told.get(feltToHex(key));
          const [was, is] = [before.sessions.get(key)!, after.sessions.get(key)!];
          const differs = String([was.words, was.list]) !== String([is.words, is.list]);
          expect({ from, to, key, differs: node !== undefined || !differs }).toMatchObject({ differs: true });
          if (node === undefined) continue;
          expect(at(node, 'after', 'callsUsed')).toBe(Number(is.words[2]));
          if (at(node, 'before') !== null) expect(at(node, 'before', 'callsUsed')).toBe(Number(was.words[2]));
        }
      }
  });

  it('counts what was used and spent between, and says where nobody can', async () => {
    const own = feltToHex(KEY);
    expect(await changesOf(0, 2)).toMatchObject({
      owners: [],
      sessions: [
        { sessionKey: own, kinds: ['USED'], callsUsed: 2, after: { policies: [{ storedSpent: '40' }] } },
      ],
      policies: [{ kinds: ['SPENT'], spent: '40', before: { storedSpent: '0' } }],
    });
    expect(await changesOf(0, 6)).toMatchObject({
      sessions: expect.arrayContaining([
        expect.objectContaining({ sessionKey: own, kinds: ['USED'], callsUsed: 3 }),
        expect.objectContaining({
          sessionKey: feltToHex(OTHER_KEY),
          kinds: ['GRANTED', 'USED'],
          callsUsed: 1,
        }),
      ]),
      policies: [
        { kinds: ['SET_AGAIN', 'LIMITS_CHANGED', 'SPENT'], spent: '90', after: { storedSpent: '50' } },
      ],
    });
    expect(await changesOf(6, 8)).toMatchObject({
      sessions: [{ kinds: ['GRANTED_AGAIN', 'MAX_CALLS_CHANGED', 'LIST_CHANGED'], callsUsed: null }],
      policies: [],
    });
    // Over the end of a window, and the upgrade to another family: both windows count.
    expect(await changesOf(8, 12)).toMatchObject({
      class: { before: feltToHex(SETTING), after: feltToHex(SPEND), changed: true },
      sessions: [{ kinds: ['USED'], callsUsed: 2 }],
      policies: [
        { kinds: ['SPENT'], spent: '50', before: { storedSpent: '50' }, after: { storedSpent: '20' } },
      ],
    });
    expect(await changesOf(12, 13)).toMatchObject({
      sessions: [],
      policies: [{ kinds: ['REMOVED'], spent: '0', after: null }],
    });
  });

  it('refuses changes from later to earlier, and of an account that is not followed', async () => {
    const codes = async (address: Address, from: number, to: number) =>
      (
        await served.ask(CHANGES, {
          account: feltToHex(address),
          from: { blockNumber: viewed[from]!.blockNumber },
          to: { blockNumber: viewed[to]!.blockNumber },
        })
      ).codes;
    expect(await codes(account.address, 3, 2)).toEqual(['BAD_INPUT']);
    expect(await codes(stranger.address, 2, 3)).toEqual(['ACCOUNT_NOT_FOLLOWED']);
  });

  it('answers every query of the page on time travel', async () => {
    const page = await readFile(new URL('../../docs/how-to/time-travel.md', import.meta.url), 'utf8');
    const queries = [...page.matchAll(/```graphql\n(.*?)```/gs)].map(([, query]) => String(query));
    expect(queries).toHaveLength(4);
    for (const query of queries) {
      const variables = {
        account: feltToHex(account.address),
        key: feltToHex(KEY),
        then: String(viewed[5]!.timestampSeconds),
        from: viewed[2]!.blockNumber,
        to: viewed[9]!.blockNumber,
      };
      const { data, codes } = await served.ask(query, variables);
      expect({ query, codes }).toEqual({ query, codes: [] });
      expect(Object.values(data)).not.toContain(null);
    }
  });

  it('refuses points that are none, and blocks that are not there', async () => {
    const codes = async (point: object) => (await served.ask(STATE, variables(KEY, point))).codes;
    expect(new Set(await codes({}))).toEqual(new Set(['BAD_INPUT']));
    expect(new Set(await codes({ blockNumber: 3, finality: 'ACCEPTED_ON_L2' }))).toEqual(
      new Set(['BAD_INPUT']),
    );
    expect(new Set(await codes({ blockNumber: 9_999 }))).toEqual(new Set(['BLOCK_NOT_INDEXED']));
    expect(new Set(await codes({ timestamp: '5' }))).toEqual(new Set(['BLOCK_NOT_INDEXED']));
  });
});
