import { beforeAll, describe, expect, it } from '@jest/globals';
import { feltToHex, toFelt, U256_MAX } from '#libs/felt';
import { headerOf, indexRowsOf, withDatabase } from '#libs/testing';
import { ACCOUNT, movedFact, SHOP, TOKEN, useFact } from '../../spec/facts.builder.ts';
import { foldSpending } from './fold-spending.ts';
import { cutSpendingAbove, writeSpending } from './spending.repository.ts';

const blockAt = (blockNumber: number) => ({ blockNumber, blockHash: toFelt(0xb10cn + BigInt(blockNumber)) });

describe('the ledgers in Postgres', () => {
  const database = withDatabase();
  let networkId: number;

  beforeAll(async () => {
    const rows = indexRowsOf(database.db);
    networkId = await rows.network('ledgers');
    for (const number of [1, 2, 3])
      await rows.head(networkId, { ...headerOf(number, BigInt(number)), ...blockAt(number) });
    const entries = foldSpending(ACCOUNT, [
      useFact([{ amount: U256_MAX }, { name: 'approve', counted: false }]),
      movedFact(0, { amount: U256_MAX }),
      movedFact(1, { authorities: ['OWNER'] }),
    ]);
    const placed = [1, 2, 3].map((number) => ({ account: ACCOUNT, block: blockAt(number), entries }));
    await database.commit((trx) => writeSpending(trx, networkId, placed));
  });

  it('keeps every column of an entry, the largest amounts too', async () => {
    const debit = await database.db
      .selectFrom('debits')
      .selectAll()
      .where('block_number', '=', 2)
      .executeTakeFirstOrThrow();
    expect(debit).toMatchObject({
      account: feltToHex(ACCOUNT),
      block_hash: feltToHex(blockAt(2).blockHash),
      counterparty: feltToHex(SHOP),
      amount: U256_MAX,
      spent_after: U256_MAX,
      window_start_seconds: 100n,
      cause: 'MATCHED',
      moved_amount: U256_MAX,
    });
    const movements = await database.db
      .selectFrom('movements')
      .selectAll()
      .where('block_number', '=', 2)
      .orderBy('event_index')
      .execute();
    expect(movements).toMatchObject([
      { cause: 'MATCHED', amount: U256_MAX, direction: 'OUT', use_index: 1_000_000, call_index: 0 },
      {
        cause: 'UNEXPLAINED',
        session_key: null,
        use_index: null,
        call_index: null,
        sender: feltToHex(ACCOUNT),
      },
    ]);
    const approval = await database.db
      .selectFrom('approvals')
      .selectAll()
      .where('block_number', '=', 2)
      .executeTakeFirstOrThrow();
    expect(approval).toMatchObject({ call_index: 1, token: feltToHex(TOKEN), spender: feltToHex(SHOP) });
  });

  it('refuses a row that is there already', async () => {
    const entries = foldSpending(ACCOUNT, [movedFact(0)]);
    const again = [{ account: ACCOUNT, block: blockAt(3), entries }];
    await expect(database.commit((trx) => writeSpending(trx, networkId, again))).rejects.toMatchObject({
      code: 'UNIQUE_VIOLATION',
    });
  });

  it('forgets what blocks above an ancestor did, and nothing else', async () => {
    await database.commit((trx) => cutSpendingAbove(trx, networkId, 1));
    for (const table of ['debits', 'movements', 'approvals'] as const) {
      const rows = await database.db.selectFrom(table).select('block_number').distinct().execute();
      expect(rows).toEqual([{ block_number: 1 }]);
    }
  });
});
