import { sql } from 'kysely';
import type { Db, Trx } from '#libs/database';

/** A block whose facts do not add up to what was added to it. */
export interface TallyMismatch {
  readonly blockNumber: number;
  readonly blockHash: string;
  /** Undefined: facts stand there that were never counted. */
  readonly counted: number | undefined;
  readonly found: number;
}

/** Compares the facts of blocks in a range, both ends inclusive, with their tallies. */
export const listTallyMismatches = async (
  db: Db | Trx,
  networkId: number,
  fromBlock: number,
  toBlock: number,
): Promise<TallyMismatch[]> => {
  const { rows } = await sql<{
    block_number: number;
    block_hash: string;
    counted: number | null;
    found: number | null;
  }>`
    with found as (
      select block_hash, block_number, count(*) as facts, sum(fact_checksum(block_hash, transaction_index, event_index,
        transaction_hash, account, kind, session_key, token, payload)) as checksum
      from facts
      where network_id = ${networkId}::integer and block_number between ${fromBlock}::bigint and ${toBlock}::bigint
      group by block_hash, block_number
    ), counted as (
      select block_hash, block_number, fact_count, checksum from fact_tallies
      where network_id = ${networkId}::integer and block_number between ${fromBlock}::bigint and ${toBlock}::bigint
    )
    select coalesce(found.block_number, counted.block_number) as block_number, block_hash,
      counted.fact_count as counted, found.facts as found
    from found full join counted using (block_hash)
    where found.checksum is distinct from counted.checksum or found.facts is distinct from counted.fact_count
    order by 1, 2`.execute(db);
  return rows.map((row) => ({
    blockNumber: row.block_number,
    blockHash: row.block_hash,
    counted: row.counted ?? undefined,
    found: row.found ?? 0,
  }));
};

/** How many facts were ever added, and the blocks that they stand between. */
export const summarizeTallies = async (
  db: Db | Trx,
  networkId: number,
): Promise<{ facts: number; firstBlock: number; lastBlock: number }> => {
  const { rows } = await sql<{ facts: number; first_block: number; last_block: number }>`
    select coalesce(sum(fact_count), 0)::bigint as facts, coalesce(min(block_number), 0)::bigint as first_block,
      coalesce(max(block_number), -1)::bigint as last_block
    from fact_tallies where network_id = ${networkId}::integer`.execute(db);
  const [row = { facts: 0, first_block: 0, last_block: -1 }] = rows;
  return { facts: row.facts, firstBlock: row.first_block, lastBlock: row.last_block };
};

/** Accounts of which facts came since, by a transaction that the snapshot with this lower bound did not see. */
export const listAccountsWithFactsSince = async (
  db: Db | Trx,
  networkId: number,
  xid: string,
): Promise<string[]> => {
  const { rows } = await sql<{ account: string }>`
    select distinct fact.account
    from fact_tallies tally
    join facts fact on fact.network_id = tally.network_id and fact.block_number = tally.block_number
      and fact.block_hash = tally.block_hash
    where tally.network_id = ${networkId}::integer and tally.changed_in >= ${xid}::text::xid8`.execute(db);
  return rows.map(({ account }) => account);
};

/** Below this every transaction has ended: what came later has at least this id. */
export const readSnapshotFloor = async (db: Db | Trx): Promise<string> => {
  const { rows } = await sql<{ xid: string }>`
    select pg_snapshot_xmin(pg_current_snapshot())::text as xid`.execute(db);
  return rows[0]?.xid ?? '0';
};
