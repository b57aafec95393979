import { headerOf, indexRowsOf, type TestDatabase } from '#libs/testing';

export const ACCOUNTS = 400;
/** Of each ledger. */
export const ROWS = 8_000;
export const BLOCKS = 1_000;
/** A block an hour, from the first of October. */
export const STARTS = Date.UTC(2026, 9, 1) / 1_000;

const TABLES = [
  ...['blocks', 'accounts', 'follows', 'debits', 'movements', 'uses', 'row_reviews', 'tokens'],
  ...['groups', 'group_members'],
];

/** What is true of a row of an account's ledger, in SQL over its number `n`. */
export const ACCOUNT_OF_ROW = `'0x' || to_hex(1000 + n % ${ACCOUNTS})`;
export const TRANSACTION_OF_ROW = `'0x' || to_hex(n + 1)`;

/**
 * Ledgers of followed accounts, spread evenly over the blocks, in tables whose size nobody told the planner.
 * @returns the network they are of
 */
export const writeUnanalysedLedgers = async (database: TestDatabase): Promise<number> => {
  for (const table of TABLES)
    await database.sql.unsafe(`alter table ${table} set (autovacuum_enabled = false)`);
  const rows = indexRowsOf(database.db);
  const networkId = await rows.network('plans');
  const block = `1 + n * ${BLOCKS}::bigint / ${ROWS}`;
  const hash = (of: string) => `'0xb' || to_hex(${of})`;
  const row = `${ACCOUNT_OF_ROW}, ${block}, n, 0`;
  await database.sql.unsafe(`
    insert into blocks select ${networkId}, ${hash('n')}, n, ${hash('n - 1')}, ${STARTS} + (n - 1) * 3600, 'ACCEPTED_ON_L1', true
      from generate_series(1, ${BLOCKS}) n;
    insert into accounts (network_id, address, source, status, followed_from_block)
      select ${networkId}, ${ACCOUNT_OF_ROW}, 'WATCH', 'FOLLOWED', 1 from generate_series(0, ${ACCOUNTS - 1}) n;
    insert into debits select ${networkId}, ${row}, 0, ${hash(block)}, ${TRANSACTION_OF_ROW}, '0x5' || to_hex(n % 50), '0x70', '0x1',
      '0x2' || to_hex(n % 90), n, 0, n, 0, false, 'MATCHED', n from generate_series(0, ${ROWS - 1}) n;
    insert into movements select ${networkId}, ${row}, ${hash(block)}, ${TRANSACTION_OF_ROW}, '0x70', 'OUT', '0x2' || to_hex(n % 90), n,
      null, 'OWNER', null, null, null from generate_series(0, ${ROWS - 1}) n`);
  await rows.head(networkId, headerOf(BLOCKS + 1, BigInt(STARTS + BLOCKS * 3_600)));
  return networkId;
};
