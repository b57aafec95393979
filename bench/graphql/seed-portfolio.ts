import { type Db } from '#libs/database';
import { type RawBuilder, sql } from 'kysely';

export interface Portfolio {
  readonly accounts: number;
  readonly keysOfAccount: number;
  readonly uses: number;
  /** Over how many days before the head the uses are spread, evenly. */
  readonly days: number;
  readonly teams: number;
  readonly tokens: number;
}

/** The time of the head: the end of a 20th, so that a month holds two thirds of 30 days. */
const HEAD_SECONDS = Date.UTC(2026, 10, 20, 23) / 1_000;
const SECONDS_A_BLOCK = 6;

/** A felt of full width out of a number, the same each time. */
const felt = (kind: string, number: RawBuilder<unknown>) =>
  sql`('0x1' || md5(${sql.lit(kind)} || (${number})::text) || left(md5((${number})::text || ${sql.lit(kind)}), 30))`;

/**
 * Fills an empty, migrated database as the owner: one network, accounts that organisation 1 follows in teams, keys with
 * policies, uses with a debit and a movement each. All out of numbers, so that two runs hold the same rows.
 * @param analysed  whether the planner knows of them
 */
export const seedPortfolio = async (db: Db, portfolio: Portfolio, analysed = true): Promise<void> => {
  const { accounts, keysOfAccount, uses, days, teams, tokens } = portfolio;
  const blocks = Math.floor((days * 86_400) / SECONDS_A_BLOCK);
  const run = (statement: RawBuilder<unknown>) => statement.execute(db);
  const account = felt('account', sql`n % ${sql.lit(accounts)}`);
  const key = felt('key', sql`n % ${sql.lit(accounts * keysOfAccount)}`);
  const token = felt('token', sql`n % ${sql.lit(tokens)}`);
  const block = sql`(1 + n * ${sql.lit(blocks - 1)}::bigint / ${sql.lit(uses)})`;
  await run(
    sql`insert into networks (chain_id, genesis_hash, label) values ('0x534e5f5345504f4c4941', '0x1', 'bench')`,
  );
  await run(sql`insert into blocks
    select 1, ${felt('block', sql`n`)}, n, ${felt('block', sql`n - 1`)},
      ${sql.lit(HEAD_SECONDS)} - (${sql.lit(blocks)} - n) * ${sql.lit(SECONDS_A_BLOCK)}, 'ACCEPTED_ON_L1', true
    from generate_series(1, ${sql.lit(blocks)}) n`);
  await run(sql`insert into cursors (network_id, block_number, block_hash)
    select 1, n, ${felt('block', sql`n`)} from (select ${sql.lit(blocks)} as n) head`);
  await run(sql`insert into accounts (network_id, address, source, status, followed_from_block)
    select 1, ${account}, 'WATCH', 'FOLLOWED', 1 from generate_series(0, ${sql.lit(accounts - 1)}) n`);
  await run(sql`update follows f set team = 'team ' || a.n % ${sql.lit(teams)}, label = 'wallet ' || a.n
    from (select n, ${account} as address from generate_series(0, ${sql.lit(accounts - 1)}) n) a where f.account = a.address`);
  await run(sql`insert into tokens (network_id, address, symbol, name, decimals, read_at_block)
    select 1, ${token}, 'T' || n, 'Token ' || n, 6, 1 from generate_series(0, ${sql.lit(tokens - 1)}) n`);
  await run(sql`insert into session_versions
    select 1, ${account}, ${key}, 1, null, ${sql.lit(HEAD_SECONDS)} + n % 5000000, 1000, n % 900, '{}', 0, true, 'REGISTERED', 1, '0x1'
    from generate_series(0, ${sql.lit(accounts * keysOfAccount - 1)}) n`);
  await run(sql`insert into policy_versions
    select 1, ${account}, ${key}, ${token}, 1, null, 1000000, 10000000, 86400, 0, 0, 'SET', 1, '0x1'
    from generate_series(0, ${sql.lit(accounts * keysOfAccount - 1)}) n`);
  const place = sql`1, ${account}, ${block}, n % 200`;
  const hashes = sql`${felt('block', block)}, ${felt('transaction', sql`n`)}`;
  await run(sql`insert into debits
    select ${place}, 1000000 + n, 0, ${hashes}, ${key}, ${token}, '0x83afd3f4caedc6eebf44246fe54e38c95e3179a5ec9ea81740eca5b482d12e',
      ${felt('shop', sql`n % 1000`)}, 1000 + n % 100000, 0, 1000, 1700000000, false, 'MATCHED', 1000 + n % 100000
    from generate_series(0, ${sql.lit(uses - 1)}) n`);
  await run(sql`insert into movements
    select ${place}, n, ${hashes}, ${token}, 'OUT', ${felt('shop', sql`n % 1000`)}, 1000 + n % 100000, ${account}, 'MATCHED', ${key},
      1000000 + n, 0
    from generate_series(0, ${sql.lit(uses - 1)}) n`);
  if (analysed) await run(sql`vacuum analyze`);
};
