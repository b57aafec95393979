import type { ColumnType, Generated } from 'kysely';
import type { FeltText } from './rows.ts';

export interface TokensTable {
  network_id: number;
  address: FeltText;
  symbol: string | null;
  name: string | null;
  /** Null: not known, which is never 0. */
  decimals: number | null;
  read_at_block: number;
  read_at: Generated<Date>;
}

type ReviewedRowKind = 'DEBIT' | 'MOVEMENT';
export type ReviewState = 'REVIEWED' | 'FLAGGED' | 'EXPLAINED';

export interface RowReviewsTable {
  organisation_id: number;
  network_id: number;
  account: FeltText;
  row_kind: ReviewedRowKind;
  transaction_hash: FeltText;
  row_index: number;
  call_index: number;
  state: ReviewState;
  note: string | null;
  reviewed_by: string;
  reviewer_name: string;
  reviewed_at: Generated<Date>;
}

export type ExportFormat = 'CSV' | 'JSONL';

export interface ExportsTable {
  organisation_id: number;
  export_id: Generated<string>;
  network_id: number;
  format: ExportFormat;
  /** Written as JSON text. */
  filter: ColumnType<object, string, never>;
  scope: ColumnType<object | null, string | null, never>;
  /** 32 bytes. Written by the API's role, and never readable by it. */
  token_hash: Buffer;
  created_by: string;
  creator_name: string;
  created_at: Generated<Date>;
  expires_at: Date;
  revoked_at: Date | null;
}
