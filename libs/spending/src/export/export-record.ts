/** The columns of an export, in order. What a row has not is empty in CSV and null in JSON Lines. */
export const EXPORT_COLUMNS = [
  'type',
  'id',
  'chain_id',
  'network',
  'block_number',
  'block_hash',
  'finality',
  'timestamp',
  'time',
  'transaction_hash',
  'transaction_index',
  'row_index',
  'call_index',
  'account',
  'label',
  'team',
  'cost_centre',
  'groups',
  'session_key',
  'token',
  'symbol',
  'decimals',
  'direction',
  'counterparty',
  'cause',
  'debited_raw',
  'debited',
  'moved_raw',
  'moved',
  'received_raw',
  'received',
  'outcome',
  'calls_burned',
  'fee_raw',
  'fee',
  'fee_unit',
  'fee_payer',
  'review',
  'review_note',
  'rows',
  'sha256',
] as const;

export type ExportColumn = (typeof EXPORT_COLUMNS)[number];

/** What people or contracts wrote; all else is printed by us. */
export const WRITTEN_BY_OTHERS: ReadonlySet<ExportColumn> = new Set([
  'label',
  'team',
  'cost_centre',
  'groups',
  'symbol',
  'network',
  'review_note',
]);

export type ExportRecord = { readonly type: 'debit' | 'movement' | 'use' | 'total' | 'end' } & {
  readonly [Column in Exclude<ExportColumn, 'type' | 'groups'>]?: string | number | null;
} & {
  /** Names; a list in JSON Lines, in CSV divided by a semicolon. */
  readonly groups?: readonly string[];
};
