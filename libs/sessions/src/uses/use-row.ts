import type { JsonObject, JsonValue } from '#libs/facts';

/** A fact about a use as it is stored: everything in its printed form. */
export interface StoredUseFact {
  readonly account: string;
  readonly blockNumber: number;
  readonly blockHash: string;
  readonly transactionIndex: number;
  readonly eventIndex: number;
  readonly transactionHash: string | null;
  readonly kind: string;
  readonly sessionKey: string | null;
  readonly payload: JsonObject;
}

export const USE_FACT_KINDS: readonly string[] = [
  'SessionCallConsumed',
  'SessionCallDenied',
  'SessionCallUnattributed',
];

export const isUseFact = ({ kind }: { readonly kind: string }): boolean => USE_FACT_KINDS.includes(kind);

/** Columns of the table `uses` that say where a use stands. */
export const KEY_TYPES = {
  account: 'text',
  block_number: 'bigint',
  transaction_index: 'integer',
  event_index: 'integer',
} as const;
export const USE_KEY = Object.keys(KEY_TYPES);

/** The other columns of the table `uses`, with their types. */
export const USE_COLUMNS = {
  block_hash: 'text',
  transaction_hash: 'text',
  session_key: 'text',
  outcome: 'text',
  calls_burned: 'bigint',
  path: 'text',
  attribution: 'text',
  sender: 'text',
  top_level: 'boolean',
  signature_valid_until_seconds: 'numeric',
  outside_nonce: 'text',
  outside_caller: 'text',
  calls: 'jsonb',
  calls_used_before: 'bigint',
  calls_used_after: 'bigint',
  max_calls: 'bigint',
  debits: 'jsonb',
  refusal: 'jsonb',
  revert_reason: 'text',
  fee_amount: 'numeric',
  fee_unit: 'text',
  fee_payer: 'text',
  fee_shared: 'boolean',
  unattributed: 'jsonb',
} as const;

export type UseRow = Readonly<Record<keyof typeof KEY_TYPES | keyof typeof USE_COLUMNS, JsonValue>> & {
  readonly account: string;
};

/** What the read model keeps of a use, from its fact alone. */
export const useRow = (fact: StoredUseFact): UseRow => {
  const { payload: p } = fact;
  const fee = (p['fee'] ?? {}) as JsonObject;
  const isUnattributed = fact.kind === 'SessionCallUnattributed';
  return {
    account: fact.account,
    block_number: fact.blockNumber,
    transaction_index: fact.transactionIndex,
    event_index: fact.eventIndex,
    block_hash: fact.blockHash,
    transaction_hash: isUnattributed ? null : fact.transactionHash,
    session_key: fact.sessionKey,
    outcome: p['outcome'] ?? 'UNATTRIBUTED',
    calls_burned: burned(fact),
    path: p['path'] ?? null,
    attribution: p['attribution'] ?? null,
    sender: p['sender'] ?? null,
    top_level: p['topLevel'] ?? null,
    signature_valid_until_seconds: p['signatureValidUntilSeconds'] ?? null,
    outside_nonce: p['outsideNonce'] ?? null,
    outside_caller: p['outsideCaller'] ?? null,
    calls: p['calls'] ?? null,
    calls_used_before: p['callsUsedBefore'] ?? null,
    calls_used_after: p['callsUsedAfter'] ?? null,
    max_calls: p['maxCalls'] ?? null,
    debits: p['debits'] ?? null,
    refusal: p['refusal'] ?? null,
    revert_reason: p['revertReason'] ?? null,
    fee_amount: fee['amount'] ?? null,
    fee_unit: fee['unit'] ?? null,
    fee_payer: fee['payer'] ?? null,
    fee_shared: p['feeShared'] ?? null,
    unattributed: isUnattributed ? p : null,
  };
};

const burned = ({ kind, payload }: StoredUseFact): JsonValue => {
  if (kind === 'SessionCallConsumed') return 1;
  return kind === 'SessionCallDenied' ? 0 : (payload['delta'] ?? null);
};
