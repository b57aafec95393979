import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { copyRows, type NewRow, type Trx } from '#libs/database';
import { insertBlocks, orphanBlocksAbove } from '#libs/facts';
import { feltToHex, toAddress, toFelt, toSessionKey } from '#libs/felt';
import { headerOf, indexRowsOf, withDatabase } from '#libs/testing';
import { cutSpendingAbove } from '../ledger/spending.repository.ts';
import { countWrongMonths, listWrongMonths, sumMonthsAgain } from './kept-months.ts';

const ACCOUNTS = [0xa1n, 0xa2n].map((felt) => feltToHex(toAddress(felt)));
const TOKENS = [0x70n, 0x71n].map((felt) => feltToHex(toAddress(felt)));
const DIRECTIONS = ['OUT', 'IN', 'SELF'] as const;
const BLOCKS = 30;
/** Three blocks a day, from the 28th of October: into November. */
const timeOf = (block: number): bigint => BigInt(Date.UTC(2026, 9, 28) / 1_000 + block * 28_800);
/** The same heights on another branch. */
const hashOf = (block: number, branch: number) => toFelt(0xb10c_0000n + BigInt(block + branch * 0x1000));
const headerAt = (block: number, branch = 0) => ({
  ...headerOf(block, timeOf(block)),
  blockHash: hashOf(block, branch),
  parentHash: hashOf(block - 1, block > 10 ? branch : 0),
});

interface Entry {
  readonly account: number;
  readonly token: number;
  readonly block: number;
  readonly amount: bigint;
  readonly direction: number;
}

const entry: fc.Arbitrary<Entry> = fc.record({
  account: fc.integer({ min: 0, max: 1 }),
  token: fc.integer({ min: 0, max: 1 }),
  block: fc.integer({ min: 1, max: BLOCKS }),
  amount: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 2n ** 256n - 1n })),
  direction: fc.integer({ min: 0, max: 2 }),
});

const placeOf = (networkId: number, { account, token, block }: Entry, at: number, branch: number) => ({
  network_id: networkId,
  account: ACCOUNTS[account] ?? '',
  block_number: block,
  transaction_index: at,
  block_hash: feltToHex(hashOf(block, branch)),
  transaction_hash: feltToHex(toFelt(BigInt(at))),
  token: TOKENS[token] ?? '',
  counterparty: '0x1',
});

const debitOf = (networkId: number, row: Entry, at: number, branch = 0): NewRow<'debits'> => ({
  ...placeOf(networkId, row, at, branch),
  use_index: 0,
  call_index: 0,
  session_key: feltToHex(toSessionKey(0x51n)),
  selector: '0x1',
  amount: row.amount,
  spent_before: 0n,
  spent_after: row.amount,
  window_start_seconds: 0n,
  window_started: false,
  cause: 'MATCHED',
  moved_amount: row.amount,
});

const movementOf = (networkId: number, row: Entry, at: number, branch = 0): NewRow<'movements'> => ({
  ...placeOf(networkId, row, at, branch),
  event_index: 0,
  direction: DIRECTIONS[row.direction] ?? 'OUT',
  amount: row.amount,
  sender: null,
  cause: 'OWNER',
  session_key: null,
  use_index: null,
  call_index: null,
});

type Step =
  | { readonly kind: 'ADD' | 'COPY'; readonly rows: readonly Entry[] }
  | { readonly kind: 'CUT'; readonly above: number }
  | { readonly kind: 'TAKE'; readonly account: number; readonly token: number }
  | { readonly kind: 'CHANGE'; readonly account: number; readonly to: Entry };

const rows = fc.array(entry, { minLength: 0, maxLength: 12 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('ADD' as const, 'COPY' as const), rows }) },
  fc.record({ kind: fc.constant('CUT' as const), above: fc.integer({ min: 0, max: BLOCKS }) }),
  fc.record({ kind: fc.constant('TAKE' as const), account: fc.nat(1), token: fc.nat(1) }),
  fc.record({ kind: fc.constant('CHANGE' as const), account: fc.nat(1), to: entry }),
);

