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
