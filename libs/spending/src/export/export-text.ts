import { createHash } from 'node:crypto';
import { feltToHex, parseAddress, parseFelt } from '#libs/felt';
import { encodeNodeId, type IdentifiedNetwork } from '#libs/api';
import { encodeRowId } from '../reviews/row-id.ts';
import { scaled } from '../tokens/scaled.ts';
import type { ExportRecord } from './export-record.ts';
import type { ExportRow } from './export-rows.statement.ts';
import type { RecordWriter } from './write-record.ts';

export interface ExportedNetwork extends IdentifiedNetwork {
  readonly label: string;
}

/** What was written, told when all of it was. */
export interface ExportSummary {
  readonly rows: number;
  readonly sha256: string;
  readonly blockNumber: number | undefined;
}

interface Total {
  readonly token: string;
  readonly symbol: string | null;
  readonly decimals: number | null;
  rows: number;
  debited: bigint;
  moved: bigint;
  received: bigint;
}

/** Fees are paid in the token of the protocol, which the ledgers leave out: summed by their unit. */
interface FeeTotal {
  readonly unit: string;
  rows: number;
  fee: bigint;
}

/** Of WEI and FRI alike. */
const FEE_DECIMALS = 18;
const CHUNK_CHARACTERS = 65_536;

/**
 * The text of an export, piece by piece: rows, then a total for each token and for the fees of each unit, then an end that says how many rows there are and
 * the SHA-256 of every byte before it. What breaks off has no end.
 */
export async function* exportText(
  rows: AsyncIterable<ExportRow>,
  network: ExportedNetwork,
  writer: RecordWriter,
  finished: (summary: ExportSummary) => void,
): AsyncGenerator<string, void, undefined> {
  const hash = createHash('sha256');
  const totals = new Map<string, Total>();
  const fees = new Map<string, FeeTotal>();
  let [text, count] = [writer.head, 0];
  let head: Pick<ExportRow, 'head_number' | 'head_hash'> | undefined;
  for await (const row of rows) {
    head = row;
    if (row.kind === null) continue;
    count += 1;
    addTo(totals, row);
    addFee(fees, row);
    text += writer.write(recordOf(row, network));
    if (text.length < CHUNK_CHARACTERS) continue;
    hash.update(text);
    yield text;
    text = '';
  }
  const place = { chain_id: feltToHex(network.chainId), network: network.label };
  for (const total of sorted(totals)) text += writer.write({ ...place, ...totalRecord(total) });
  for (const { unit, rows: withFee, fee } of [...fees.values()].sort((a, b) => (a.unit < b.unit ? -1 : 1)))
    text += writer.write({ type: 'total', ...place, ...feeColumns(fee.toString(), unit), rows: withFee });
  hash.update(text);
  const sha256 = hash.digest('hex');
  const asOf = { block_number: head?.head_number ?? null, block_hash: head?.head_hash ?? null };
  yield text + writer.write({ type: 'end', ...place, ...asOf, rows: count, sha256 });
  finished({ rows: count, sha256, blockNumber: head?.head_number });
}

const amountsOf = ({ kind, direction, amount }: ExportRow) => {
  const of = (isOf: boolean): string | undefined => (isOf ? (amount ?? undefined) : undefined);
  return {
    debited: of(kind === 'DEBIT'),
    moved: of(kind === 'MOVEMENT' && direction !== 'IN'),
    received: of(kind === 'MOVEMENT' && direction === 'IN'),
  };
};

const feeColumns = (fee: string | null, unit: string | null) => ({
  fee_raw: fee,
  fee: fee === null ? null : scaled(BigInt(fee), FEE_DECIMALS),
  fee_unit: unit,
});

const addFee = (fees: Map<string, FeeTotal>, { fee_amount: fee, fee_unit: unit }: ExportRow): void => {
  if (fee === null || unit === null) return;
  const total = fees.get(unit) ?? { unit, rows: 0, fee: 0n };
  total.rows += 1;
  total.fee += BigInt(fee);
  fees.set(unit, total);
};

