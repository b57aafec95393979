import { sql } from 'kysely';
import type { Trx } from '#libs/database';
import { type Address, feltToHex } from '#libs/felt';
import {
  classRow,
  policyEntry,
  policyRow,
  sessionEntry,
  sessionRow,
  type VersionWrites,
} from './versions.repository.ts';

/** Blocks whose changes are all known, of one account. */
export interface HistoricRange {
  readonly account: Address;
  readonly fromBlock: number;
  readonly toBlock: number;
  /** What follows is known too: the last versions go on there, and do not end with the range. */
  readonly isJoined: boolean;
}

const TABLES = {
  session_versions: 'session_key',
  policy_versions: 'session_key, token',
  account_versions: 'account',
} as const;

/**
 * Puts the versions of blocks long past into their place, below others that are there. What began inside the range
 * before is replaced; what was in force before it goes on until something in it changed it. Writing a range again
 * changes nothing.
 */
export const writeHistoricVersions = async (
  trx: Trx,
  networkId: number,
  range: HistoricRange,
  writes: VersionWrites,
): Promise<void> => {
  await removeRange(trx, networkId, range);
  await insertSessions(trx, networkId, writes);
  await insertPolicies(trx, networkId, writes);
  await insertClasses(trx, networkId, writes);
  for (const table of Object.keys(TABLES) as (keyof typeof TABLES)[])
    await link(trx, networkId, table, range);
};

const removeRange = async (
  trx: Trx,
  networkId: number,
  { account, fromBlock, toBlock }: HistoricRange,
): Promise<void> => {
  for (const table of Object.keys(TABLES) as (keyof typeof TABLES)[]) {
    await trx
      .deleteFrom(table)
      .where('network_id', '=', networkId)
      .where('account', '=', feltToHex(account))
      .where('valid_from_block', '>=', fromBlock)
      .where('valid_from_block', '<=', toBlock)
      .execute();
  }
};

/** Takes back everything that was written of an account below a block, where that turned out to be wrong. */
export const removeHistoricVersions = (
  trx: Trx,
  networkId: number,
  account: Address,
  belowBlock: number,
): Promise<void> =>
  removeRange(trx, networkId, { account, fromBlock: 0, toBlock: belowBlock - 1, isJoined: false });

/**
 * Lets each version end where the next of its entry begins, and at the end of the range where the blocks behind it are
 * not known. Only versions that touch the range are looked at.
 */
const link = async (
  trx: Trx,
  networkId: number,
  table: keyof typeof TABLES,
  { account, fromBlock, toBlock, isJoined }: HistoricRange,
): Promise<void> => {
  const end = isJoined ? null : toBlock + 1;
  await sql`
    update ${sql.table(table)} v set valid_to_block = n.next_block
    from (
      select ctid as place, valid_from_block,
        least(lead(valid_from_block) over (partition by ${sql.raw(TABLES[table])} order by valid_from_block),
          ${end}::bigint) as next_block
      from ${sql.table(table)}
      where network_id = ${networkId}::integer and account = ${feltToHex(account)}
        and (valid_to_block is null or valid_to_block >= ${fromBlock}::bigint)
    ) n
    where v.ctid = n.place and n.valid_from_block <= ${toBlock}::bigint
      and v.valid_to_block is distinct from n.next_block`.execute(trx);
};

// The end is a placeholder: `link` sets it, and a second current version must not exist for a moment.
const placed = <Columns extends object>(columns: Columns, blockNumber: number) => ({
  ...columns,
  valid_from_block: blockNumber,
  valid_to_block: blockNumber + 1,
});

const insertSessions = async (trx: Trx, networkId: number, { sessions }: VersionWrites): Promise<void> => {
  if (sessions.length === 0) return;
  const json = JSON.stringify(
    sessions.map((version) =>
      placed({ ...sessionEntry(version), ...sessionRow(version) }, version.blockNumber),
    ),
  );
  await sql`
    insert into session_keys (network_id, account, session_key, slot_base, entrypoints_base)
    select distinct on (r.account, r.session_key) ${networkId}::integer, r.account, r.session_key, r.slot_base, r.entrypoints_base
    from jsonb_to_recordset(${json}::text::jsonb)
      as r(account text, session_key text, slot_base text, entrypoints_base text)
    on conflict do nothing`.execute(trx);
  await sql`
    insert into session_versions
    select (jsonb_populate_record(null::session_versions, r || jsonb_build_object('network_id', ${networkId}::integer))).*
    from jsonb_array_elements(${json}::text::jsonb) r`.execute(trx);
};

const insertPolicies = async (trx: Trx, networkId: number, { policies }: VersionWrites): Promise<void> => {
  if (policies.length === 0) return;
  const json = JSON.stringify(
    policies.map((version) =>
      placed({ ...policyEntry(version), ...policyRow(version) }, version.blockNumber),
    ),
  );
  await sql`
    insert into policy_keys (network_id, account, session_key, token, slot_base)
    select distinct on (r.account, r.session_key, r.token) ${networkId}::integer, r.account, r.session_key, r.token, r.slot_base
    from jsonb_to_recordset(${json}::text::jsonb) as r(account text, session_key text, token text, slot_base text)
    on conflict do nothing`.execute(trx);
  await sql`
    insert into policy_versions
    select (jsonb_populate_record(null::policy_versions, r || jsonb_build_object('network_id', ${networkId}::integer))).*
    from jsonb_array_elements(${json}::text::jsonb) r`.execute(trx);
};

const insertClasses = async (trx: Trx, networkId: number, { classes }: VersionWrites): Promise<void> => {
  if (classes.length === 0) return;
  const json = JSON.stringify(classes.map((version) => placed(classRow(version), version.blockNumber)));
  await sql`
    insert into account_versions
    select (jsonb_populate_record(null::account_versions, r || jsonb_build_object('network_id', ${networkId}::integer))).*
    from jsonb_array_elements(${json}::text::jsonb) r`.execute(trx);
};
