import { beforeAll, describe, expect, it } from '@jest/globals';
import { toFelt } from '#libs/felt';
import { cutSpendingAbove } from '#libs/spending';
import { headerOf, hexOf, withDatabase } from '#libs/testing';
import {
  ACCOUNTS,
  KEYS,
  type LedgerWorld,
  makeWorld,
  SHOPS,
  TOKENS,
  writeWorld,
} from '../../libs/spending/spec/finance-world.ts';
import {
  asked,
  byHand,
  type Group,
  type LedgerRow,
  PERIOD,
  toldByGroup,
  writeNames,
} from './spending-by-hand.ts';
import { at, listAt, withServer } from './with-server.ts';

const SPENDING = `query ($input: SpendingInput!, $first: Int, $after: String) {
  spending(input: $input, first: $first, after: $after) {
    rows { periodStart periodEnd account sessionKey recipient label team costCentre group { id name }
      token { address symbol decimals } debited debitedScaled moved movedScaled received debits movements }
    accountsInSeveralGroups
    totals { token { address } debited debitedScaled moved received debits movements }
    period { from to timeZone } pageInfo { hasNextPage endCursor } recordedFrom accounts incompleteAccounts asOf { blockNumber }
  }
}`;

describe('spending over all accounts', () => {
  const database = withDatabase();
  const spec = withServer(database);
  let world: LedgerWorld;

  beforeAll(async () => {
    world = makeWorld(spec.networkId, 7);
    await writeWorld(database.db, spec.rows, spec.networkId, world);
    await writeNames(database.db, spec.networkId);
  });

  const report = async (groupBy: readonly Group[], more: object = {}, page: object = {}) => {
    const { data, codes } = await spec.ask(SPENDING, {
      input: { period: PERIOD, groupBy, ...more },
      ...page,
    });
    expect(codes).toEqual([]);
    return at(data, 'spending');
  };

  it.each<[Group[]]>([
    [['DAY', 'TOKEN']],
    [['WEEK', 'TOKEN']],
    [['TOKEN']],
    [['ACCOUNT', 'TOKEN']],
    [['SESSION', 'TOKEN']],
    [['RECIPIENT', 'TOKEN']],
    [['LABEL', 'TOKEN']],
    [['TEAM', 'WEEK', 'TOKEN']],
    [['TOKEN', 'ACCOUNT', 'SESSION']],
  ])('adds up by %j what somebody would by hand', async (groups) => {
    const answer = await report(groups, {}, { first: 100 });
    const rows = byHand(world, groups, PERIOD);
    expect(rows.length).toBeGreaterThan(1);
    expect(asked(listAt(answer, 'rows'), groups)).toEqual(rows.slice(0, 100));
    expect(asked(listAt(answer, 'totals'), ['TOKEN'])).toEqual(byHand(world, ['TOKEN'], PERIOD));
  });

  it.each([
    ['America/Los_Angeles'],
    ['Asia/Kolkata'],
    ['Pacific/Kiritimati'],
    ['Australia/Lord_Howe'],
    ['America/Havana'],
    ['UTC'],
  ])('takes the days of %s', async (timeZone) => {
    const period = { ...PERIOD, timeZone };
    const answer = await report(['DAY', 'TOKEN'], { period }, { first: 100 });
    expect(asked(listAt(answer, 'rows'), ['DAY', 'TOKEN'])).toEqual(byHand(world, ['DAY', 'TOKEN'], period));
    const months = await report(['MONTH', 'TOKEN'], { period });
    expect(asked(listAt(months, 'rows'), ['MONTH', 'TOKEN'])).toEqual(
      byHand(world, ['MONTH', 'TOKEN'], period, true),
    );
  });

  it('never adds tokens together, asked for or not, and says whole tokens where the decimals are known', async () => {
    const answer = await report(['TEAM']);
    const [coin, other] = TOKENS.map((token) =>
      listAt(answer, 'rows').filter((row) => at(row, 'token', 'address') === hexOf(token)),
    );
    expect([coin?.length, other?.length]).toEqual([2, 2]);
    const raw = String(at(coin?.[0], 'debited')).padStart(7, '0');
    const text = `${raw.slice(0, -6)}.${raw.slice(-6)}`.replace(/\.?0+$/, '');
    expect(at(coin?.[0], 'debitedScaled')).toBe(text);
    expect(at(other?.[0], 'debitedScaled')).toBeNull();
    expect(at(other?.[0], 'token')).toEqual({ address: hexOf(TOKENS[1]!), symbol: null, decimals: null });
  });

  it('goes on behind a cursor until every row was seen once, at the block of the first page', async () => {
    const groups: Group[] = ['DAY', 'LABEL', 'TOKEN'];
    const whole = listAt(await report(groups, {}, { first: 100 }), 'rows');
    const seen: unknown[] = [];
    let after: string | undefined;
    for (let pages = 0; pages < 40; pages += 1) {
      const answer = await report(groups, {}, { first: 9, ...(after && { after }) });
      seen.push(...listAt(answer, 'rows'));
      if (at(answer, 'pageInfo', 'hasNextPage') !== true) break;
      after = at(answer, 'pageInfo', 'endCursor') as string;
    }
    expect(seen).toEqual(whole);
    const other = await spec.ask(SPENDING, { input: { period: PERIOD, groupBy: ['DAY', 'TOKEN'] }, after });
    expect(other.codes).toEqual(['BAD_CURSOR']);
  });

  it.each([
    [{ account: hexOf(ACCOUNTS[0]!) }, (row: LedgerRow) => row.account === hexOf(ACCOUNTS[0]!)],
    [{ sessionKey: hexOf(KEYS[1]!) }, (row: LedgerRow) => row.session_key === hexOf(KEYS[1]!)],
    [{ token: hexOf(TOKENS[1]!) }, (row: LedgerRow) => row.token === hexOf(TOKENS[1]!)],
    [{ recipient: hexOf(SHOPS[0]!) }, (row: LedgerRow) => row.counterparty === hexOf(SHOPS[0]!)],
    [{ label: 'till' }, (row: LedgerRow) => row.account === hexOf(ACCOUNTS[0]!)],
    [{ team: null }, (row: LedgerRow) => row.account === hexOf(ACCOUNTS[2]!)],
    [{ group: 'grp_two' }, (row: LedgerRow) => row.account !== hexOf(ACCOUNTS[0]!)],
    [{ group: 'grp_two', team: 'shop' }, (row: LedgerRow) => row.account === hexOf(ACCOUNTS[1]!)],
    [{ group: 'grp_none' }, () => false],
  ])('takes only %j', async (filter, isOf) => {
    const answer = await report(['ACCOUNT', 'TOKEN'], { filter });
    const part = { ...world, debits: world.debits.filter(isOf), movements: world.movements.filter(isOf) };
    expect(asked(listAt(answer, 'rows'), ['ACCOUNT', 'TOKEN'])).toEqual(
      byHand(part, ['ACCOUNT', 'TOKEN'], PERIOD),
    );
    expect(asked(listAt(answer, 'totals'), ['TOKEN'])).toEqual(byHand(part, ['TOKEN'], PERIOD));
  });

  it('says from where on it is complete, and of how many accounts it is not', async () => {
    expect(await report(['TOKEN'])).toMatchObject({ recordedFrom: 1, accounts: 3, incompleteAccounts: 0 });
    const early = { ...PERIOD, from: '2026-10-01' };
    await database.db
      .updateTable('accounts')
      .set({ recorded_from_block: 150 })
      .where('address', '=', hexOf(ACCOUNTS[1]!))
      .execute();
    expect(await report(['TOKEN'], { period: early })).toMatchObject({
      recordedFrom: 150,
      accounts: 3,
      incompleteAccounts: 1,
    });
    expect(await report(['TOKEN'], { filter: { label: 'till' } })).toMatchObject({
      recordedFrom: 1,
      accounts: 1,
    });
    await database.db.updateTable('accounts').set({ recorded_from_block: null }).execute();
  });

  it.each<[Group[], boolean]>([
    [['TOKEN'], false],
    [['DAY', 'TOKEN'], false],
    [['MONTH', 'TOKEN'], true],
    [['SESSION', 'TOKEN'], false],
  ])(
    'counts an account in each of its groups and once in the totals, by GROUP and %j',
    async (others, months) => {
      const groupBy = ['GROUP', ...others] as const;
      const seen: unknown[] = [];
      let answer: unknown;
      let after: string | undefined;
      do {
        const { data, codes } = await spec.ask(SPENDING, {
          ...{ input: { period: PERIOD, groupBy }, first: 7 },
          ...(after && { after }),
        });
        expect(codes).toEqual([]);
        answer = at(data, 'spending');
        seen.push(
          ...listAt(answer, 'rows').map((row) => ({ ...(row as object), account: at(row, 'group') })),
        );
        after = at(answer, 'pageInfo', 'endCursor') as string;
      } while (at(answer, 'pageInfo', 'hasNextPage') === true);
      const named = seen.map((row) => {
        const group = at(row, 'account') as { id: string; name: string } | null;
        expect(group?.id).toBe(group === null ? undefined : `grp_${group.name}`);
        return { ...(row as object), account: group?.name ?? null };
      });
      const rows = toldByGroup(byHand(world, ['ACCOUNT', ...others], PERIOD, months));
      expect(new Set(rows.map(({ key }) => (JSON.parse(key) as unknown[])[0]))).toEqual(
        new Set([null, 'one', 'two']),
      );
      expect(asked(named, ['ACCOUNT', ...others])).toEqual(rows);
      expect(asked(listAt(answer, 'totals'), ['TOKEN'])).toEqual(byHand(world, ['TOKEN'], PERIOD));
      expect(at(answer, 'accountsInSeveralGroups')).toBe(1);
    },
  );

  it('says that rows by group come to the totals where no account of them is in two', async () => {
    const { data } = await spec.ask(SPENDING, {
      input: { period: PERIOD, groupBy: ['GROUP'], filter: { account: hexOf(ACCOUNTS[2]!) } },
    });
    expect(at(data, 'spending', 'accountsInSeveralGroups')).toBe(0);
    const other = await report(['TEAM', 'TOKEN']);
    expect(at(other, 'accountsInSeveralGroups')).toBeNull();
  });

  it('is of the accounts that the organisation follows, and of those that a key may see', async () => {
    const other = await database.organisation('other');
    await other.follow(spec.networkId, ACCOUNTS[1]!, { label: 'mine' });
    const ask = async (key: string) => {
      const { data, codes } = await spec.ask(
        SPENDING,
        { input: { period: PERIOD, groupBy: ['LABEL', 'TOKEN'] } },
        { as: { key } },
      );
      expect(codes).toEqual([]);
      return at(data, 'spending');
    };
    const theirs = await ask((await spec.access.makeKey(other.id, { role: 'FINANCE' })).text);
    expect(new Set(listAt(theirs, 'rows').map((row) => at(row, 'label')))).toEqual(new Set(['mine']));
    expect(theirs).toMatchObject({ accounts: 1 });
    const limited = await ask(
      (await spec.access.makeKey(1, { role: 'FINANCE', scope: { accounts: [], labels: ['till'] } })).text,
    );
    expect(new Set(listAt(limited, 'rows').map((row) => at(row, 'label')))).toEqual(new Set(['till']));
  });

  it('refuses what has no answer, with a code', async () => {
    const codes = async (input: object) =>
      (await spec.ask(SPENDING, { input: { period: PERIOD, ...input } })).codes;
    expect(await codes({ period: { ...PERIOD, timeZone: 'Mars/Olympus' } })).toEqual(['PERIOD_INVALID']);
    expect(await codes({ period: { ...PERIOD, to: PERIOD.from } })).toEqual(['PERIOD_INVALID']);
    expect(await codes({ period: { ...PERIOD, from: '2025-02-30' } })).toEqual(['PERIOD_INVALID']);
    expect(await codes({ period: { ...PERIOD, from: '2020-01-01' } })).toEqual(['PERIOD_INVALID']);
    expect(await codes({ period: { ...PERIOD, from: 'yesterday' } })).toEqual(['PERIOD_INVALID']);
    expect(await codes({ groupBy: ['DAY', 'MONTH'] })).toEqual(['BAD_INPUT']);
    expect(await codes({ groupBy: ['DAY', 'DAY'] })).toEqual(['BAD_INPUT']);
    expect(await codes({ filter: { account: '0x999' } })).toEqual(['ACCOUNT_NOT_FOLLOWED']);
    const forbidden = await spec.ask(SPENDING, { input: { period: PERIOD } }, { as: 'INTEGRATOR' });
    expect(forbidden.codes).toEqual(['FORBIDDEN']);
  });

  it('counts nothing of blocks that a reorg left, and refuses the cursors of their pages', async () => {
    const first = await report(['DAY', 'TOKEN'], {}, { first: 2 });
    const ancestor = 130;
    await database.commit(async (trx) => {
      await cutSpendingAbove(trx, spec.networkId, ancestor);
      await trx
        .updateTable('blocks')
        .set({ canonical: false })
        .where('block_number', '>', ancestor)
        .execute();
      await trx
        .updateTable('cursors')
        .set({ block_number: ancestor, block_hash: hexOf(headerOf(ancestor, 0n).blockHash) })
        .execute();
    });
    // Another branch of the same heights, in which nothing was spent.
    for (let block = ancestor + 1; block <= ancestor + 20; block += 1) {
      const header = headerOf(block, BigInt(world.times.get(block) ?? 0));
      await spec.rows.head(spec.networkId, { ...header, blockHash: toFelt(0xf0_0000n + BigInt(block)) });
    }
    const left = {
      ...world,
      debits: world.debits.filter((row) => row.block_number <= ancestor),
      movements: world.movements.filter((row) => row.block_number <= ancestor),
    };
    const answer = await report(['DAY', 'TOKEN'], {}, { first: 100 });
    expect(asked(listAt(answer, 'rows'), ['DAY', 'TOKEN'])).toEqual(byHand(left, ['DAY', 'TOKEN'], PERIOD));
    expect(at(answer, 'asOf', 'blockNumber')).toBe(ancestor + 20);
    const after = at(first, 'pageInfo', 'endCursor');
    const next = await spec.ask(SPENDING, { input: { period: PERIOD, groupBy: ['DAY', 'TOKEN'] }, after });
    expect(next.codes).toEqual(['BAD_CURSOR']);
  });
});
