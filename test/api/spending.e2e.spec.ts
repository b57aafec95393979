import { beforeAll, describe, expect, it } from '@jest/globals';
import { SELECTORS } from '#libs/account';
import { ChainError } from '#libs/chain';
import { type Felt, splitU256, toAddress } from '#libs/felt';
import { foldSpending, writeSpending } from '#libs/spending';
import { headerOf, hexOf, testClassAbi, testClassHash, withDatabase } from '#libs/testing';
import {
  ACCOUNT,
  KEY,
  movedFact,
  OTHER,
  OTHER_KEY,
  SHOP,
  TOKEN,
  useFact,
} from '../../libs/spending/spec/facts.builder.ts';
import { at, HEAD, listAt, withServer } from './with-server.ts';

const SETTING = testClassHash('session_account_setting');
const ABI = testClassAbi('session_account_setting');
const PENDING = toAddress(0x9e4dn);
const LATE = toAddress(0x1a7en);
const COIN = toAddress(0xc014n);
/** Of which the index knows the decimals by some other account alone. */
const FOREIGN = toAddress(0xf04e16n);
const FAR = 1_000n + 3_600n;

const LISTS = `query ($account: Address!, $key: SessionKey, $token: Address, $first: Int, $after: String, $from: Timestamp, $to: Timestamp, $fromBlock: Count, $toBlock: Count, $debitCause: [DebitCause!], $cause: [MovementCause!], $afterMove: String) {
  debits(account: $account, sessionKey: $key, token: $token, first: $first, after: $after, from: $from, to: $to, fromBlock: $fromBlock, toBlock: $toBlock, cause: $debitCause) {
    nodes { blockNumber timestamp sessionKey token amount cause movedAmount selectorName counterparty windowStart callIndex }
    pageInfo { hasNextPage endCursor } recordedFrom asOf { blockNumber }
  }
  movements(account: $account, sessionKey: $key, token: $token, first: $first, after: $afterMove, from: $from, to: $to, fromBlock: $fromBlock, toBlock: $toBlock, cause: $cause) {
    nodes { blockNumber eventIndex token amount cause direction counterparty sessionKey callIndex sender }
    pageInfo { hasNextPage endCursor }
  }
}`;
const SUMMARY = `query ($account: Address!, $key: SessionKey, $token: Address, $from: Timestamp, $to: Timestamp) {
  spendingSummary(account: $account, sessionKey: $key, token: $token, from: $from, to: $to) {
    tokens { token debited debitedScaled moved movedScaled difference differenceScaled refunded refundedScaled received receivedScaled
      causes { cause debited debitedScaled moved movedScaled difference differenceScaled debits movements } }
    recordedFrom
  }
}`;
const RISK = `query ($account: Address!, $key: SessionKey, $tokens: [Address!]) {
  risk(account: $account, sessionKey: $key, tokens: $tokens) {
    tokens { token balance kind atRisk keys {
      sessionKey kind atRisk throughBudgets throughAllowances usableUntil allowances { spender amount } reasons { code }
    } }
    asOf { blockNumber }
  }
}`;