const addTo = (totals: Map<string, Total>, row: ExportRow): void => {
  const { token, symbol, decimals } = row;
  if (token === null) return;
  const total = totals.get(token) ?? {
    token,
    symbol,
    decimals,
    rows: 0,
    debited: 0n,
    moved: 0n,
    received: 0n,
  };
  const { debited = '0', moved = '0', received = '0' } = amountsOf(row);
  total.rows += 1;
  total.debited += BigInt(debited);
  total.moved += BigInt(moved);
  total.received += BigInt(received);
  totals.set(token, total);
};

const sorted = (totals: ReadonlyMap<string, Total>): readonly Total[] =>
  [...totals.values()].sort((a, b) => (a.token < b.token ? -1 : 1));

const TYPES = { DEBIT: 'debit', MOVEMENT: 'movement', USE: 'use' } as const;

/** As `id` of the same thing over GraphQL. */
const idOf = (row: ExportRow, network: ExportedNetwork): string => {
  const { kind, account, transaction_hash: hash, row_index: rowIndex, call_index: callIndex } = row;
  if (kind === 'USE' || kind === null || hash === null) {
    const reference = hash ?? `block:${row.block_number}:${row.block_hash}`;
    return encodeNodeId('Use', network, [account, reference, String(rowIndex)]);
  }
  const key = { account: parseAddress(account), transactionHash: parseFelt(hash), rowIndex, callIndex };
  return encodeRowId(network, { kind, ...key });
};

const recordOf = (row: ExportRow, place: ExportedNetwork): ExportRecord => {
  const { chainId, label: network } = place;
  return {
    type: TYPES[row.kind ?? 'USE'],
    id: idOf(row, place),
    chain_id: feltToHex(chainId),
    network,
    block_number: row.block_number,
    block_hash: row.block_hash,
    finality: row.finality,
    timestamp: row.timestamp_seconds,
    time: isoTime(BigInt(row.timestamp_seconds)),
    transaction_hash: row.transaction_hash,
    transaction_index: row.transaction_index,
    row_index: row.row_index,
    call_index: row.call_index === -1 ? null : row.call_index,
    account: row.account,
    label: row.label,
    team: row.team,
    cost_centre: row.cost_centre,
    groups: row.groups,
    session_key: row.session_key,
    token: row.token,
    symbol: row.symbol,
    decimals: row.decimals,
    direction: row.direction,
    counterparty: row.counterparty,
    cause: row.cause,
    ...amountColumns(row),
    outcome: row.outcome,
    calls_burned: row.calls_burned,
    ...feeColumns(row.fee_amount, row.fee_unit),
    fee_payer: row.fee_payer,
    review: row.state,
    review_note: row.note,
  };
};

const amountColumns = (row: ExportRow) => {
  const { debited, moved, received } = amountsOf(row);
  const whole = (raw: string | undefined) => (raw === undefined ? null : scaled(BigInt(raw), row.decimals));
  return {
    debited_raw: debited ?? null,
    debited: whole(debited),
    moved_raw: moved ?? null,
    moved: whole(moved),
    received_raw: received ?? null,
    received: whole(received),
  };
};

/** Beyond the year 9999 there is no such text; the seconds stand beside it. */
const isoTime = (seconds: bigint): string | null =>
  seconds < 253_402_300_800n ? new Date(Number(seconds) * 1_000).toISOString() : null;

const totalRecord = ({ token, symbol, decimals, rows, debited, moved, received }: Total): ExportRecord => ({
  type: 'total',
  token,
  symbol,
  decimals,
  debited_raw: debited.toString(),
  debited: scaled(debited, decimals),
  moved_raw: moved.toString(),
  moved: scaled(moved, decimals),
  received_raw: received.toString(),
  received: scaled(received, decimals),
  rows,
});
