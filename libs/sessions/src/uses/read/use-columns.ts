import { sql } from 'kysely';
import type { Use, UseFee } from './uses.models.ts';

export type StoredOutcome = 'SUCCEEDED' | 'REVERTED' | 'FAILED_INSIDE' | 'UNATTRIBUTED';
export type StoredPath = 'INVOKE' | 'OUTSIDE_EXECUTION';

/** A use with all that is known of it. Numbers that may be beyond a double are text, so that a row may come as JSON. */
export interface StoredUse {
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
  readonly fee_unit: string | null;
  readonly fee_payer: string | null;
  readonly fee_shared: boolean | null;
  readonly fee_amount: string | null;
  readonly use_timestamp_seconds: string;
  readonly account: string;
  readonly session_key: string;
  readonly use_block_hash: string;
  readonly sender: string | null;
  readonly top_level: boolean | null;
  readonly outside_nonce: string | null;
  readonly outside_caller: string | null;
  readonly refusal: object | null;
  readonly revert_reason: string | null;
  readonly unattributed: object | null;
  readonly signature_valid_until_seconds: string | null;
}

export type UseColumn = keyof StoredUse;

const PLACE_COLUMNS = ['use_block_number', 'transaction_index', 'event_index'] as const;

/** A row of a list: its place, and those of the other columns that it was asked with. */
export type ListedUse = Partial<StoredUse> & Pick<StoredUse, (typeof PLACE_COLUMNS)[number]>;

/** Of `uses as u`, with its block as `ub`. */
const SELECTIONS = {
  use_block_number: 'u.block_number as use_block_number',
  transaction_index: 'u.transaction_index',
  event_index: 'u.event_index',
  transaction_hash: 'u.transaction_hash',
  outcome: 'u.outcome',
  calls_burned: 'u.calls_burned',
  path: 'u.path',
  attribution: 'u.attribution',
  calls: 'u.calls',
  calls_used_before: 'u.calls_used_before',
  calls_used_after: 'u.calls_used_after',
  max_calls: 'u.max_calls',
  debits: 'u.debits',
  fee_unit: 'u.fee_unit',
  fee_payer: 'u.fee_payer',
  fee_shared: 'u.fee_shared',
  fee_amount: sql<string | null>`u.fee_amount::text`.as('fee_amount'),
  use_timestamp_seconds: sql<string>`ub.timestamp_seconds::text`.as('use_timestamp_seconds'),
  account: 'u.account',
  session_key: 'u.session_key',
  use_block_hash: 'u.block_hash as use_block_hash',
  sender: 'u.sender',
  top_level: 'u.top_level',
  outside_nonce: 'u.outside_nonce',
  outside_caller: 'u.outside_caller',
  refusal: 'u.refusal',
  revert_reason: 'u.revert_reason',
  unattributed: 'u.unattributed',
  signature_valid_until_seconds: sql<string | null>`u.signature_valid_until_seconds::text`.as(
    'signature_valid_until_seconds',
  ),
} as const satisfies Record<UseColumn, unknown>;

export const ALL_USE_COLUMNS = Object.keys(SELECTIONS) as readonly UseColumn[];

export const selectionsOf = (columns: readonly UseColumn[]) => columns.map((name) => SELECTIONS[name]);

/** What each field of a use is worked out of; its twin in ISO 8601 is added by the API. */
const FIELD_COLUMNS: Readonly<Record<keyof Use | 'timestampIso', readonly UseColumn[]>> = {
  id: ['account', 'transaction_hash', 'use_block_number', 'use_block_hash', 'event_index'],
  chainId: [],
  account: ['account'],
  sessionKey: ['session_key'],
  outcome: ['outcome'],
  callsBurned: ['calls_burned'],
  path: ['path'],
  attribution: ['attribution'],
  transactionHash: ['transaction_hash'],
  transactionIndex: ['transaction_hash', 'transaction_index'],
  blockNumber: ['use_block_number'],
  blockHash: ['use_block_hash'],
  timestamp: ['use_timestamp_seconds'],
  timestampIso: ['use_timestamp_seconds'],
  sender: ['sender'],
  topLevel: ['top_level'],
  signatureValidUntil: ['signature_valid_until_seconds'],
  outsideNonce: ['outside_nonce'],
  outsideCaller: ['outside_caller'],
  calls: ['calls'],
  callsUsedBefore: ['calls_used_before'],
  callsUsedAfter: ['calls_used_after'],
  maxCalls: ['max_calls'],
  debits: ['debits'],
  refusal: ['refusal'],
  revertReason: ['revert_reason'],
  fee: ['fee_amount', 'fee_unit'],
  unattributed: ['unattributed'],
};

/** Of the fee, beside the columns of the field itself. */
const FEE_COLUMNS: Readonly<Record<keyof UseFee, readonly UseColumn[]>> = {
  amount: [],
  unit: [],
  payer: ['fee_payer'],
  shared: ['fee_shared'],
};

type Columns = Readonly<Record<string, readonly UseColumn[]>>;

const columnsOf = (fields: ReadonlySet<string>, known: Columns): readonly UseColumn[] =>
  [...fields].flatMap((field) => known[field] ?? (field === '__typename' ? [] : ALL_USE_COLUMNS));

/** The columns that a list is asked with, in their own order whatever that of the fields. A field that is not known here reads all. */
export const columnsFor = (
  fields: ReadonlySet<string>,
  feeFields: ReadonlySet<string>,
): readonly UseColumn[] => {
  const wanted = new Set<UseColumn>([
    ...PLACE_COLUMNS,
    ...columnsOf(fields, FIELD_COLUMNS),
    ...columnsOf(feeFields, FEE_COLUMNS),
  ]);
  return ALL_USE_COLUMNS.filter((column) => wanted.has(column));
};
