import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Address, feltToHex, type SessionKey, toAddress, toClassHash, toSessionKey } from '#libs/felt';
import { headerOf, hexOf, testClassAbi, testClassHash, withDatabase } from '#libs/testing';
import { at, listAt, withServer } from './with-server.ts';

const SETTING = testClassHash('session_account_setting');
const ABI = testClassAbi('session_account_setting');
const [BOTH, TWO, FREE] = [toAddress(0xa1n), toAddress(0xa2n), toAddress(0xa3n)];
const [ALONE, ODD] = [toAddress(0xa4n), toAddress(0xa5n)];
const KEY = toSessionKey(0x51n);
const OTHER_KEY = toSessionKey(0x52n);
const [COIN, GEM] = [toAddress(0x70n), toAddress(0x71n)];
const NOW = 100_000n;

const BUDGETS = `query ($groupBy: [BudgetGroup!], $filter: LedgerFilter) {
  budgets(groupBy: $groupBy, filter: $filter) {
    sums { group { id name } token { address } remaining remainingScaled limited unlimited unknown account sessionKey team }
    totals { token { address } remaining remainingScaled limited unlimited unknown }
    accountsInSeveralGroups accounts
  }
}`;

interface Row {
  readonly group?: { readonly name: string } | null;
  readonly token: { readonly address: string };
  readonly account?: string | null;
  readonly remaining: string;
  readonly limited: number;
  readonly unlimited: number;
  readonly unknown: number;
}

const groupOf = (row: unknown): string | null => (row as Row).group?.name ?? null;

/** A row as `group token account: remaining of limited, unlimited, unknown`. */
const line = (row: unknown): string => {
  const { token, account, remaining, limited, unlimited, unknown } = row as Row;
  return `${groupOf(row) ?? '-'} ${token.address} ${account ?? '-'}: ${remaining} of ${limited} ${unlimited} ${unknown}`;
};

