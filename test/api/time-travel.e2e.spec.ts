import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { feltToHex, type SessionKey } from '#libs/felt';
import { withDatabase } from '#libs/testing';
import { granting, KEY, KEYS, livePast, OTHER_KEY, type PastLife, SETTING } from './past-life.ts';
import type { ViewedBlock } from './sandbox-history.ts';
import { at, listAt } from './with-server.ts';

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
  let life: PastLife;
  beforeAll(async () => {
    life = await livePast(database);
  });
  afterAll(() => life.served.stop());

  /** A key that was never granted up to the block is refused, whatever the views' zeros say. */
  const wasGranted = (key: SessionKey, blockNumber: number) =>
    life.viewed.some((block) => block.blockNumber <= blockNumber && block.sessions.get(key)!.words[0] !== 0n);

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
    for (const block of life.viewed)
      for (const key of KEYS)
        for (const point of [
          { blockNumber: block.blockNumber },
          { timestamp: String(block.timestampSeconds) },
        ]) {
          const { data, codes } = await life.served.ask(STATE, life.variables(key, point));
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
    for (const block of life.viewed) {
      const { data, codes } = await life.served.ask(
        LISTS,
        life.variables(KEY, { blockNumber: block.blockNumber }),
      );
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
          address: feltToHex(life.account.address),
          classHash: feltToHex(block.classHash),
          sessionKeyCount: granted.length,
        },
      ]);
    }
  });

  it('of an account that is not followed, from the node at that block', async () => {
    for (const block of life.viewed) {
      const { data, codes } = await life.served.ask(
        STATE,
        life.variables(KEY, { blockNumber: block.blockNumber + 1 }, life.stranger.address),
      );
      expect(codes).toEqual([]);
      expect(data['session']).toMatchObject({
        source: 'NODE',
        callsUsed: Number(block.sessions.get(KEY)!.words[2]),
        classHash: feltToHex(block.classHash),
        asOf: { blockNumber: block.blockNumber + 1 },
      });
    }
    const early = await life.served.ask(
      STATE,
      life.variables(KEY, { blockNumber: 1 }, life.stranger.address),
    );
    expect(new Set(early.codes)).toEqual(new Set(['CONTRACT_NOT_FOUND']));
  });

  it('at the newest block that is final enough', async () => {
    const final = life.viewed[6]!;
    life.served.chain.sandbox.acceptOnL1(final.blockNumber);
    await life.served.ask(STATE, life.variables(KEY, { blockNumber: 1 }));
    const newest = life.viewed.at(-1)!.blockNumber + 1;
    let { data, codes } = await life.served.ask(STATE, life.variables(KEY, { finality: 'ACCEPTED_ON_L1' }));
    // Each field is a question of its own: the block may become final between two of one request.
    for (let tries = 0; codes.length > 0 && tries < 500; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      ({ data, codes } = await life.served.ask(STATE, life.variables(KEY, { finality: 'ACCEPTED_ON_L1' })));
    }
    expectState(data, KEY, final);
    const latest = await life.served.ask(STATE, life.variables(KEY, { finality: 'ACCEPTED_ON_L2' }));
    expect(at(latest.data, 'session', 'asOf', 'blockNumber')).toBe(newest);
  });

  it('names what blocks the key at that block, and what would help', async () => {
    const blocksAt = async (index: number, key = KEY) => {
      const { data } = await life.served.ask(
        STATE,
        life.variables(key, { blockNumber: life.viewed[index]!.blockNumber }),
      );
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
    const first = (await life.served.ask(query, { account: feltToHex(life.account.address) })).data[
      'sessions'
    ];
    await life.served.caughtUp();
    life.account.change(granting(KEY, 9n), { kind: 'RevokeSessionKey', sessionKey: OTHER_KEY });
    await life.served.caughtUp();
    const after = at(first, 'pageInfo', 'endCursor');
    const { data, codes } = await life.served.ask(query, { account: feltToHex(life.account.address), after });
    expect(codes).toEqual([]);
    expect(at(data, 'sessions', 'asOf')).toEqual(at(first, 'asOf'));
    const last = life.viewed.at(-1)!;
    for (const page of [first, data['sessions']])
      for (const node of listAt(page, 'nodes'))
        expect(BigInt(Number(at(node, 'callsUsed')))).toBe(
          last.sessions.get(BigInt(String(at(node, 'sessionKey'))))!.words[2],
        );
  });

  it('answers every query of the page on time travel', async () => {
    const page = await readFile(new URL('../../docs/how-to/time-travel.md', import.meta.url), 'utf8');
    const queries = [...page.matchAll(/```graphql\n(.*?)```/gs)].map(([, query]) => String(query));
    expect(queries).toHaveLength(4);
    for (const query of queries) {
      const variables = {
        account: feltToHex(life.account.address),
        key: feltToHex(KEY),
        then: String(life.viewed[5]!.timestampSeconds),
        from: life.viewed[2]!.blockNumber,
        to: life.viewed[9]!.blockNumber,
      };
      const { data, codes } = await life.served.ask(query, variables);
      expect({ query, codes }).toEqual({ query, codes: [] });
      expect(Object.values(data)).not.toContain(null);
    }
  });

  it('refuses points that are none, and blocks that are not there', async () => {
    const codes = async (point: object) => (await life.served.ask(STATE, life.variables(KEY, point))).codes;
    expect(new Set(await codes({}))).toEqual(new Set(['BAD_INPUT']));
    expect(new Set(await codes({ blockNumber: 3, finality: 'ACCEPTED_ON_L2' }))).toEqual(
      new Set(['BAD_INPUT']),
    );
    expect(new Set(await codes({ blockNumber: 9_999 }))).toEqual(new Set(['BLOCK_NOT_INDEXED']));
    expect(new Set(await codes({ timestamp: '5' }))).toEqual(new Set(['BLOCK_NOT_INDEXED']));
  });
});
