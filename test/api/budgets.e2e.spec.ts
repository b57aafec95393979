import { beforeAll, describe, expect, it } from '@jest/globals';
import { feltToHex, toAddress, toSessionKey } from '#libs/felt';
import { headerOf, hexOf, testClassAbi, testClassHash, withDatabase } from '#libs/testing';
import { at, listAt, withServer } from './with-server.ts';

const SETTING = testClassHash('session_account_setting');
const ABI = testClassAbi('session_account_setting');
const [RICH, POOR, ODD] = [toAddress(0xa1n), toAddress(0xa2n), toAddress(0xa3n)];
const [COIN, GEM] = [toAddress(0x70n), toAddress(0x71n)];
const [ONE, TWO, DEAD] = [toSessionKey(0x51n), toSessionKey(0x52n), toSessionKey(0x53n)];
const NOW = 100_000n;
const FAR = 107_999n;

const BUDGETS = `query ($groupBy: [BudgetGroup!], $filter: LedgerFilter) {
  budgets(groupBy: $groupBy, filter: $filter) {
    sums { token { address decimals } remaining remainingScaled limited unlimited unknown account sessionKey label team }
    recordedFrom accounts incompleteAccounts asOf { blockNumber }
  }
}`;
const TOP = `query ($by: TopKeysBy!, $period: PeriodInput, $filter: LedgerFilter, $first: Int, $after: String) {
  topKeys(by: $by, period: $period, filter: $filter, first: $first, after: $after) {
    nodes { account sessionKey label token { symbol } amount amountScaled unbounded callsBurned callsReverted }
    pageInfo { hasNextPage endCursor } asOf { blockNumber } recordedFrom
  }
}`;

