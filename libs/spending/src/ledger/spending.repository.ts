import { sql } from 'kysely';
import { copyRows, FEWEST_COPIED, type Trx } from '#libs/database';
import type { BlockHeader } from '#libs/chain';
import { type Address, commonFeltToHex, feltToHex } from '#libs/felt';
import type { ApprovalEntry, DebitEntry, LedgerEntries, MovementEntry } from './ledger.types.ts';

/** What one block did to the ledgers of one account. */
export interface PlacedEntries {
  readonly account: Address;
  readonly block: Pick<BlockHeader, 'blockNumber' | 'blockHash'>;
  readonly entries: LedgerEntries;
}

/** Bounds the memory that one statement takes on both sides. */
const ROWS_A_STATEMENT = 5_000;

/** Inserts the entries of a run of blocks. Those of a block are written once: after a reorg they are cut before. */
export const writeSpending = async (
  trx: Trx,
  networkId: number,
  blocks: readonly PlacedEntries[],
): Promise<void> => {
  const debits = blocks.flatMap((block) => block.entries.debits.map((entry) => debitRow(block, entry)));
  const movements = blocks.flatMap((block) =>
    block.entries.movements.map((entry) => movementRow(block, entry)),
  );
  const approvals = blocks.flatMap((block) =>
    block.entries.approvals.map((entry) => approvalRow(block, entry)),
  );
  if (debits.length >= FEWEST_COPIED) await copyRows(trx, networkId, 'debits', DEBIT_COLUMNS, debits);
  else if (debits.length > 0) await insertDebits(trx, networkId, debits);
  if (movements.length >= FEWEST_COPIED)
    await copyRows(trx, networkId, 'movements', MOVEMENT_COLUMNS, movements);
  else if (movements.length > 0) await insertMovements(trx, networkId, movements);
  await inParts(approvals, (rows) => insertApprovals(trx, networkId, rows));
};

const PLACE_COLUMNS = [
  ...(['account', 'block_number', 'block_hash', 'transaction_index', 'transaction_hash'] as const),
];
const DEBIT_COLUMNS = [
  ...PLACE_COLUMNS,
  ...(['use_index', 'call_index', 'session_key', 'token', 'selector', 'counterparty', 'amount'] as const),
  ...([
    'spent_before',
    'spent_after',
    'window_start_seconds',
    'window_started',
    'cause',
    'moved_amount',
  ] as const),
];
const MOVEMENT_COLUMNS = [
  ...PLACE_COLUMNS,
  ...(['event_index', 'token', 'direction', 'counterparty', 'amount', 'sender', 'cause'] as const),
  ...(['session_key', 'use_index', 'call_index'] as const),
];

const inParts = async <Row>(
  rows: readonly Row[],
  insert: (part: readonly Row[]) => Promise<unknown>,
): Promise<void> => {
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) {
    await insert(rows.slice(from, from + ROWS_A_STATEMENT));
  }
};

const insertDebits = (trx: Trx, networkId: number, rows: readonly ReturnType<typeof debitRow>[]) =>
  sql`
    insert into debits (network_id, account, block_number, transaction_index, use_index, call_index, block_hash,
      transaction_hash, session_key, token, selector, counterparty, amount, spent_before, spent_after,
      window_start_seconds, window_started, cause, moved_amount)
    select ${networkId}::integer, r.account, r.block_number, r.transaction_index, r.use_index, r.call_index, r.block_hash,
      r.transaction_hash, r.session_key, r.token, r.selector, r.counterparty, r.amount, r.spent_before, r.spent_after,
      r.window_start_seconds, r.window_started, r.cause, r.moved_amount
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
      as r(account text, block_number bigint, transaction_index integer, use_index integer, call_index integer,
        block_hash text, transaction_hash text, session_key text, token text, selector text, counterparty text,
        amount numeric, spent_before numeric, spent_after numeric, window_start_seconds numeric, window_started boolean,
        cause text, moved_amount numeric)`.execute(trx);

