import { entrypointName } from '#libs/account';
import { encodeNodeId, type IdentifiedNetwork } from '#libs/api';
import { parseCommonFelt, parseFelt } from '#libs/felt';
import type { StoredUse } from './uses.list.repository.ts';
import type { UnattributedUse, Use, UseCall, UseDebit, UseFee, UseRefusal } from './uses.models.ts';

/** A stored use as an answer. The JSON columns are what the facts hold. */
export const useView = (row: StoredUse, network: IdentifiedNetwork): Use => ({
  id: encodeNodeId('Use', network, [row.account, referenceOf(row), String(row.event_index)]),
  chainId: network.chainId,
  account: parseCommonFelt(row.account),
  sessionKey: parseCommonFelt(row.session_key),
  outcome: row.outcome,
  callsBurned: row.calls_burned ?? 0,
  path: row.path,
  attribution: row.attribution,
  transactionHash: feltOrNull(row.transaction_hash),
  transactionIndex: row.transaction_hash === null ? null : row.transaction_index,
  blockNumber: row.use_block_number ?? 0,
  blockHash: parseFelt(row.use_block_hash),
  timestamp: row.use_timestamp_seconds ?? 0n,
  sender: commonOrNull(row.sender),
  topLevel: row.top_level,
  signatureValidUntil: row.signature_valid_until_seconds,
  outsideNonce: feltOrNull(row.outside_nonce),
  outsideCaller: commonOrNull(row.outside_caller),
  calls: (row.calls as CallJson[] | null)?.map(callView) ?? null,
  callsUsedBefore: countOrNull(row.calls_used_before),
  callsUsedAfter: countOrNull(row.calls_used_after),
  maxCalls: countOrNull(row.max_calls),
  debits: (row.debits as DebitJson[] | null)?.map(debitView) ?? null,
  refusal: refusalView(row.refusal as RefusalJson | null),
  revertReason: row.revert_reason,
  fee: feeView(row),
  unattributed: unattributedView(row.unattributed as UnattributedJson | null),
});

/** The transaction keeps its name where it is included again; what no transaction explains belongs to its block. */
const referenceOf = (row: StoredUse): string =>
  row.transaction_hash ?? `block:${row.use_block_number}:${row.use_block_hash}`;

interface CallJson {
  readonly to: string;
  readonly selector: string;
  readonly calldata: readonly string[];
  readonly failed: boolean | null;
}

interface DebitJson {
  readonly callIndex: string;
  readonly token: string;
  readonly amount: string;
  readonly spentBefore: string;
  readonly spentAfter: string;
  readonly windowStartSeconds: string;
  readonly windowStarted: boolean;
}

interface RefusalJson {
  readonly code: string;
  readonly rule: string | null;
  readonly callIndex: string | null;
  readonly panicText: string | null;
  readonly confirmed: boolean;
}

interface UnattributedJson {
  readonly reason: string;
  readonly tokens: readonly string[];
  readonly transactionHashes: readonly string[];
}

const feltOrNull = (text: string | null): bigint | null => (text === null ? null : parseFelt(text));
const commonOrNull = (text: string | null): bigint | null => (text === null ? null : parseCommonFelt(text));
const countOrNull = (count: number | null): bigint | null => (count === null ? null : BigInt(count));

const callView = ({ to, selector: printed, calldata, failed }: CallJson): UseCall => {
  const selector = parseCommonFelt(printed);
  return {
    to: parseCommonFelt(to),
    selector,
    name: entrypointName(selector) ?? null,
    calldata: calldata.map(parseCommonFelt),
    failed,
  };
};

const debitView = (debit: DebitJson): UseDebit => ({
  callIndex: Number(debit.callIndex),
  token: parseCommonFelt(debit.token),
  amount: BigInt(debit.amount),
  spentBefore: BigInt(debit.spentBefore),
  spentAfter: BigInt(debit.spentAfter),
  windowStart: BigInt(debit.windowStartSeconds),
  windowStarted: debit.windowStarted,
});

const refusalView = (refusal: RefusalJson | null): UseRefusal | null =>
  refusal && {
    code: refusal.code,
    rule: refusal.rule,
    callIndex: refusal.callIndex === null ? null : Number(refusal.callIndex),
    panicText: refusal.panicText,
    confirmed: refusal.confirmed,
  };

const feeView = (row: StoredUse): UseFee | null => {
  const { fee_amount: amount, fee_unit: unit, fee_payer: payer, fee_shared: shared } = row;
  if (amount === null || unit === null) return null;
  return { amount, unit, payer: commonOrNull(payer), shared: shared === true };
};

const unattributedView = (value: UnattributedJson | null): UnattributedUse | null =>
  value && {
    reason: value.reason,
    tokens: value.tokens.map(parseFelt),
    transactionHashes: value.transactionHashes.map(parseFelt),
  };
