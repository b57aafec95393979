import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { planOf, touched, withDatabase } from '#libs/testing';
import {
  ACCOUNT_OF_ROW,
  ACCOUNTS,
  BLOCKS,
  ROWS,
  STARTS,
  TRANSACTION_OF_ROW,
  writeUnanalysedLedgers,
} from '../../spec/unanalysed-ledgers.ts';
import { NO_FILTER } from '../report/ledger-scope.ts';
import { exportRowsStatement } from './export-rows.statement.ts';

jest.setTimeout(120_000);

describe('an export of tables that were never analysed', () => {
  const database = withDatabase();
  let networkId = 0;

  beforeAll(async () => {
    networkId = await writeUnanalysedLedgers(database);
    await database.sql.unsafe(`
      insert into row_reviews (organisation_id, network_id, account, row_kind, transaction_hash, row_index, call_index, state, reviewed_by,
        reviewer_name)
        select 1, ${networkId}, ${ACCOUNT_OF_ROW}, 'DEBIT', ${TRANSACTION_OF_ROW}, 0, 0, 'REVIEWED', 'x', 'x'
        from generate_series(0, ${ROWS / 2 - 1}) n`);
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
