import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { toAddress, toFelt } from '#libs/felt';
import { headerOf, indexRowsOf, planOf, touched, withDatabase } from '#libs/testing';
import { debitsByNameStatement, movementsByNameStatement } from './ledger-lists.statement.ts';

jest.setTimeout(120_000);

const ROWS = 20_000;
const ACCOUNT = toAddress(0xa1n);

describe('rows of the ledgers by their names', () => {
  const database = withDatabase();
  let networkId = 0;

  beforeAll(async () => {
    const rows = indexRowsOf(database.db);
    networkId = await rows.network('names');
    await rows.head(networkId, headerOf(7, 1_000n));
    await rows.account(networkId, ACCOUNT, { row: { followed_from_block: 1 } });
    const [block] = await database.sql<
      { hash: string }[]
    >`select block_hash as hash from blocks where block_number = 7`;
    const place = `${networkId}, '0xa1', 7`;
    const hashes = `'${block?.hash}', '0x' || to_hex(n + 1)`;
    await database.sql.unsafe(`
      insert into debits select ${place}, n, 0, 0, ${hashes}, '0x5', '0x70', '0x1', '0x2', n, 0, n, 0, false, 'MATCHED', n
        from generate_series(0, ${ROWS - 1}) n;
      insert into movements select ${place}, n, 0, ${hashes}, '0x70', 'OUT', '0x2', n, null, 'OWNER', null, null, null
        from generate_series(0, ${ROWS - 1}) n`);
    await database.tamper('analyze');
  });

  it.each([
    ['debits', debitsByNameStatement, 0],
    ['movements', movementsByNameStatement, -1],
  ] as const)('are looked up, whatever else the account did: %s', async (ledger, statement, callIndex) => {
    const names = [1n, 700n, 15_000n].map((hash) => ({
      ...{ account: ACCOUNT, transactionHash: toFelt(hash), rowIndex: 0, callIndex },
    }));
    const query = statement(database.api.build, networkId, names).compile();
    const plan = await planOf(database.api, database.everything, query);
    expect(plan['Actual Rows']).toBe(names.length);
    expect(touched(plan, ledger)).toBe(names.length);
  });
});