describe('budgets by group', () => {
  const database = withDatabase();
  const spec = withServer(database);

  const group = async (organisationId: number, name: string, accounts: readonly Address[]) => {
    const id = { organisation_id: organisationId, group_id: `grp_${name}` };
    await database.db
      .insertInto('groups')
      .values({ ...id, name })
      .execute();
    for (const account of accounts)
      await database.db
        .insertInto('group_members')
        .values({ ...id, network_id: spec.networkId, account: feltToHex(account) })
        .execute();
  };

  beforeAll(async () => {
    const { rows, networkId } = spec;
    await rows.head(networkId, headerOf(9, NOW));
    const followed = { row: { followed_from_block: 1 } };
    for (const account of [BOTH, TWO, FREE, ALONE, ODD]) {
      const known = account === ODD ? { classHash: toClassHash(0x0ddn) } : { classHash: SETTING, abi: ABI };
      await rows.account(networkId, account, { ...followed, ...known });
      for (const key of [KEY, OTHER_KEY])
        await rows.session(networkId, account, key, {
          valid_until_seconds: 107_999n,
          max_calls: 10,
          calls_used: 3,
        });
    }
    const policy = (account: Address, key: SessionKey, token: Address, most: bigint) =>
      rows.policy(networkId, account, key, token, {
        ...{
          window_seconds: 3_600n,
          window_start_seconds: 99_000n,
          max_per_window: most,
          spent_in_window: 250n,
        },
      });
    await policy(BOTH, KEY, COIN, 1_000n);
    await policy(BOTH, OTHER_KEY, COIN, 500n);
    await policy(BOTH, KEY, GEM, 7_250n);
    await policy(TWO, KEY, COIN, 300n);
    await policy(FREE, KEY, COIN, 0n);
    await policy(ALONE, KEY, COIN, 290n);
    await policy(ODD, KEY, COIN, 1_000n);
    await group(1, 'one', [BOTH, FREE]);
    await group(1, 'two', [BOTH, TWO]);
    await group(1, 'empty', []);
    await database.db
      .insertInto('tokens')
      .values({
        ...{ network_id: networkId, address: hexOf(COIN), symbol: 'COIN', name: null, decimals: 2 },
        read_at_block: 1,
      })
      .execute();
  });

  const budgets = async (variables: object, key?: string) => {
    const asked = variables as Record<string, unknown>;
    const { data, codes } = await spec.ask(BUDGETS, asked, ...(key === undefined ? [] : [{ as: { key } }]));
    expect(codes).toEqual([]);
    return at(data, 'budgets');
  };

  it('counts an account in each of its groups, and once in the totals', async () => {
    const answer = await budgets({ groupBy: ['GROUP'] });
    expect(listAt(answer, 'sums').map(line)).toEqual([
      '- 0x70 -: 40 of 1 0 1',
      'one 0x70 -: 1000 of 2 1 0',
      'one 0x71 -: 7000 of 1 0 0',
      'two 0x70 -: 1050 of 3 0 0',
      'two 0x71 -: 7000 of 1 0 0',
    ]);
    expect(listAt(answer, 'totals').map(line)).toEqual([
      '- 0x70 -: 1090 of 4 1 1',
      '- 0x71 -: 7000 of 1 0 0',
    ]);
    expect(at(answer, 'accountsInSeveralGroups')).toBe(1);
    expect(listAt(answer, 'sums').map((row) => at(row, 'group'))).toContainEqual({
      id: 'grp_one',
      name: 'one',
    });
    expect(listAt(answer, 'totals')[0]).toMatchObject({ remaining: '1090', remainingScaled: '10.9' });
  });

  it('has totals whatever they are grouped by, to which all other sums come', async () => {
    const totals = listAt(await budgets({}), 'totals').map(line);
    for (const groupBy of [[], ['ACCOUNT'], ['TEAM', 'SESSION'], ['LABEL', 'COST_CENTRE']]) {
      const answer = await budgets({ groupBy });
      expect(listAt(answer, 'totals').map(line)).toEqual(totals);
      const sums = listAt(answer, 'sums').filter((row) => at(row, 'token', 'address') === hexOf(COIN));
      expect(sums.reduce<bigint>((sum, row) => sum + BigInt(String(at(row, 'remaining'))), 0n)).toBe(1_090n);
      expect(at(answer, 'accountsInSeveralGroups')).toBeNull();
      expect(sums.map((row) => at(row, 'group'))).toEqual(sums.map(() => null));
    }
  });

  it('tells them by group and more', async () => {
    const answer = await budgets({ groupBy: ['ACCOUNT', 'GROUP'], filter: { token: hexOf(COIN) } });
    expect(listAt(answer, 'sums').map(line)).toEqual([
      'one 0x70 0xa1: 1000 of 2 0 0',
      'two 0x70 0xa1: 1000 of 2 0 0',
      'two 0x70 0xa2: 50 of 1 0 0',
      'one 0x70 0xa3: 0 of 0 1 0',
      '- 0x70 0xa4: 40 of 1 0 0',
      '- 0x70 0xa5: 0 of 0 0 1',
    ]);
  });

  it('takes the accounts of one group, told by all groups that they are in', async () => {
    const filter = { group: 'grp_two', token: hexOf(COIN) };
    const answer = await budgets({ groupBy: ['GROUP'], filter });
    expect(listAt(answer, 'sums').map(line)).toEqual([
      'one 0x70 -: 1000 of 2 0 0',
      'two 0x70 -: 1050 of 3 0 0',
    ]);
    expect(listAt(answer, 'totals').map(line)).toEqual(['- 0x70 -: 1050 of 3 0 0']);
    expect(at(answer, 'accounts')).toBe(2);
    const alone = await budgets({ groupBy: ['GROUP'], filter: { account: hexOf(TWO) } });
    expect(at(alone, 'accountsInSeveralGroups')).toBe(0);
    const none = await budgets({ groupBy: ['GROUP'], filter: { group: 'grp_empty' } });
    expect(none).toMatchObject({ sums: [], totals: [], accounts: 0, accountsInSeveralGroups: 0 });
  });

  it('never tells the groups of another organisation, nor to a key those of accounts that it does not see', async () => {
    const other = await database.organisation('other');
    for (const account of [BOTH, TWO, ALONE]) await other.follow(spec.networkId, account, { label: 'mine' });
    await group(other.id, 'theirs', [BOTH, ALONE]);
    const names = (answer: unknown) => new Set(listAt(answer, 'sums').map(groupOf));
    expect(names(await budgets({ groupBy: ['GROUP'] }))).toEqual(new Set([null, 'one', 'two']));
    const key = await spec.access.makeKey(other.id, { role: 'FINANCE' });
    const theirs = await budgets({ groupBy: ['GROUP'] }, key.text);
    expect(names(theirs)).toEqual(new Set([null, 'theirs']));
    expect(theirs).toMatchObject({ accounts: 3, accountsInSeveralGroups: 0 });
    const none = await budgets({ groupBy: ['GROUP'], filter: { group: 'grp_two' } }, key.text);
    expect(none).toMatchObject({ sums: [], accounts: 0 });
    const scope = { accounts: [`${spec.networkId}/${feltToHex(TWO)}`], labels: [] };
    const limited = await spec.access.makeKey(1, { role: 'FINANCE', scope });
    expect(names(await budgets({ groupBy: ['GROUP'] }, limited.text))).toEqual(new Set(['two']));
  });
});