describe('budgets and top keys', () => {
  const database = withDatabase();
  const spec = withServer(database);
  const PERIOD = { from: '1970-01-02', to: '1970-01-03' };

  const use = (
    account: bigint,
    key: bigint,
    block: number,
    index: number,
    row: { calls_burned: number; outcome: 'SUCCEEDED' | 'REVERTED' },
  ) =>
    database.db
      .insertInto('uses')
      .values({
        ...{
          network_id: spec.networkId,
          account: hexOf(account),
          block_number: block,
          transaction_index: index,
          event_index: 0,
        },
        ...{
          block_hash: hexOf(headerOf(block, 0n).blockHash),
          transaction_hash: hexOf(BigInt(1000 + index)),
          session_key: hexOf(key),
        },
        ...{ path: 'INVOKE', attribution: 'REPLAY', ...row },
      } as never)
      .execute();
  const debit = (account: bigint, key: bigint, token: bigint, amount: bigint, index: number) =>
    database.db
      .insertInto('debits')
      .values({
        ...{
          network_id: spec.networkId,
          account: hexOf(account),
          block_number: 5,
          transaction_index: index,
          use_index: 1,
          call_index: 0,
        },
        ...{
          block_hash: hexOf(headerOf(5, 0n).blockHash),
          transaction_hash: hexOf(BigInt(1000 + index)),
          session_key: hexOf(key),
        },
        ...{
          token: hexOf(token),
          selector: '0x1',
          counterparty: '0x2',
          amount,
          spent_before: 0n,
          spent_after: amount,
        },
        ...{ window_start_seconds: 0n, window_started: false, cause: 'MATCHED', moved_amount: amount },
      })
      .execute();

  beforeAll(async () => {
    const { rows, networkId } = spec;
    await rows.head(networkId, headerOf(5, 90_000n));
    await rows.head(networkId, headerOf(9, NOW));
    const seed = { classHash: SETTING, abi: ABI, row: { followed_from_block: 1 } };
    for (const account of [RICH, POOR]) await rows.account(networkId, account, seed);
    await rows.account(networkId, ODD, {
      classHash: toAddress(0x0ddn) as never,
      row: { followed_from_block: 1 },
    });
    const live = { valid_until_seconds: FAR, max_calls: 10, calls_used: 3 };
    const policy = { window_seconds: 3_600n, window_start_seconds: 99_000n };
    for (const account of [RICH, POOR, ODD]) await rows.session(networkId, account, ONE, live);
    await rows.session(networkId, RICH, TWO, live);
    await rows.session(networkId, RICH, DEAD, { ...live, calls_used: 10 });
    await rows.policy(networkId, RICH, ONE, COIN, policy);
    await rows.policy(networkId, RICH, TWO, COIN, { ...policy, max_per_window: 0n });
    await rows.policy(networkId, RICH, DEAD, COIN, policy);
    await rows.policy(networkId, RICH, ONE, GEM, { ...policy, max_per_window: 7_000n, spent_in_window: 0n });
    await rows.policy(networkId, POOR, ONE, COIN, { ...policy, max_per_window: 300n });
    await rows.policy(networkId, ODD, ONE, COIN, policy);
    for (const [account, team] of [
      [RICH, 'shop'],
      [POOR, 'shop'],
    ] as const)
      await database.db
        .updateTable('follows')
        .set({ team, label: `of ${team}` })
        .where('account', '=', feltToHex(account))
        .execute();
    await database.db
      .insertInto('tokens')
      .values({
        network_id: networkId,
        address: hexOf(COIN),
        symbol: 'COIN',
        name: null,
        decimals: 2,
        read_at_block: 1,
      })
      .execute();
    await debit(RICH, ONE, COIN, 70n, 1);
    await debit(RICH, TWO, COIN, 90n, 2);
    await debit(POOR, ONE, COIN, 80n, 3);
    await debit(POOR, ONE, GEM, 10n ** 40n, 4);
    await use(RICH, ONE, 5, 1, { calls_burned: 1, outcome: 'SUCCEEDED' });
    await use(RICH, ONE, 5, 2, { calls_burned: 1, outcome: 'REVERTED' });
    await use(POOR, ONE, 5, 3, { calls_burned: 1, outcome: 'REVERTED' });
    await use(POOR, ONE, 9, 4, { calls_burned: 0, outcome: 'REVERTED' });
  });

  const ask = async (query: string, variables: object) => {
    const { data, codes } = await spec.ask(query, variables as Record<string, unknown>);
    expect(codes).toEqual([]);
    return data;
  };

  it('adds up what budgets that limit leave, beside how many do not and how many are not known', async () => {
    const data = await ask(BUDGETS, {});
    expect(at(data, 'budgets')).toMatchObject({
      recordedFrom: 1,
      accounts: 3,
      incompleteAccounts: 0,
      asOf: { blockNumber: 9 },
    });
    // 750 of RICH and 50 of POOR; the key without calls leaves nothing that anybody can spend.
    expect(listAt(data, 'budgets', 'sums')).toEqual([
      {
        token: { address: hexOf(COIN), decimals: 2 },
        ...{ remaining: '800', remainingScaled: '8', limited: 2, unlimited: 1, unknown: 1 },
        ...{ account: null, sessionKey: null, label: null, team: null },
      },
      {
        token: { address: hexOf(GEM), decimals: null },
        ...{ remaining: '7000', remainingScaled: null, limited: 1, unlimited: 0, unknown: 0 },
        ...{ account: null, sessionKey: null, label: null, team: null },
      },
    ]);
  });

  it('says of each budget and debit what it is in whole tokens, and nothing where the token does not say', async () => {
    const account = hexOf(RICH);
    const policies = await ask(
      `query ($account: Address!) { policies(account: $account) { nodes {
        sessionKey token maxPerWindow maxPerWindowScaled maxPerCallScaled effectiveSpent effectiveSpentScaled remaining remainingScaled } } }`,
      { account },
    );
    const found = listAt(policies, 'policies', 'nodes');
    const of = (key: bigint, token: bigint) =>
      found.find((row) => at(row, 'sessionKey') === hexOf(key) && at(row, 'token') === hexOf(token));
    expect(of(ONE, COIN)).toMatchObject({
      ...{ maxPerWindow: '1000', maxPerWindowScaled: '10', remaining: '750', remainingScaled: '7.5' },
      ...{ effectiveSpent: '250', effectiveSpentScaled: '2.5' },
    });
    expect(of(TWO, COIN)).toMatchObject({ remaining: null, remainingScaled: null, maxPerWindowScaled: '0' });
    expect(of(ONE, GEM)).toMatchObject({ remaining: '7000', remainingScaled: null, maxPerCallScaled: null });
    const debits = await ask(
      `query ($account: Address!) { debits(account: $account) { nodes { amount amountScaled movedAmountScaled id } } }`,
      { account: hexOf(POOR) },
    );
    const rows = listAt(debits, 'debits', 'nodes');
    expect(rows.map((row) => [at(row, 'amount'), at(row, 'amountScaled')])).toEqual([
      [String(10n ** 40n), null],
      ['80', '0.8'],
    ]);
    const one = await ask(`query ($id: ID!) { node(id: $id) { ... on Debit { amountScaled } } }`, {
      id: at(rows[1], 'id'),
    });
    expect(at(one, 'node', 'amountScaled')).toBe('0.8');
  });

  it('tells them by account, key and team', async () => {
    const sums = async (groupBy: readonly string[], filter: object = {}) =>
      listAt(await ask(BUDGETS, { groupBy, filter: { token: hexOf(COIN), ...filter } }), 'budgets', 'sums');
    expect(await sums(['ACCOUNT', 'SESSION'])).toMatchObject([
      { account: hexOf(RICH), sessionKey: hexOf(ONE), remaining: '750' },
      { account: hexOf(RICH), sessionKey: hexOf(TWO), remaining: '0', unlimited: 1 },
      { account: hexOf(POOR), sessionKey: hexOf(ONE), remaining: '50' },
      { account: hexOf(ODD), remaining: '0', unknown: 1 },
    ]);
    expect(await sums(['TEAM'])).toMatchObject([
      { team: null, unknown: 1 },
      { team: 'shop', remaining: '800', unlimited: 1 },
    ]);
    expect(await sums(['TOKEN'], { account: hexOf(POOR) })).toMatchObject([{ remaining: '50' }]);
    expect(await sums(['TOKEN'], { team: null })).toMatchObject([{ unknown: 1, limited: 0 }]);
  });

  it('names the keys that spent most of a token, page by page', async () => {
    const variables = { by: 'SPEND', period: PERIOD, filter: { token: hexOf(COIN) } };
    const whole = listAt(await ask(TOP, variables), 'topKeys', 'nodes');
    expect(whole).toMatchObject([
      {
        account: hexOf(RICH),
        sessionKey: hexOf(TWO),
        amount: '90',
        amountScaled: '0.9',
        label: 'of shop',
        unbounded: null,
      },
      { account: hexOf(POOR), amount: '80', token: { symbol: 'COIN' } },
      { account: hexOf(RICH), sessionKey: hexOf(ONE), amount: '70', callsBurned: null },
    ]);
    const first = await ask(TOP, { ...variables, first: 2 });
    const after = at(first, 'topKeys', 'pageInfo', 'endCursor');
    const next = await ask(TOP, { ...variables, first: 2, after });
    expect([...listAt(first, 'topKeys', 'nodes'), ...listAt(next, 'topKeys', 'nodes')]).toEqual(whole);
  });

  it('names the keys that no budget limits before those with the largest budgets to their expiry', async () => {
    const variables = { by: 'EXPOSURE', filter: { token: hexOf(COIN) } };
    const whole = listAt(await ask(TOP, variables), 'topKeys', 'nodes');
    // To the end of the hour of 107999: two windows of an hour, and twice for those cut off.
    expect(whole).toMatchObject([
      { account: hexOf(RICH), sessionKey: hexOf(TWO), unbounded: true, amount: null },
      { account: hexOf(RICH), sessionKey: hexOf(ONE), unbounded: false, amount: '4000' },
      { account: hexOf(ODD), unbounded: false, amount: '4000' },
      { account: hexOf(POOR), unbounded: false, amount: '1200' },
    ]);
    const seen: unknown[] = [];
    for (let after: unknown = undefined, pages = 0; pages < 4; pages += 1) {
      const page = await ask(TOP, { ...variables, first: 1, ...(after !== undefined && { after }) });
      seen.push(...listAt(page, 'topKeys', 'nodes'));
      after = at(page, 'topKeys', 'pageInfo', 'endCursor');
    }
    expect(seen).toEqual(whole);
  });

  it('names the keys that used up most calls, the reverted ones counted', async () => {
    const data = await ask(TOP, { by: 'BURNED_CALLS', period: PERIOD });
    expect(listAt(data, 'topKeys', 'nodes')).toMatchObject([
      {
        account: hexOf(RICH),
        sessionKey: hexOf(ONE),
        callsBurned: 2,
        callsReverted: 1,
        amount: null,
        token: null,
      },
      { account: hexOf(POOR), sessionKey: hexOf(ONE), callsBurned: 1, callsReverted: 1 },
    ]);
  });

  it('refuses what has no order', async () => {
    const codes = async (variables: object) =>
      (await spec.ask(TOP, variables as Record<string, unknown>)).codes;
    expect(await codes({ by: 'SPEND', period: PERIOD })).toEqual(['BAD_INPUT']);
    expect(await codes({ by: 'SPEND', filter: { token: hexOf(COIN) } })).toEqual(['BAD_INPUT']);
    expect(await codes({ by: 'EXPOSURE' })).toEqual(['BAD_INPUT']);
    expect(await codes({ by: 'BURNED_CALLS' })).toEqual(['BAD_INPUT']);
    const recipient = await spec.ask(BUDGETS, { filter: { recipient: '0x2' } });
    expect(recipient.codes).toEqual(['BAD_INPUT']);
  });
});
