import { type Address, feltToHex } from '#libs/felt';
import type { TestDatabase } from './with-database.ts';

/** Everything that is folded for an account. Blocks and networks differ, as do the times of writing. */
const FOLDED_TABLES = {
  account_versions: 'valid_from_block',
  session_keys: 'session_key',
  session_versions: 'session_key, valid_from_block',
  policy_keys: 'session_key, token',
  policy_versions: 'session_key, token, valid_from_block',
  facts: 'block_number, transaction_index, event_index',
  dead_letters: 'block_number, transaction_index, event_index',
  coverage: 'kind, from_block',
  alerts: 'block_number, kind, session_key',
  uses: 'block_number, transaction_index, event_index',
  debits: 'block_number, transaction_index, use_index, call_index',
  movements: 'block_number, transaction_index, event_index',
  approvals: 'block_number, transaction_index, use_index, call_index',
} as const;
const OF_THE_CHAIN =
  'and block_hash in (select block_hash from blocks where canonical and network_id = (select max(network_id) from networks))';
/** How an operator came by an account is no part of what the chain did to it. */
const NOT_OWN =
  "and kind not in ('AccountStateRead', 'SessionStateRead', 'SpendingPolicyStateRead', 'AccountClassRead', 'HistoryRead')";
const CANONICAL_ONLY: Readonly<Record<string, string>> = {
  facts: `${OF_THE_CHAIN} ${NOT_OWN}`,
  dead_letters: OF_THE_CHAIN,
  alerts: OF_THE_CHAIN,
};
const INCIDENTAL_COLUMNS = ['network_id', 'sequence', 'created_at', 'recorded_at', 'alert_id'];

/** By table: what is folded of an account in the newest network, of a block and later ones. */
export const foldedTablesOf = async (
  { sql }: TestDatabase,
  account: Address,
  fromBlock = 0,
): Promise<Readonly<Record<string, unknown>>> => {
  const tables = new Map<string, unknown>();
  for (const [table, order] of Object.entries(FOLDED_TABLES)) {
    const rows = await sql.unsafe(
      `select * from ${table} where account = '${feltToHex(account)}'
         and network_id = (select max(network_id) from networks) ${CANONICAL_ONLY[table] ?? ''} order by ${order}`,
    );
    tables.set(
      table,
      rows
        .filter((row) => Number(row['valid_from_block'] ?? row['block_number'] ?? fromBlock) >= fromBlock)
        .map((row) => Object.entries(row).filter(([column]) => !INCIDENTAL_COLUMNS.includes(column))),
    );
  }
  return Object.fromEntries(tables);
};
