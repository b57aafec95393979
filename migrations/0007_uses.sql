-- Every call that a session key consumed or was denied, by the transaction it came in.

create table uses (
  network_id integer not null,
  account felt not null,
  block_number block_height not null,
  transaction_index integer not null check (transaction_index >= 0),
  event_index integer not null check (event_index >= 0),
  block_hash felt not null,
  transaction_hash felt,
  session_key felt not null,
  outcome text not null check (outcome in ('SUCCEEDED', 'REVERTED', 'FAILED_INSIDE', 'UNATTRIBUTED')),
  calls_burned bigint not null,
  path text check (path in ('INVOKE', 'OUTSIDE_EXECUTION')),
  attribution text check (attribution in ('REPLAY', 'TRACE')),
  sender felt,
  top_level boolean,
  signature_valid_until_seconds uint256,
  outside_nonce felt,
  outside_caller felt,
  calls jsonb,
  calls_used_before bigint,
  calls_used_after bigint,
  max_calls bigint,
  debits jsonb,
  refusal jsonb,
  revert_reason text,
  fee_amount uint256,
  fee_unit text,
  fee_payer felt,
  fee_shared boolean,
  unattributed jsonb,
  primary key (network_id, account, block_number, transaction_index, event_index),
  constraint uses_attributed_to_a_transaction check (
    (outcome = 'UNATTRIBUTED') = (transaction_hash is null)
    and (outcome = 'UNATTRIBUTED') = (path is null)
    and (outcome = 'UNATTRIBUTED') = (unattributed is not null)
  )
);
comment on table uses is
  'Read model of the facts SessionCallConsumed, SessionCallDenied and SessionCallUnattributed, at their place. '
  'Canonical blocks only: rows above the common ancestor go with a reorg.';
comment on column uses.outcome is
  'Of the transaction; FAILED_INSIDE: taken back inside one that succeeded; UNATTRIBUTED: no transaction explains it.';
comment on column uses.calls_burned is 'What it took of the key''s calls: 1, 0 where it was taken back; where unattributed any number.';
comment on column uses.attribution is 'Told by calldata and receipts that explain the state diff, or by the trace of the transaction.';
comment on column uses.calls is 'Inner calls with whether each failed (null: nothing tells). Null where the calldata is not the standard''s.';
comment on column uses.calls_used_before is 'Null where other calls of the key in the block are not explained.';
comment on column uses.debits is 'Null where the window rule of the class is not verified; empty where nothing was debited.';
comment on column uses.refusal is 'By the rules on the state before it. Null where it succeeded, or no rule of the account refuses it.';
comment on column uses.fee_shared is 'The fee of the transaction stands on the account''s first use in it; this is another one.';

create index uses_by_session
  on uses (network_id, account, session_key, block_number, transaction_index, event_index);
create index uses_by_transaction on uses (network_id, transaction_hash) where transaction_hash is not null;
create index uses_by_block on uses (network_id, block_number);

alter table accounts
  add column attribution text not null default 'EXACT' check (attribution in ('EXACT', 'QUARANTINED'));
comment on column accounts.attribution is
  'QUARANTINED: calls of its keys were counted that no transaction explains. Its state is exact all the same.';