const insertMovements = (trx: Trx, networkId: number, rows: readonly ReturnType<typeof movementRow>[]) =>
  sql`
    insert into movements (network_id, account, block_number, transaction_index, event_index, block_hash,
      transaction_hash, token, direction, counterparty, amount, sender, cause, session_key, use_index, call_index)
    select ${networkId}::integer, r.account, r.block_number, r.transaction_index, r.event_index, r.block_hash,
      r.transaction_hash, r.token, r.direction, r.counterparty, r.amount, r.sender, r.cause, r.session_key, r.use_index,
      r.call_index
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
      as r(account text, block_number bigint, transaction_index integer, event_index integer, block_hash text,
        transaction_hash text, token text, direction text, counterparty text, amount numeric, sender text, cause text,
        session_key text, use_index integer, call_index integer)`.execute(trx);

const insertApprovals = (trx: Trx, networkId: number, rows: readonly ReturnType<typeof approvalRow>[]) =>
  sql`
    insert into approvals (network_id, account, block_number, transaction_index, use_index, call_index, session_key, token,
      spender)
    select ${networkId}::integer, r.account, r.block_number, r.transaction_index, r.use_index, r.call_index, r.session_key,
      r.token, r.spender
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
      as r(account text, block_number bigint, transaction_index integer, use_index integer, call_index integer,
        session_key text, token text, spender text)`.execute(trx);

const placeColumns = (
  { account, block }: PlacedEntries,
  { transactionIndex, transactionHash }: Pick<DebitEntry, 'transactionIndex' | 'transactionHash'>,
) => ({
  account: commonFeltToHex(account),
  block_number: block.blockNumber,
  block_hash: commonFeltToHex(block.blockHash),
  transaction_index: transactionIndex,
  transaction_hash: feltToHex(transactionHash),
});

export const debitRow = (block: PlacedEntries, entry: DebitEntry) => ({
  ...placeColumns(block, entry),
  use_index: entry.useIndex,
  call_index: entry.callIndex,
  session_key: commonFeltToHex(entry.sessionKey),
  token: commonFeltToHex(entry.token),
  selector: commonFeltToHex(entry.selector),
  counterparty: feltToHex(entry.counterparty),
  amount: entry.amount.toString(),
  spent_before: entry.spentBefore.toString(),
  spent_after: entry.spentAfter.toString(),
  window_start_seconds: entry.windowStartSeconds.toString(),
  window_started: entry.windowStarted,
  cause: entry.cause,
  moved_amount: entry.movedAmount.toString(),
});

const hexOrNull = (felt: bigint | undefined): string | null => (felt === undefined ? null : feltToHex(felt));

export const movementRow = (block: PlacedEntries, entry: MovementEntry) => ({
  ...placeColumns(block, entry),
  event_index: entry.eventIndex,
  token: commonFeltToHex(entry.token),
  direction: entry.direction,
  counterparty: feltToHex(entry.counterparty),
  amount: entry.amount.toString(),
  sender: hexOrNull(entry.sender),
  cause: entry.cause,
  session_key: hexOrNull(entry.sessionKey),
  use_index: entry.useIndex ?? null,
  call_index: entry.callIndex ?? null,
});

export const approvalRow = ({ account, block }: PlacedEntries, entry: ApprovalEntry) => ({
  account: commonFeltToHex(account),
  block_number: block.blockNumber,
  transaction_index: entry.transactionIndex,
  use_index: entry.useIndex,
  call_index: entry.callIndex,
  session_key: commonFeltToHex(entry.sessionKey),
  token: commonFeltToHex(entry.token),
  spender: feltToHex(entry.spender),
});

/** Makes room for the entries of blocks of an account that are read again. */
export const clearSpending = async (
  trx: Trx,
  networkId: number,
  account: Address,
  blockNumbers: readonly number[],
): Promise<void> => {
  for (const table of ['debits', 'movements', 'approvals'] as const) {
    await trx
      .deleteFrom(table)
      .where('network_id', '=', networkId)
      .where('account', '=', commonFeltToHex(account))
      .where(sql<boolean>`block_number = any(${blockNumbers}::bigint[])`)
      .execute();
  }
};

/** Takes back the entries of blocks above a height, but for one that is known to be on the chain still. The facts stay. */
export const cutSpendingAbove = async (
  trx: Trx,
  networkId: number,
  height: number,
  kept?: number,
): Promise<void> => {
  for (const table of ['debits', 'movements', 'approvals'] as const) {
    const entries = trx
      .deleteFrom(table)
      .where('network_id', '=', networkId)
      .where('block_number', '>', height);
    await (kept === undefined ? entries : entries.where('block_number', '<>', kept)).execute();
  }
};
