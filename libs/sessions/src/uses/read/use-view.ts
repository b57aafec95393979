import { entrypointName } from '#libs/account';
import { encodeNodeId, type IdentifiedNetwork } from '#libs/api';
import { parseCommonFelt, parseFelt } from '#libs/felt';
import type { OfToken } from '../../read/graphql/of-token.ts';
import type { ListedUse, StoredUse, UseColumn } from './use-columns.ts';
import type { UnattributedUse, Use, UseCall, UseDebit, UseFee, UseRefusal } from './uses.models.ts';

/** A stored use as an answer. What nobody asks for is not worked out. The JSON columns are what the facts hold. */
export const useView = (row: ListedUse, network: IdentifiedNetwork): Use => new UseView(row, network);

class UseView implements Use {
  readonly #row: ListedUse;
  readonly #network: IdentifiedNetwork;

  constructor(row: ListedUse, network: IdentifiedNetwork) {
    this.#row = row;
    this.#network = network;
  }

  get id(): string {
    const row = this.#row;
    const names = [stored(row, 'account'), referenceOf(row), String(row.event_index)];
    return encodeNodeId('Use', this.#network, names);
  }
  get chainId(): bigint {
    return this.#network.chainId;
  }
  get account(): bigint {
    return parseCommonFelt(stored(this.#row, 'account'));
  }
  get sessionKey(): bigint {
    return parseCommonFelt(stored(this.#row, 'session_key'));
  }
  get outcome(): Use['outcome'] {
    return stored(this.#row, 'outcome');
  }
  get callsBurned(): number {
    return stored(this.#row, 'calls_burned');
  }
  get path(): Use['path'] {
    return stored(this.#row, 'path');
  }
  get attribution(): Use['attribution'] {
    return stored(this.#row, 'attribution');
  }
  get transactionHash(): bigint | null {
    return feltOrNull(stored(this.#row, 'transaction_hash'));
  }
  get transactionIndex(): number | null {
    return stored(this.#row, 'transaction_hash') === null ? null : this.#row.transaction_index;
  }
  get blockNumber(): number {
    return this.#row.use_block_number;
  }
  get blockHash(): bigint {
    return parseFelt(stored(this.#row, 'use_block_hash'));
  }
  get timestamp(): bigint {
    return BigInt(stored(this.#row, 'use_timestamp_seconds'));
  }
  get sender(): bigint | null {
    return commonOrNull(stored(this.#row, 'sender'));
  }
  get topLevel(): boolean | null {
    return stored(this.#row, 'top_level');
  }
  get signatureValidUntil(): bigint | null {
    return countOrNull(stored(this.#row, 'signature_valid_until_seconds'));
  }
  get outsideNonce(): bigint | null {
    return feltOrNull(stored(this.#row, 'outside_nonce'));
  }
  get outsideCaller(): bigint | null {
    return commonOrNull(stored(this.#row, 'outside_caller'));
  }
  get calls(): UseCall[] | null {
    return (stored(this.#row, 'calls') as CallJson[] | null)?.map((call) => new CallView(call)) ?? null;
  }
  get callsUsedBefore(): bigint | null {
    return countOrNull(stored(this.#row, 'calls_used_before'));
  }
  get callsUsedAfter(): bigint | null {
    return countOrNull(stored(this.#row, 'calls_used_after'));
  }
  get maxCalls(): bigint | null {
    return countOrNull(stored(this.#row, 'max_calls'));
  }
  get debits(): (UseDebit & OfToken)[] | null {
    const { chainId } = this.#network;
    return (
      (stored(this.#row, 'debits') as DebitJson[] | null)?.map((debit) => new DebitView(debit, chainId)) ??
      null
    );
  }
  get refusal(): UseRefusal | null {
    return refusalView(stored(this.#row, 'refusal') as RefusalJson | null);
  }
  get revertReason(): string | null {
    return stored(this.#row, 'revert_reason');
  }
  get fee(): UseFee | null {
    return feeView(this.#row);
  }
  get unattributed(): UnattributedUse | null {
    return unattributedView(stored(this.#row, 'unattributed') as UnattributedJson | null);
  }
}

/** @throws Error where the row was read without the column: it is missing in FIELD_COLUMNS */
const stored = <Name extends UseColumn>(row: ListedUse, name: Name): StoredUse[Name] => {
  const value = row[name];
  if (value === undefined) throw new Error(`${name} of a use is asked for, and was not read`);
  return value as StoredUse[Name];
};

/** The transaction keeps its name where it is included again; what no transaction explains belongs to its block. */
const referenceOf = (row: ListedUse): string =>
  stored(row, 'transaction_hash') ?? `block:${row.use_block_number}:${stored(row, 'use_block_hash')}`;

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
const countOrNull = (count: number | string | null): bigint | null => (count === null ? null : BigInt(count));

class CallView implements UseCall {
  readonly #call: CallJson;

  constructor(call: CallJson) {
    this.#call = call;
  }

  get to(): bigint {
    return parseCommonFelt(this.#call.to);
  }
  get selector(): bigint {
    return parseCommonFelt(this.#call.selector);
  }
  get name(): string | null {
    return entrypointName(this.selector) ?? null;
  }
  get calldata(): bigint[] {
    return this.#call.calldata.map(parseCommonFelt);
  }
  get failed(): boolean | null {
    return this.#call.failed;
  }
}

class DebitView implements UseDebit, OfToken {
  readonly chainId: bigint;
  readonly #debit: DebitJson;

  constructor(debit: DebitJson, chainId: bigint) {
    this.chainId = chainId;
    this.#debit = debit;
  }

  get callIndex(): number {
    return Number(this.#debit.callIndex);
  }
  get token(): bigint {
    return parseCommonFelt(this.#debit.token);
  }
  get amount(): bigint {
    return BigInt(this.#debit.amount);
  }
  get spentBefore(): bigint {
    return BigInt(this.#debit.spentBefore);
  }
  get spentAfter(): bigint {
    return BigInt(this.#debit.spentAfter);
  }
  get windowStart(): bigint {
    return BigInt(this.#debit.windowStartSeconds);
  }
  get windowStarted(): boolean {
    return this.#debit.windowStarted;
  }
}

const refusalView = (refusal: RefusalJson | null): UseRefusal | null =>
  refusal && {
    code: refusal.code,
    rule: refusal.rule,
    callIndex: refusal.callIndex === null ? null : Number(refusal.callIndex),
    panicText: refusal.panicText,
    confirmed: refusal.confirmed,
  };

const feeView = (row: ListedUse): UseFee | null => {
  const [amount, unit] = [stored(row, 'fee_amount'), stored(row, 'fee_unit')];
  return amount === null || unit === null ? null : new FeeView(row, BigInt(amount), unit);
};

class FeeView implements UseFee {
  readonly amount: bigint;
  readonly unit: string;
  readonly #row: ListedUse;

  constructor(row: ListedUse, amount: bigint, unit: string) {
    this.amount = amount;
    this.unit = unit;
    this.#row = row;
  }

  get payer(): bigint | null {
    return commonOrNull(stored(this.#row, 'fee_payer'));
  }

  get shared(): boolean {
    return stored(this.#row, 'fee_shared') === true;
  }
}

const unattributedView = (value: UnattributedJson | null): UnattributedUse | null =>
  value && {
    reason: value.reason,
    tokens: value.tokens.map(parseFelt),
    transactionHashes: value.transactionHashes.map(parseFelt),
  };
