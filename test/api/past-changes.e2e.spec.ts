import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Address, feltToHex, selectorOf } from '#libs/felt';
import { withDatabase } from '#libs/testing';
import { KEY, KEYS, livePast, OTHER_KEY, type PastLife, SETTING, SPEND } from './past-life.ts';
import { at, listAt } from './with-server.ts';

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

const CHANGES = `query ($account: Address!, $from: At!, $to: At) {
  changes(account: $account, from: $from, to: $to) {
    from { blockNumber } to { blockNumber } class { before after changed } complete
    owners { kind owner blockNumber }
    sessions { sessionKey kinds before { status callsUsed } after { status callsUsed policies { storedSpent } } callsUsed }
    policies { sessionKey token kinds before { maxPerWindow storedSpent } after { maxPerWindow storedSpent } spent }
  }
}`;

describe('what happened in the past', () => {
  const database = withDatabase();
  let life: PastLife;
  beforeAll(async () => {
    life = await livePast(database);
  });
  afterAll(() => life.served.stop());

  it('tells what the owner did to a key, with what came back with it', async () => {
    const { data, codes } = await life.served.ask(HISTORY, life.variables(KEY, {}));
    expect(codes).toEqual([]);
    const inherited = { inherited: true, inheritedTokens: [feltToHex(life.token)] };
    const own = { inherited: false, inheritedTokens: [] };
    const list = [feltToHex(selectorOf('transfer')), feltToHex(selectorOf('approve'))];
    const signed = { ownerSignature: 'PROVEN_BY_CLASS', beforeKnown: true };
    const blockOf = (index: number) => ({ blockNumber: life.viewed[index]!.blockNumber });
    expect(listAt(data, 'sessionHistory', 'nodes')).toMatchObject([
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
    const { data } = await life.served.ask(HISTORY, life.variables(KEY, {}));
    const blockOf = (index: number) => ({ blockNumber: life.viewed[index]!.blockNumber });
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
    const whole = (await life.served.ask(HISTORY, life.variables(KEY, {}))).data;
    const seen: unknown[] = [];
    const query = HISTORY.slice(0, HISTORY.indexOf('policyHistory')) + '}';
    for (let after: unknown, pages = 0; pages < 10; pages += 1) {
      const { data, codes } = await life.served.ask(query, { ...life.variables(KEY, {}), first: 1, after });
      expect(codes).toEqual([]);
      seen.push(...listAt(data, 'sessionHistory', 'nodes'));
      if (at(data, 'sessionHistory', 'pageInfo', 'hasNextPage') === false) break;
      after = at(data, 'sessionHistory', 'pageInfo', 'endCursor');
    }
    expect(seen).toEqual(at(whole, 'sessionHistory', 'nodes'));
    expect(seen.length).toBeGreaterThanOrEqual(3);
  });

  const changesOf = async (from: number, to: number) => {
    const points = {
      from: { blockNumber: life.viewed[from]!.blockNumber },
      to: { blockNumber: life.viewed[to]!.blockNumber },
    };
    const { data, codes } = await life.served.ask(CHANGES, {
      account: feltToHex(life.account.address),
      ...points,
    });
    expect(codes).toEqual([]);
    return data['changes'];
  };

  it('tells what differs between two blocks as the views of both do', async () => {
    for (let from = 0; from < life.viewed.length; from += 1)
      for (let to = from; to < life.viewed.length; to += 3) {
        const changes = await changesOf(from, to);
        const [before, after] = [life.viewed[from]!, life.viewed[to]!];
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
        await life.served.ask(CHANGES, {
          account: feltToHex(address),
          from: { blockNumber: life.viewed[from]!.blockNumber },
          to: { blockNumber: life.viewed[to]!.blockNumber },
        })
      ).codes;
    expect(await codes(life.account.address, 3, 2)).toEqual(['BAD_INPUT']);
    expect(await codes(life.stranger.address, 2, 3)).toEqual(['ACCOUNT_NOT_FOLLOWED']);
  });
});
