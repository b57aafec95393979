import { sql } from 'kysely';
import type { Db, Row, Trx } from '#libs/database';
import { type Address, feltToHex, parseAddress, parseFelt } from '#libs/felt';
import type { DeadLetter, JsonObject, NewDeadLetter } from './fact.ts';
import { jsonParameter } from './json-parameter.ts';

/** Bounds the memory that one statement takes on both sides. */
const ROWS_A_STATEMENT = 5_000;

/** Keeps what could not be decoded. Found again at the same place, here or before, the newest reason stands. */
export const appendDeadLetters = async (
  trx: Trx,
  networkId: number,
  letters: readonly NewDeadLetter[],
): Promise<void> => {
  for (let from = 0; from < letters.length; from += ROWS_A_STATEMENT) {
    await appendSome(trx, networkId, letters.slice(from, from + ROWS_A_STATEMENT));
  }
};

// One statement cannot write a row twice, so of letters from the same place the last goes in.
const appendSome = async (trx: Trx, networkId: number, letters: readonly NewDeadLetter[]): Promise<void> => {
  await sql`
    insert into dead_letters (network_id, block_hash, transaction_index, event_index, block_number, transaction_hash,
      account, code, reason, raw)
    select distinct on (r.block_number, r.transaction_index, r.event_index, r.account, r.block_hash)
      ${networkId}::integer, r.block_hash, r.transaction_index, r.event_index, r.block_number, r.transaction_hash,
      r.account, r.code, r.reason, r.raw
    from jsonb_to_recordset(${jsonParameter(letters.map(toColumns))}::text::jsonb)
      as r(block_hash text, transaction_index integer, event_index integer, block_number bigint, transaction_hash text,
        account text, code text, reason text, raw jsonb, ordinal integer)
    order by r.block_number, r.transaction_index, r.event_index, r.account, r.block_hash, r.ordinal desc
    on conflict (network_id, block_number, transaction_index, event_index, account, block_hash)
    do update set code = excluded.code, reason = excluded.reason, raw = excluded.raw, recorded_at = now()`.execute(
    trx,
  );
};

const toColumns = (letter: NewDeadLetter, ordinal: number) => ({
  ordinal,
  block_hash: feltToHex(letter.blockHash),
  transaction_index: letter.transactionIndex,
  event_index: letter.eventIndex,
  block_number: letter.blockNumber,
  transaction_hash: letter.transactionHash === undefined ? null : feltToHex(letter.transactionHash),
  account: feltToHex(letter.account),
  code: letter.code,
  reason: letter.reason,
  raw: letter.raw,
});

/** The newest of a network, or of one account. */
export const listDeadLetters = async (
  db: Db | Trx,
  networkId: number,
  { account, limit }: { readonly account?: Address; readonly limit: number },
): Promise<DeadLetter[]> => {
  const rows = await db
    .selectFrom('dead_letters')
    .selectAll()
    .where('network_id', '=', networkId)
    .$if(account !== undefined, (query) => query.where('account', '=', feltToHex(account ?? 0n)))
    .orderBy('block_number', 'desc')
    .orderBy('transaction_index', 'desc')
    .orderBy('event_index', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toDeadLetter);
};

/** How many of each code: counted, never skipped in silence. */
export const deadLetterCountStatement = (db: Db | Trx, networkId: number) =>
  db
    .selectFrom('dead_letters')
    .select(['code', ({ fn }) => fn.countAll<number>().as('count')])
    .where('network_id', '=', networkId)
    .groupBy('code')
    .orderBy('code');

const toDeadLetter = (row: Row<'dead_letters'>): DeadLetter => ({
  blockNumber: row.block_number,
  blockHash: parseFelt(row.block_hash),
  transactionIndex: row.transaction_index,
  eventIndex: row.event_index,
  transactionHash: row.transaction_hash === null ? undefined : parseFelt(row.transaction_hash),
  account: parseAddress(row.account),
  code: row.code,
  reason: row.reason,
  raw: row.raw as JsonObject,
  recordedAt: row.recorded_at,
});
