-- Statements of spending, written by scripts/generate.ts

-- writeSpending
insert into debits (network_id, account, block_number, transaction_index, use_index, call_index, block_hash,
  transaction_hash, session_key, token, selector, counterparty, amount, spent_before, spent_after,
  window_start_seconds, window_started, cause, moved_amount)
select $1::integer, r.account, r.block_number, r.transaction_index, r.use_index, r.call_index, r.block_hash,
  r.transaction_hash, r.session_key, r.token, r.selector, r.counterparty, r.amount, r.spent_before, r.spent_after,
  r.window_start_seconds, r.window_started, r.cause, r.moved_amount
from jsonb_to_recordset($2::text::jsonb)
  as r(account text, block_number bigint, transaction_index integer, use_index integer, call_index integer,
    block_hash text, transaction_hash text, session_key text, token text, selector text, counterparty text,
    amount numeric, spent_before numeric, spent_after numeric, window_start_seconds numeric, window_started boolean,
    cause text, moved_amount numeric);
insert into movements (network_id, account, block_number, transaction_index, event_index, block_hash,
  transaction_hash, token, direction, counterparty, amount, sender, cause, session_key, use_index, call_index)
select $1::integer, r.account, r.block_number, r.transaction_index, r.event_index, r.block_hash,
  r.transaction_hash, r.token, r.direction, r.counterparty, r.amount, r.sender, r.cause, r.session_key, r.use_index,
  r.call_index
from jsonb_to_recordset($2::text::jsonb)
  as r(account text, block_number bigint, transaction_index integer, event_index integer, block_hash text,
    transaction_hash text, token text, direction text, counterparty text, amount numeric, sender text, cause text,
    session_key text, use_index integer, call_index integer);
insert into approvals (network_id, account, block_number, transaction_index, use_index, call_index, session_key, token,
  spender)
select $1::integer, r.account, r.block_number, r.transaction_index, r.use_index, r.call_index, r.session_key,
  r.token, r.spender
from jsonb_to_recordset($2::text::jsonb)
  as r(account text, block_number bigint, transaction_index integer, use_index integer, call_index integer,
    session_key text, token text, spender text);

-- clearSpending
delete from "debits"
where "network_id" = $1
  and "account" = $2
  and block_number = any($3::bigint[]);
delete from "movements"
where "network_id" = $1
  and "account" = $2
  and block_number = any($3::bigint[]);
delete from "approvals"
where "network_id" = $1
  and "account" = $2
  and block_number = any($3::bigint[]);

-- cutSpendingAbove
delete from "debits"
where "network_id" = $1
  and "block_number" > $2;
delete from "movements"
where "network_id" = $1
  and "block_number" > $2;
delete from "approvals"
where "network_id" = $1
  and "block_number" > $2;
