import { sql } from 'kysely';

export type StoredOutcome = 'SUCCEEDED' | 'REVERTED' | 'FAILED_INSIDE' | 'UNATTRIBUTED';
export type StoredPath = 'INVOKE' | 'OUTSIDE_EXECUTION';

/** What a list of uses mostly shows. Numbers that may be beyond a double are text, so that a row may come as JSON. */
export interface UseRow {
  readonly use_block_number: number;
  readonly transaction_index: number;
  readonly event_index: number;
  readonly transaction_hash: string | null;
  readonly outcome: StoredOutcome;
  readonly calls_burned: number;
  readonly path: StoredPath | null;
  readonly attribution: 'REPLAY' | 'TRACE' | null;
  readonly calls: object | null;
  readonly calls_used_before: number | null;
  readonly calls_used_after: number | null;
  readonly max_calls: number | null;
  readonly debits: object | null;
  readonly fee_amount: string | null;
  readonly fee_unit: string | null;
  readonly fee_payer: string | null;
  readonly fee_shared: boolean | null;
  readonly use_timestamp_seconds: string;
}

/** The rest: whose it is, how it came, why it failed. Half of what a row takes to send and to read. */
export interface UseDetails {
  readonly account: string;
  readonly session_key: string;
  readonly use_block_hash: string;
  readonly sender: string | null;
  readonly top_level: boolean | null;
  readonly signature_valid_until_seconds: string | null;
  readonly outside_nonce: string | null;
  readonly outside_caller: string | null;
  readonly refusal: object | null;
  readonly revert_reason: string | null;
  readonly unattributed: object | null;
}

/** A use with all that is known of it. */
export type StoredUse = UseRow & UseDetails;

export const USE_COLUMNS = [
  'u.block_number as use_block_number',
  'u.transaction_index',
  'u.event_index',
  'u.transaction_hash',
  'u.outcome',
  'u.calls_burned',
  'u.path',
  'u.attribution',
  'u.calls',
  'u.calls_used_before',
  'u.calls_used_after',
  'u.max_calls',
  'u.debits',
  'u.fee_unit',
  'u.fee_payer',
  'u.fee_shared',
  sql<string | null>`u.fee_amount::text`.as('fee_amount'),
  sql<string>`ub.timestamp_seconds::text`.as('use_timestamp_seconds'),
] as const;

export const DETAIL_COLUMNS = [
  'u.account',
  'u.session_key',
  'u.block_hash as use_block_hash',
  'u.sender',
  'u.top_level',
  'u.outside_nonce',
  'u.outside_caller',
  'u.refusal',
  'u.revert_reason',
  'u.unattributed',
  sql<string | null>`u.signature_valid_until_seconds::text`.as('signature_valid_until_seconds'),
] as const;
