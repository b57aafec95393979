/** Everything that is folded for an account. Blocks and networks differ, as do the times of writing. */
export const FOLDED_TABLES = {
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
export const CANONICAL_ONLY: Readonly<Record<string, string>> = {
  facts: `${OF_THE_CHAIN} ${NOT_OWN}`,
  dead_letters: OF_THE_CHAIN,
  alerts: OF_THE_CHAIN,
};
export const INCIDENTAL_COLUMNS = ['network_id', 'sequence', 'created_at', 'recorded_at', 'alert_id'];
