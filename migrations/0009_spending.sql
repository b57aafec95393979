-- Two ledgers of every session key: what its budget counted, and what really moved.

create table debits (
  network_id integer not null,
  account felt not null,
  block_number block_height not null,
  transaction_index integer not null check (transaction_index >= 0),
  use_index integer not null check (use_index >= 0),
  call_index integer not null check (call_index >= 0),
  block_hash felt not null,
  transaction_hash felt not null,
  session_key felt not null,
  token felt not null,
  selector felt not null,
  counterparty felt not null,
  amount uint256 not null,
  spent_before uint256 not null,
  spent_after uint256 not null,
  window_start_seconds uint64 not null,
  window_started boolean not null,
  cause text not null check (
    cause in ('MATCHED', 'SELF_TRANSFER', 'APPROVE_ONLY', 'FAILED_INNER_CALL', 'ZERO_AMOUNT', 'NOT_STANDARD_TRANSFER',
      'NO_TRANSFER_SEEN')
  ),
  moved_amount uint256 not null,
  primary key (network_id, account, block_number, transaction_index, use_index, call_index)
);
comment on table debits is 'What the account counted against a policy, call by call. Folded from facts; cut on a reorg.';
comment on column debits.use_index is 'Event index of the fact of the use (SessionCallConsumed).';
comment on column debits.counterparty is 'First argument of the call: the recipient, or the spender that was approved.';
comment on column debits.cause is 'MATCHED: the movement it counted is there. Else why none of that amount is.';
comment on column debits.moved_amount is 'What moved for it; 0 where nothing did.';

create index debits_by_session on debits
  (network_id, account, session_key, block_number, transaction_index, use_index, call_index);
create index debits_by_token on debits
  (network_id, account, token, block_number, transaction_index, use_index, call_index);
create index debits_by_cause on debits
  (network_id, account, cause, block_number, transaction_index, use_index, call_index);
create index debits_by_block on debits (network_id, block_number);

create table movements (
  network_id integer not null,
  account felt not null,
  block_number block_height not null,
  transaction_index integer not null check (transaction_index >= 0),
  event_index integer not null check (event_index >= 0),
  block_hash felt not null,
  transaction_hash felt not null,
  token felt not null,
  direction text not null check (direction in ('OUT', 'IN', 'SELF')),
  counterparty felt not null,
  amount uint256 not null,
  sender felt,
  cause text not null check (
    cause in ('MATCHED', 'NOT_STANDARD_TRANSFER', 'SELF_TRANSFER', 'NO_POLICY', 'DEBIT_UNKNOWN', 'UNCOUNTED_SELECTOR',
      'PAYMASTER_REPAYMENT', 'ALLOWANCE_DRAWN', 'OWNER', 'REFUND', 'RECEIVED', 'UNEXPLAINED')
  ),
  session_key felt,
  use_index integer,
  call_index integer,
  primary key (network_id, account, block_number, transaction_index, event_index),
  constraint movements_call_of_a_use check (call_index is null or use_index is not null),
  constraint movements_use_of_a_key check (use_index is null or session_key is not null)
);
comment on table movements is
  'ERC-20 transfers out of followed accounts, as the tokens told of them, and those that came in beside one. '
  'A transaction''s own fee is none. Folded from facts; cut on a reorg.';
comment on column movements.counterparty is 'Who got it; where direction is IN, who gave it.';
comment on column movements.session_key is 'Null where no key moved it, or it is not known which.';
comment on column movements.use_index is 'Of the use that moved it, and with call_index of its debit.';

create index movements_by_session on movements
  (network_id, account, session_key, block_number, transaction_index, event_index) where session_key is not null;
create index movements_by_token on movements (network_id, account, token, block_number, transaction_index, event_index);
create index movements_by_cause on movements (network_id, account, cause, block_number, transaction_index, event_index);
create index movements_by_block on movements (network_id, block_number);

create table approvals (
  network_id integer not null,
  account felt not null,
  block_number block_height not null,
  transaction_index integer not null check (transaction_index >= 0),
  use_index integer not null check (use_index >= 0),
  call_index integer not null check (call_index >= 0),
  session_key felt not null,
  token felt not null,
  spender felt not null,
  primary key (network_id, account, block_number, transaction_index, use_index, call_index)
);
comment on table approvals is
  'Whom a session key let draw which token, counted by a budget or not. What is left of it is asked of the token.';

create index approvals_by_spender on approvals (network_id, account, session_key, token, spender);
create index approvals_by_block on approvals (network_id, block_number);
