import { sql } from 'kysely';
import type { Trx } from '#libs/database';
import { jsonParameter, type NewFact } from '#libs/facts';
import { feltToHex } from '#libs/felt';

const USE_KINDS: ReadonlySet<string> = new Set([
  'SessionCallConsumed',
  'SessionCallDenied',
  'SessionCallUnattributed',
]);

/** Writes the uses that facts tell of; other facts are left aside. Accounts with one unattributed are quarantined. */
export const writeUses = async (trx: Trx, networkId: number, facts: readonly NewFact[]): Promise<void> => {
  const rows = facts.filter(({ kind }) => USE_KINDS.has(kind)).map(useRow);
  if (rows.length === 0) return;
  await sql`
    insert into uses (network_id, account, block_number, transaction_index, event_index, block_hash, transaction_hash,
      session_key, outcome, calls_burned, path, attribution, sender, top_level, signature_valid_until_seconds,
      outside_nonce, outside_caller, calls, calls_used_before, calls_used_after, max_calls, debits, refusal,
      revert_reason, fee_amount, fee_unit, fee_payer, fee_shared, unattributed)
    select ${networkId}::integer, r.account, r.block_number, r.transaction_index, r.event_index, r.block_hash,
      r.transaction_hash, r.session_key, coalesce(p ->> 'outcome', 'UNATTRIBUTED'),
      case r.kind when 'SessionCallConsumed' then 1 when 'SessionCallDenied' then 0 else (p ->> 'delta')::bigint end,
      p ->> 'path', p ->> 'attribution', p ->> 'sender', (p ->> 'topLevel')::boolean,
      (p ->> 'signatureValidUntilSeconds')::numeric, p ->> 'outsideNonce', p ->> 'outsideCaller',
      nullif(p -> 'calls', 'null'), (p ->> 'callsUsedBefore')::bigint, (p ->> 'callsUsedAfter')::bigint,
      (p ->> 'maxCalls')::bigint, nullif(p -> 'debits', 'null'), nullif(p -> 'refusal', 'null'), p ->> 'revertReason',
      (p -> 'fee' ->> 'amount')::numeric, p -> 'fee' ->> 'unit', p -> 'fee' ->> 'payer', (p ->> 'feeShared')::boolean,
      case r.kind when 'SessionCallUnattributed' then p end
    from jsonb_to_recordset(${jsonParameter(rows)}::text::jsonb)
      as r(account text, block_number bigint, transaction_index integer, event_index integer, block_hash text,
        transaction_hash text, session_key text, kind text, payload jsonb)
      cross join lateral (select r.payload) as payload(p)
    on conflict do nothing`.execute(trx);
  await quarantine(trx, networkId, rows);
};

const useRow = (fact: NewFact) => ({
  account: feltToHex(fact.account),
  block_number: fact.blockNumber,
  transaction_index: fact.transactionIndex,
  event_index: fact.eventIndex,
  block_hash: feltToHex(fact.blockHash),
  transaction_hash:
    fact.kind === 'SessionCallUnattributed' || fact.transactionHash === undefined
      ? null
      : feltToHex(fact.transactionHash),
  session_key: fact.sessionKey === undefined ? null : feltToHex(fact.sessionKey),
  kind: fact.kind,
  payload: fact.payload,
});

const quarantine = async (
  trx: Trx,
  networkId: number,
  rows: readonly ReturnType<typeof useRow>[],
): Promise<void> => {
  const accounts = rows
    .filter(({ kind }) => kind === 'SessionCallUnattributed')
    .map(({ account }) => account);
  if (accounts.length === 0) return;
  await trx
    .updateTable('accounts')
    .set({ attribution: 'QUARANTINED' })
    .where('network_id', '=', networkId)
    .where('address', 'in', accounts)
    .execute();
};

/** Takes back the uses of blocks above the ancestor, and quarantines and incidents that only such blocks gave cause for. */
export const cutUsesAbove = async (trx: Trx, networkId: number, ancestor: number): Promise<void> => {
  await trx
    .deleteFrom('uses')
    .where('network_id', '=', networkId)
    .where('block_number', '>', ancestor)
    .execute();
  await sql`
    with released as (
      update accounts set attribution = 'EXACT'
      where network_id = ${networkId}::integer and attribution = 'QUARANTINED' and not exists (
        select from uses
        where uses.network_id = accounts.network_id and uses.account = accounts.address
          and uses.outcome = 'UNATTRIBUTED'
      )
      returning address
    )
    update incidents set resolved_at = now(), resolution = 'the block that showed it was left by a reorg'
    from released
    where incidents.network_id = ${networkId}::integer and incidents.account = released.address
      and incidents.kind = 'ATTRIBUTION_FAILED' and incidents.resolved_at is null`.execute(trx);
};
