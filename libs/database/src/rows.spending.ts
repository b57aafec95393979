import type { ColumnType } from 'kysely';
import type { FeltText } from './rows.ts';

export interface DebitsTable {
  network_id: number;
  account: FeltText;
  block_number: number;
  transaction_index: number;
  use_index: number;
  call_index: number;
  block_hash: FeltText;
  transaction_hash: FeltText;
  session_key: FeltText;
  token: FeltText;
  selector: FeltText;
  counterparty: FeltText;
  amount: bigint;
  spent_before: bigint;
  spent_after: bigint;
  window_start_seconds: bigint;
  window_started: boolean;
  cause: string;
  moved_amount: bigint;
}

export interface MovementsTable {
  network_id: number;
  account: FeltText;
  block_number: number;
  transaction_index: number;
  event_index: number;
  block_hash: FeltText;
  transaction_hash: FeltText;
  token: FeltText;
  direction: 'OUT' | 'IN' | 'SELF';
  counterparty: FeltText;
  amount: bigint;
  sender: FeltText | null;
  cause: string;
  session_key: FeltText | null;
  use_index: number | null;
  call_index: number | null;
}

export interface ApprovalsTable {
  network_id: number;
  account: FeltText;
  block_number: number;
  transaction_index: number;
  use_index: number;
  call_index: number;
  session_key: FeltText;
  token: FeltText;
  spender: FeltText;
}

/** Sums of debits and movements by month, kept by triggers of both. */
export interface AccountMonthsTable {
  network_id: number;
  /** The first day of the month in UTC, written as 2026-11-01. */
  month: ColumnType<Date, string, string>;
  account: FeltText;
  token: FeltText;
  debited: bigint;
  debits: number;
  moved: bigint;
  movements: number;
  received: bigint;
  receipts: number;
}

/** A view: the accounts that are indexed. */
export interface AccountRecordsView {
  network_id: number;
  account: FeltText;
  /** From this block on every transaction was looked at. */
  recorded_from: number | null;
}
