import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { headerOf, indexRowsOf, planOf, touched, withDatabase } from '#libs/testing';
import { NO_FILTER } from '../report/ledger-scope.ts';
import { exportRowsStatement } from './export-rows.statement.ts';

jest.setTimeout(120_000);

const ACCOUNTS = 400;
const ROWS = 8_000;
const BLOCKS = 1_000;
const STARTS = Date.UTC(2026, 9, 1) / 1_000;

describe('an export of tables that were never analysed', () => {
  const database = withDatabase();
  let networkId = 0;

  beforeAll(async () => {
    const rows = indexRowsOf(database.db);
    for (const table of [
      'blocks',
      'accounts',
      'follows',
      'debits',
      'movements',
      'uses',
      'row_reviews',
      'tokens',
    ])
      await database.sql.unsafe(`alter table ${table} set (autovacuum_enabled = false)`);
    networkId = await rows.network('plans');
    const account = `'0x' || to_hex(1000 + n % ${ACCOUNTS})`;
    const block = `1 + n * ${BLOCKS}::bigint / ${ROWS}`;
    const hash = (of: string) => `'0xb' || to_hex(${of})`;
    await database.sql.unsafe(`
      insert into blocks select ${networkId}, ${hash('n')}, n, ${hash('n - 1')}, ${STARTS} + (n - 1) * 3600, 'ACCEPTED_ON_L1', true
        from generate_series(1, ${BLOCKS}) n;
      insert into accounts (network_id, address, source, status, followed_from_block)
        select ${networkId}, ${account}, 'WATCH', 'FOLLOWED', 1 from generate_series(0, ${ACCOUNTS - 1}) n;
      insert into debits select ${networkId}, ${account}, ${block}, n, 0, 0, ${hash(block)}, '0x' || to_hex(n + 1), '0x5', '0x70', '0x1',
        '0x2', n, 0, n, 0, false, 'MATCHED', n from generate_series(0, ${ROWS - 1}) n;
      insert into movements select ${networkId}, ${account}, ${block}, n, 0, ${hash(block)}, '0x' || to_hex(n + 1), '0x70', 'OUT', '0x2', n,
        null, 'OWNER', null, null, null from generate_series(0, ${ROWS - 1}) n;
      insert into row_reviews (organisation_id, network_id, account, row_kind, transaction_hash, row_index, call_index, state, reviewed_by,
        reviewer_name)
        select 1, ${networkId}, ${account}, 'DEBIT', '0x' || to_hex(n + 1), 0, 0, 'REVIEWED', 'x', 'x'
        from generate_series(0, ${ROWS / 2 - 1}) n`);
    await rows.head(networkId, headerOf(BLOCKS + 1, BigInt(STARTS + BLOCKS * 3_600)));
  });

  it.each([
    ['all of it', [], 2 * ROWS],
    ['a tenth of the time', [STARTS, STARTS + (BLOCKS / 10) * 3_600], (2 * ROWS) / 10],
  ])('reads each row once, and what is said of it: %s', async (_what, boundsSeconds, rows) => {
    const query = exportRowsStatement(database.api.build, networkId, {
      ...{ contents: ['LEDGERS', 'USES'], filter: NO_FILTER, boundsSeconds },
    }).compile(database.api.build);
    const plan = await planOf(database.api, database.everything, query);
    expect(plan['Actual Rows']).toBe(rows);
    for (const ledger of ['debits', 'movements']) expect(touched(plan, ledger)).toBe(rows / 2);
    expect(touched(plan, 'row_reviews')).toBeLessThanOrEqual(rows / 2);
    expect(touched(plan, 'blocks')).toBeLessThanOrEqual(2 * rows + 2 * BLOCKS);
    // Once for the export, and for each row that somebody said something of: its policy asks there.
    expect(touched(plan, 'follows')).toBeLessThanOrEqual(ACCOUNTS + rows / 2);
  });
});