describe('spending', () => {
  const database = withDatabase();
  const spec = withServer(database);
  const variables = { account: hexOf(ACCOUNT) };

  beforeAll(async () => {
    const { rows, networkId, chain } = spec;
    const blocks = [
      [97, 700n],
      [98, 800n],
      [99, 900n],
    ] as const;
    for (const [number, seconds] of blocks) await rows.head(networkId, headerOf(number, seconds));
    await rows.head(networkId, HEAD);
    await rows.account(networkId, ACCOUNT, { classHash: SETTING, abi: ABI, row: { followed_from_block: 7 } });
    await rows.account(networkId, LATE, { classHash: SETTING, abi: ABI, stateFrom: 50 });
    await rows.account(networkId, PENDING, { row: { status: 'PENDING', followed_from_block: null } });
    const listed = {
      allowed_entrypoints: [SELECTORS.transfer, SELECTORS.approve].map(hexOf),
      allowed_entrypoints_len: 2,
      valid_until_seconds: FAR,
    };
    for (const account of [ACCOUNT, LATE]) {
      await rows.session(networkId, account, KEY, listed);
      await rows.policy(networkId, account, KEY, TOKEN, {
        window_start_seconds: 950n,
        window_seconds: 3_600n,
      });
    }
    await rows.session(networkId, ACCOUNT, OTHER_KEY, { valid_until_seconds: 0n, lifecycle: 'REVOKED' });
    const entries = [
      [
        97,
        [
          useFact([{}, { name: 'approve', amount: 70n, failed: true }]),
          movedFact(0),
          movedFact(1, { from: SHOP, to: ACCOUNT, amount: 4n }),
        ],
      ],
      [
        98,
        [
          useFact([{ name: 'approve', amount: 30n }]),
          movedFact(0, { token: COIN, authorities: ['OWNER'], transactionIndex: 5 }),
        ],
      ],
      [
        99,
        [
          useFact([{ amount: 2n }, { name: 'approve', to: COIN, counted: false }], { sessionKey: OTHER_KEY }),
          movedFact(0, { amount: 2n }),
          movedFact(1, { amount: 50n, to: OTHER }),
        ],
      ],
    ] as const;
    await database.commit((trx) =>
      writeSpending(
        trx,
        networkId,
        entries.map(([number, facts]) => ({
          account: ACCOUNT,
          block: headerOf(number, 0n),
          entries: foldSpending(ACCOUNT, facts),
        })),
      ),
    );
    const token = (balance: bigint, allowed: bigint | undefined) => ({
      classHash: SETTING,
      abi: [],
      views: (selector: Felt): readonly Felt[] | undefined => {
        if (selector === SELECTORS.balance_of) return splitU256(balance);
        return selector === SELECTORS.allowance && allowed !== undefined ? splitU256(allowed) : undefined;
      },
    });
    chain.accounts.set(TOKEN, token(10_000n, 25n));
    chain.accounts.set(COIN, token(10_000n, undefined));
    chain.accounts.set(FOREIGN, token(10_000n, undefined));
  });

  it('says what is at risk in whole tokens of those of the account, and of others not whether they are known', async () => {
    await database.db
      .insertInto('tokens')
      .values(
        [TOKEN, COIN, FOREIGN].map((token) => ({
          ...{ network_id: spec.networkId, address: hexOf(token), symbol: null, name: null },
          ...{ decimals: 3, read_at_block: 1 },
        })),
      )
      .execute();
    const query = `query ($account: Address!, $tokens: [Address!]) {
      risk(account: $account, tokens: $tokens) { tokens { balance balanceScaled keys { atRisk atRiskScaled } } }
    }`;
    const tokens = [TOKEN, COIN, FOREIGN].map(hexOf);
    const { data, codes } = await spec.ask(query, { ...variables, tokens });
    await database.sql`delete from tokens`;
    expect(codes).toEqual([]);
    const [own, moved, foreign] = listAt(data, 'risk', 'tokens');
    expect(own).toMatchObject({ balance: '10000', balanceScaled: '10' });
    expect(moved).toMatchObject({ balance: '10000', balanceScaled: '10' });
    expect(foreign).toMatchObject({ balance: '10000', balanceScaled: null });
    expect(listAt(foreign, 'keys').map((key) => at(key, 'atRiskScaled'))).toEqual(
      listAt(foreign, 'keys').map(() => null),
    );
    expect(listAt(own, 'keys').some((key) => typeof at(key, 'atRiskScaled') === 'string')).toBe(true);
  });

  it('lists debits and movements, the newest first, with what they are about', async () => {
    const { data, codes } = await spec.ask(LISTS, variables);
    expect(codes).toEqual([]);
    expect(at(data, 'debits', 'recordedFrom')).toBe(7);
    expect(at(data, 'debits', 'asOf', 'blockNumber')).toBe(100);
    expect(listAt(data, 'debits', 'nodes')).toMatchObject([
      {
        blockNumber: 99,
        timestamp: '900',
        amount: '2',
        cause: 'MATCHED',
        movedAmount: '2',
        sessionKey: hexOf(OTHER_KEY),
      },
      {
        blockNumber: 98,
        cause: 'APPROVE_ONLY',
        movedAmount: '0',
        selectorName: 'approve',
        counterparty: hexOf(SHOP),
      },
      { blockNumber: 97, cause: 'FAILED_INNER_CALL', callIndex: 1 },
      { blockNumber: 97, cause: 'MATCHED', callIndex: 0, windowStart: '100' },
    ]);
    expect(listAt(data, 'movements', 'nodes')).toMatchObject([
      { blockNumber: 99, amount: '50', cause: 'UNEXPLAINED', sessionKey: null, callIndex: null },
      { blockNumber: 99, amount: '2', cause: 'MATCHED', sessionKey: hexOf(OTHER_KEY), callIndex: 0 },
      { blockNumber: 98, token: hexOf(COIN), cause: 'OWNER', sender: hexOf(ACCOUNT) },
      { blockNumber: 97, direction: 'IN', cause: 'REFUND', amount: '4' },
      { blockNumber: 97, direction: 'OUT', cause: 'MATCHED', counterparty: hexOf(SHOP) },
    ]);
  });

  it('goes on behind a cursor until every row was seen once', async () => {
    const seen: unknown[][] = [[], []];
    let [after, afterMove]: (string | null)[] = [null, null];
    for (let pages = 0; pages < 5; pages += 1) {
      const { data } = await spec.ask(LISTS, {
        ...variables,
        first: 1,
        ...(after ? { after } : {}),
        ...(afterMove ? { afterMove } : {}),
      });
      if (pages < 4) seen[0]!.push(...listAt(data, 'debits', 'nodes'));
      seen[1]!.push(...listAt(data, 'movements', 'nodes'));
      expect(at(data, 'movements', 'pageInfo', 'hasNextPage')).toBe(pages < 4);
      if (pages < 3) after = at(data, 'debits', 'pageInfo', 'endCursor') as string;
      afterMove = at(data, 'movements', 'pageInfo', 'endCursor') as string;
    }
    const whole = await spec.ask(LISTS, variables);
    expect(seen).toEqual([listAt(whole.data, 'debits', 'nodes'), listAt(whole.data, 'movements', 'nodes')]);
  });

  it.each([
    [{ key: hexOf(OTHER_KEY) }, [99], [99]],
    [{ token: hexOf(COIN) }, [], [98]],
    [{ fromBlock: 98, toBlock: 98 }, [98], [98]],
    [{ from: '701', to: '899' }, [98], [98]],
    [{ from: '800', to: '800' }, [98], [98]],
    [{ from: '5000' }, [], []],
    [{ to: '5' }, [], []],
    [{ debitCause: ['APPROVE_ONLY'], cause: ['OWNER', 'REFUND'] }, [98], [98, 97]],
  ])('filters by %j', async (filter, debits, movements) => {
    const { data, codes } = await spec.ask(LISTS, { ...variables, ...filter });
    expect(codes).toEqual([]);
    const blocksOf = (list: string) => listAt(data, list, 'nodes').map((node) => at(node, 'blockNumber'));
    expect([blocksOf('debits'), blocksOf('movements')]).toEqual([debits, movements]);
  });

  it('refuses what has no answer, with a code', async () => {
    const ask = async (filter: object) => (await spec.ask(SUMMARY, { ...variables, ...filter })).codes;
    expect(await ask({ account: hexOf(PENDING) })).toEqual(['ACCOUNT_NOT_FOLLOWED']);
    expect(await ask({ from: '9', to: '8' })).toEqual(['BAD_INPUT']);
    const page = await spec.ask(LISTS, { ...variables, first: 1 });
    const after = at(page.data, 'debits', 'pageInfo', 'endCursor');
    expect((await spec.ask(LISTS, { ...variables, after, token: hexOf(COIN) })).codes).toEqual([
      'BAD_CURSOR',
    ]);
  });

  it('sums both ledgers so that the parts are the whole', async () => {
    const { data } = await spec.ask(SUMMARY, variables);
    const [token, coin] = listAt(data, 'spendingSummary', 'tokens').toSorted((a, b) =>
      at(a, 'token') === hexOf(TOKEN) ? -1 : at(b, 'token') === hexOf(TOKEN) ? 1 : 0,
    );
    expect(coin).toMatchObject({
      debited: '0',
      moved: '10',
      difference: '-10',
      causes: [{ cause: 'OWNER' }],
    });
    expect(token).toMatchObject({
      debited: '112',
      moved: '62',
      difference: '50',
      refunded: '4',
      received: '0',
    });
    const causes = listAt(token, 'causes');
    expect(causes).toMatchObject([
      { cause: 'APPROVE_ONLY', debited: '30', moved: '0', debits: 1, movements: 0 },
      { cause: 'FAILED_INNER_CALL', debited: '70', difference: '70' },
      { cause: 'MATCHED', debited: '12', moved: '12', difference: '0', debits: 2, movements: 2 },
      { cause: 'UNEXPLAINED', debited: '0', moved: '50', difference: '-50' },
    ]);
    for (const name of ['debited', 'moved', 'difference']) {
      const sum = causes.reduce<bigint>((total, part) => total + BigInt(String(at(part, name))), 0n);
      expect(sum.toString()).toBe(at(token, name));
    }
    const part = await spec.ask(SUMMARY, { ...variables, key: hexOf(KEY), from: '800' });
    expect(listAt(part.data, 'spendingSummary', 'tokens')).toMatchObject([{ debited: '30', moved: '0' }]);
  });

  it('sums them in whole tokens too, below 0 as well, and not of a token that does not say its decimals', async () => {
    await database.db
      .insertInto('tokens')
      .values({
        ...{ network_id: spec.networkId, address: hexOf(TOKEN), symbol: null, name: null },
        decimals: 1,
        read_at_block: 1,
      })
      .execute();
    const { data } = await spec.ask(SUMMARY, variables);
    const ofToken = (token: bigint) =>
      listAt(data, 'spendingSummary', 'tokens').find((sums) => at(sums, 'token') === hexOf(token));
    expect(ofToken(TOKEN)).toMatchObject({
      ...{ debited: '112', debitedScaled: '11.2', moved: '62', movedScaled: '6.2' },
      ...{
        difference: '50',
        differenceScaled: '5',
        refundedScaled: '0.4',
        received: '0',
        receivedScaled: '0',
      },
      causes: [
        { cause: 'APPROVE_ONLY', debitedScaled: '3', movedScaled: '0', differenceScaled: '3' },
        { cause: 'FAILED_INNER_CALL', debitedScaled: '7', differenceScaled: '7' },
        { cause: 'MATCHED', debitedScaled: '1.2', movedScaled: '1.2', differenceScaled: '0' },
        {
          cause: 'UNEXPLAINED',
          debitedScaled: '0',
          movedScaled: '5',
          difference: '-50',
          differenceScaled: '-5',
        },
      ],
    });
    expect(ofToken(COIN)).toMatchObject({
      ...{
        difference: '-10',
        debitedScaled: null,
        movedScaled: null,
        differenceScaled: null,
        refundedScaled: null,
      },
      ...{ receivedScaled: null, causes: [{ cause: 'OWNER', movedScaled: null, differenceScaled: null }] },
    });
  });

  it('bounds what keys may take, with balances and allowances of the same block', async () => {
    const { data, codes } = await spec.ask(RISK, variables);
    expect(codes).toEqual([]);
    const [token, coin] = listAt(data, 'risk', 'tokens');
    // 750 are left now; the window ends at 4550 and the key works to 7199: one more window.
    expect(token).toMatchObject({ token: hexOf(TOKEN), balance: '10000', kind: 'BOUNDED', atRisk: '1775' });
    expect(listAt(token, 'keys')).toMatchObject([
      {
        sessionKey: hexOf(KEY),
        atRisk: '1775',
        throughBudgets: '1750',
        throughAllowances: '25',
        usableUntil: '7199',
        allowances: [{ spender: hexOf(SHOP), amount: '25' }],
        reasons: [{ code: 'SIGNATURES_NOT_COVERED' }, { code: 'ALLOWANCES_LIVE' }],
      },
      {
        sessionKey: hexOf(OTHER_KEY),
        atRisk: '0',
        usableUntil: null,
        reasons: [{ code: 'KEY_NOT_REGISTERED' }],
      },
    ]);
    // The coin does not say what a dead key's spender may still draw: the balance bounds it, for each key.
    expect(coin).toMatchObject({ token: hexOf(COIN), kind: 'BOUNDED', atRisk: '10000' });
    expect(listAt(coin, 'keys', 1, 'reasons')).toEqual([
      { code: 'KEY_NOT_REGISTERED' },
      { code: 'ALLOWANCE_UNKNOWN' },
    ]);
  });

  it('says what it does not know: approvals from before, tokens that say nothing, a node that does not answer', async () => {
    const late = await spec.ask(RISK, { account: hexOf(LATE), tokens: [TOKEN].map(hexOf) });
    expect(listAt(late.data, 'risk', 'tokens', 0, 'keys')).toMatchObject([
      { atRisk: '10000', throughAllowances: null, reasons: [{}, { code: 'APPROVALS_UNKNOWN' }] },
    ]);
    const silent = await spec.ask(RISK, { ...variables, key: hexOf(OTHER_KEY), tokens: ['0x51'] });
    expect(listAt(silent.data, 'risk', 'tokens')).toMatchObject([{ balance: null, atRisk: '0' }]);
    const open = await spec.ask(RISK, { ...variables, key: hexOf(KEY), tokens: ['0x51'] });
    expect(listAt(open.data, 'risk', 'tokens')).toMatchObject([
      { balance: null, kind: 'UNKNOWN', atRisk: null },
    ]);
    expect((await spec.ask(RISK, { ...variables, key: '0x99' })).codes).toEqual(['SESSION_NOT_REGISTERED']);
    const many = Array.from({ length: 21 }, (_, index) => hexOf(BigInt(index + 1)));
    expect((await spec.ask(RISK, { ...variables, tokens: many })).codes).toEqual(['BAD_INPUT']);
    spec.chain.failure = new ChainError('RPC_UNAVAILABLE', 'nobody answers');
    expect((await spec.ask(RISK, variables)).codes).toEqual(['NODE_UNAVAILABLE']);
    spec.chain.failure = undefined;
  });
});