describe('the sums of months', () => {
  const database = withDatabase();
  let networkId = 0;
  let written = 0;

  beforeAll(async () => {
    networkId = await indexRowsOf(database.db).network('months');
    const headers = Array.from({ length: BLOCKS + 1 }, (_, block) => headerAt(block));
    await database.commit((trx) => insertBlocks(trx, networkId, headers));
  });

  const wrong = () => database.commit((trx) => listWrongMonths(trx, { networkId, limit: 10 }));
  const kept = async () =>
    (
      await database.sql<{ row: string }[]>`
        select to_jsonb(m)::text as row from account_months m order by month, account, token`
    ).map(({ row }) => row);
  const empty = (trx: Trx) => cutSpendingAbove(trx, networkId, -1);

  const add = async (trx: Trx, entries: readonly Entry[], branch = 0): Promise<void> => {
    if (entries.length === 0) return;
    const from = written;
    written += entries.length;
    const at = (index: number) => from + index;
    await trx
      .insertInto('debits')
      .values(entries.map((row, index) => debitOf(networkId, row, at(index), branch)))
      .execute();
    await trx
      .insertInto('movements')
      .values(entries.map((row, index) => movementOf(networkId, row, at(index), branch)))
      .execute();
  };

  const copy = async (trx: Trx, entries: readonly Entry[]): Promise<void> => {
    const from = written;
    written += entries.length;
    const lines = entries.map((row, index) => {
      const { network_id: id, ...columns } = movementOf(networkId, row, from + index);
      return { ...columns, network_id: String(id), amount: columns.amount.toString() };
    });
    const [first] = lines;
    if (first === undefined) return;
    await copyRows(trx, undefined, 'movements', Object.keys(first) as (keyof typeof first)[], lines as never);
  };

  const take = async (trx: Trx, asked: Step): Promise<void> => {
    switch (asked.kind) {
      case 'ADD':
        return add(trx, asked.rows);
      case 'COPY':
        return copy(trx, asked.rows);
      case 'CUT':
        return cutSpendingAbove(trx, networkId, asked.above);
      case 'TAKE':
        for (const table of ['debits', 'movements'] as const)
          await trx
            .deleteFrom(table)
            .where('account', '=', ACCOUNTS[asked.account] ?? '')
            .where('token', '=', TOKENS[asked.token] ?? '')
            .execute();
        return;
      case 'CHANGE': {
        const { block, token, amount, direction } = asked.to;
        const change = {
          amount,
          token: TOKENS[token] ?? '',
          block_hash: feltToHex(hashOf(block, 0)),
        };
        const account = ACCOUNTS[asked.account] ?? '';
        await trx.updateTable('debits').set(change).where('account', '=', account).execute();
        await trx
          .updateTable('movements')
          .set({ ...change, direction: DIRECTIONS[direction] ?? 'IN' })
          .where('account', '=', account)
          .execute();
        return;
      }
    }
  };

  it('are those of the ledgers, however rows come, change and go', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        await database.commit(async (trx) => {
          await empty(trx);
          for (const each of steps) {
            await take(trx, each);
            expect(await listWrongMonths(trx, { networkId, limit: 10 })).toEqual([]);
          }
          await empty(trx);
        });
        expect(await kept()).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('are what somebody would add up by hand', async () => {
    const at = { account: 0, token: 1, direction: 0 };
    await database.commit((trx) =>
      add(trx, [
        { ...at, block: 11, amount: 5n },
        { ...at, block: 12, amount: 7n },
        { ...at, block: 13, amount: 2n ** 256n - 1n },
        { ...at, block: 14, amount: 9n, direction: 1 },
        { ...at, block: 15, amount: 1n, direction: 2 },
      ]),
    );
    const sums = await database.sql`
      select month::text, debited, debits, moved, movements, received, receipts from account_months order by month`;
    const huge = 2n ** 256n - 1n;
    expect(sums.map((row) => ({ ...row }))).toEqual([
      { month: '2026-10-01', debited: 5n, debits: 1, moved: 5n, movements: 1, received: 0n, receipts: 0 },
      {
        month: '2026-11-01',
        ...{ debited: huge + 17n, debits: 4, moved: huge + 8n, movements: 3, received: 9n, receipts: 1 },
      },
    ]);
    await database.commit(empty);
  });

  it('are the old ones again when a branch comes back', async () => {
    const branch = (amount: bigint): Entry[] =>
      Array.from({ length: 40 }, (_, n) => ({
        ...{ account: n % 2, token: (n >> 1) % 2, block: 11 + (n % 20), direction: n % 3 },
        amount: amount + BigInt(n),
      }));
    const turnTo = (number: number, entries: readonly Entry[]) =>
      database.commit(async (trx) => {
        await orphanBlocksAbove(trx, networkId, 10);
        await cutSpendingAbove(trx, networkId, 10);
        const headers = Array.from({ length: 20 }, (_, at) => headerAt(11 + at, number));
        await insertBlocks(trx, networkId, headers);
        await add(trx, entries, number);
      });
    const below: Entry = { account: 0, token: 0, block: 9, amount: 3n, direction: 0 };
    await database.commit((trx) => add(trx, [below]));
    await turnTo(0, branch(100n));
    const before = await kept();
    await turnTo(1, branch(9_000n).slice(7));
    const between = await kept();
    expect(await wrong()).toEqual([]);
    await turnTo(0, branch(100n));
    expect(between).not.toEqual(before);
    expect(await kept()).toEqual(before);
    expect(await wrong()).toEqual([]);
    await database.commit(empty);
    expect(await kept()).toEqual([]);
  });

  it('refuse a row of a block that is not stored: nobody could say which month it is of', async () => {
    const row = { account: 0, token: 0, block: 5, amount: 1n, direction: 0 };
    for (const table of ['debits', 'movements'] as const) {
      const lost = {
        ...(table === 'debits' ? debitOf : movementOf)(networkId, row, 0),
        block_hash: '0xdead',
      };
      await expect(
        database.commit((trx) =>
          trx
            .insertInto(table)
            .values(lost as never)
            .execute(),
        ),
      ).rejects.toThrow('month');
    }
  });

  it('are found wrong where somebody edited them, and summed again', async () => {
    const each = { account: 1, token: 0, block: 20, amount: 4n, direction: 1 };
    await database.commit((trx) => add(trx, [each, { ...each, account: 0, block: 2 }]));
    const before = await kept();
    const key = { account: ACCOUNTS[1], month: '2026-11-01', token: TOKENS[0] };
    const is = { debited: '4', debits: '1', moved: '0', movements: '0', received: '4', receipts: '1' };
    const of = `where account = '${ACCOUNTS[1] ?? ''}'`;
    for (const [change, found] of [
      [`update account_months set received = received - 1 ${of}`, { ...is, received: '3' }],
      [`update account_months set receipts = 0 ${of}`, { ...is, receipts: '0' }],
      [`delete from account_months ${of}`, null],
    ] as const) {
      await database.tamper(change);
      expect(await wrong()).toEqual([{ key, expected: is, found }]);
      const counted = await database.commit((trx) => countWrongMonths(trx, networkId));
      expect(counted).toEqual([{ account: ACCOUNTS[1], found: found === null ? 0 : 1, expected: 1 }]);
      await database.commit((trx) => sumMonthsAgain(trx, networkId, [ACCOUNTS[1] ?? '']));
      expect(await kept()).toEqual(before);
    }
    await database.tamper(`
      insert into account_months (network_id, month, account, token) values (${networkId}, '2020-01-01', '${ACCOUNTS[0] ?? ''}', '0x5')`);
    expect(await wrong()).toMatchObject([{ key: { month: '2020-01-01' }, expected: null }]);
    await database.commit((trx) => sumMonthsAgain(trx, networkId, [ACCOUNTS[0] ?? '']));
    expect(await kept()).toEqual(before);
    await database.commit(empty);
  });
});
