-- Statements of spending-read, written by scripts/generate.ts

-- find debits by their ids
select "page".*, "asked"."asked_place" from (
  select * from unnest($1::text[],
    $2::text[],
    $3::integer[], $4::integer[])
    with ordinality as asked (account, transaction_hash, row_index, call_index, asked_place)
) as "asked" inner join lateral (select "rv"."state", "rv"."note", "rv"."reviewed_by", "rv"."reviewer_name", "rv"."reviewed_at", "l"."block_number" as "row_block", "lb"."timestamp_seconds" as "row_time", "l"."transaction_index", "l"."transaction_hash", "l"."use_index", "l"."call_index", "l"."session_key", "l"."token", "l"."selector", "l"."counterparty", "l"."amount", "l"."spent_before", "l"."spent_after", "l"."window_start_seconds", "l"."window_started", "l"."cause", "l"."moved_amount" from "debits" as "l" inner join "blocks" as "lb" on "lb"."network_id" = "l"."network_id" and "lb"."block_hash" = "l"."block_hash" left join "row_reviews" as "rv" on "rv"."network_id" = "l"."network_id" and "rv"."account" = "l"."account" and "rv"."row_kind" = 'DEBIT' and "rv"."transaction_hash" = "l"."transaction_hash" and "rv"."row_index" = "l"."use_index" and "rv"."call_index" = "l"."call_index" where l.network_id = $5::integer and l.account = asked.account
        and l.transaction_hash = asked.transaction_hash and l.use_index = asked.row_index and l.call_index = asked.call_index and exists (select from follows gate where gate.network_id = $6::integer and gate.account = "l"."account")) as "page" on true;

-- find movements by their ids
select "page".*, "asked"."asked_place" from (
  select * from unnest($1::text[],
    $2::text[],
    $3::integer[], $4::integer[])
    with ordinality as asked (account, transaction_hash, row_index, call_index, asked_place)
) as "asked" inner join lateral (select "rv"."state", "rv"."note", "rv"."reviewed_by", "rv"."reviewer_name", "rv"."reviewed_at", "l"."block_number" as "row_block", "lb"."timestamp_seconds" as "row_time", "l"."transaction_index", "l"."transaction_hash", "l"."event_index", "l"."session_key", "l"."token", "l"."direction", "l"."counterparty", "l"."amount", "l"."sender", "l"."cause", "l"."call_index" from "movements" as "l" inner join "blocks" as "lb" on "lb"."network_id" = "l"."network_id" and "lb"."block_hash" = "l"."block_hash" left join "row_reviews" as "rv" on "rv"."network_id" = "l"."network_id" and "rv"."account" = "l"."account" and "rv"."row_kind" = 'MOVEMENT' and "rv"."transaction_hash" = "l"."transaction_hash" and "rv"."row_index" = "l"."event_index" and "rv"."call_index" = -1 where l.network_id = $5::integer and l.account = asked.account
        and l.transaction_hash = asked.transaction_hash and l.event_index = asked.row_index and exists (select from follows gate where gate.network_id = $6::integer and gate.account = "l"."account")) as "page" on true;

-- find the decimals of tokens
select t.address, t.decimals from tokens t
where t.network_id = $1::integer and t.address = any($2::text[]);

-- list debits, the first page
with "head" as (select "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality", "acc"."status" as "account_status", coalesce("acc"."recorded_from_block", "acc"."followed_from_block") as "recorded_from" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" left join "accounts" as "acc" on "acc"."network_id" = "c"."network_id" and "acc"."address" = $1 where "c"."network_id" = $2) select "head".*, "page".*
from "head"
left join lateral (select "rv"."state", "rv"."note", "rv"."reviewed_by", "rv"."reviewer_name", "rv"."reviewed_at", "l"."block_number" as "row_block", "lb"."timestamp_seconds" as "row_time", "l"."transaction_index", "l"."transaction_hash", "l"."use_index", "l"."call_index", "l"."session_key", "l"."token", "l"."selector", "l"."counterparty", "l"."amount", "l"."spent_before", "l"."spent_after", "l"."window_start_seconds", "l"."window_started", "l"."cause", "l"."moved_amount" from "debits" as "l" inner join "blocks" as "lb" on "lb"."network_id" = "l"."network_id" and "lb"."block_hash" = "l"."block_hash" left join "row_reviews" as "rv" on "rv"."network_id" = "l"."network_id" and "rv"."account" = "l"."account" and "rv"."row_kind" = 'DEBIT' and "rv"."transaction_hash" = "l"."transaction_hash" and "rv"."row_index" = "l"."use_index" and "rv"."call_index" = "l"."call_index" where l.network_id = $3::integer and l.account = $4 and exists (select from follows gate where gate.network_id = $5::integer and gate.account = $6) and true and true order by "l"."block_number" desc, "l"."transaction_index" desc, "l"."use_index" desc, "l"."call_index" desc limit $7) as "page"
  on true
order by "page"."row_block" desc, "page"."transaction_index" desc, "page"."use_index" desc, "page"."call_index" desc;

-- list debits with every filter, the next page
with "head" as (select "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality", "acc"."status" as "account_status", coalesce("acc"."recorded_from_block", "acc"."followed_from_block") as "recorded_from" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" left join "accounts" as "acc" on "acc"."network_id" = "c"."network_id" and "acc"."address" = $1 where "c"."network_id" = $2) select "head".*, "page".* from "head" left join lateral (select "rv"."state", "rv"."note", "rv"."reviewed_by", "rv"."reviewer_name", "rv"."reviewed_at", "l"."block_number" as "row_block", "lb"."timestamp_seconds" as "row_time", "l"."transaction_index", "l"."transaction_hash", "l"."use_index", "l"."call_index", "l"."session_key", "l"."token", "l"."selector", "l"."counterparty", "l"."amount", "l"."spent_before", "l"."spent_after", "l"."window_start_seconds", "l"."window_started", "l"."cause", "l"."moved_amount" from "debits" as "l" inner join "blocks" as "lb" on "lb"."network_id" = "l"."network_id" and "lb"."block_hash" = "l"."block_hash" left join "row_reviews" as "rv" on "rv"."network_id" = "l"."network_id" and "rv"."account" = "l"."account" and "rv"."row_kind" = 'DEBIT' and "rv"."transaction_hash" = "l"."transaction_hash" and "rv"."row_index" = "l"."use_index" and "rv"."call_index" = "l"."call_index" where l.network_id = $3::integer and l.account = $4 and exists (select from follows gate where gate.network_id = $5::integer and gate.account = $6) and l.session_key = $7 and l.token = $8 and l.block_number >= $9::bigint and l.block_number <= $10::bigint and l.block_number >= (
select t.block_number from blocks t
where t.network_id = $11::integer and t.canonical and t.timestamp_seconds >= $12::numeric
order by t.timestamp_seconds, t.block_number limit 1
) and l.block_number <= (
select t.block_number from blocks t
where t.network_id = $13::integer and t.canonical and t.timestamp_seconds <= $14::numeric
order by t.timestamp_seconds desc, t.block_number desc limit 1
) and l.cause = any($15::text[]) and rv.state is null and (l.block_number, l.transaction_index, l.use_index, l.call_index)
        < ($16::bigint, $17::integer, $18::integer, $19::integer) order by "l"."block_number" desc, "l"."transaction_index" desc, "l"."use_index" desc, "l"."call_index" desc limit $20) as "page" on true order by "page"."row_block" desc, "page"."transaction_index" desc, "page"."use_index" desc, "page"."call_index" desc;

-- list movements, the first page
with "head" as (select "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality", "acc"."status" as "account_status", coalesce("acc"."recorded_from_block", "acc"."followed_from_block") as "recorded_from" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" left join "accounts" as "acc" on "acc"."network_id" = "c"."network_id" and "acc"."address" = $1 where "c"."network_id" = $2) select "head".*, "page".*
from "head"
left join lateral (select "rv"."state", "rv"."note", "rv"."reviewed_by", "rv"."reviewer_name", "rv"."reviewed_at", "l"."block_number" as "row_block", "lb"."timestamp_seconds" as "row_time", "l"."transaction_index", "l"."transaction_hash", "l"."event_index", "l"."session_key", "l"."token", "l"."direction", "l"."counterparty", "l"."amount", "l"."sender", "l"."cause", "l"."call_index" from "movements" as "l" inner join "blocks" as "lb" on "lb"."network_id" = "l"."network_id" and "lb"."block_hash" = "l"."block_hash" left join "row_reviews" as "rv" on "rv"."network_id" = "l"."network_id" and "rv"."account" = "l"."account" and "rv"."row_kind" = 'MOVEMENT' and "rv"."transaction_hash" = "l"."transaction_hash" and "rv"."row_index" = "l"."event_index" and "rv"."call_index" = -1 where l.network_id = $3::integer and l.account = $4 and exists (select from follows gate where gate.network_id = $5::integer and gate.account = $6) and true and true order by "l"."block_number" desc, "l"."transaction_index" desc, "l"."event_index" desc limit $7) as "page"
  on true
order by "page"."row_block" desc, "page"."transaction_index" desc, "page"."event_index" desc;

-- list movements with every filter, the next page
with "head" as (select "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality", "acc"."status" as "account_status", coalesce("acc"."recorded_from_block", "acc"."followed_from_block") as "recorded_from" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" left join "accounts" as "acc" on "acc"."network_id" = "c"."network_id" and "acc"."address" = $1 where "c"."network_id" = $2) select "head".*, "page".* from "head" left join lateral (select "rv"."state", "rv"."note", "rv"."reviewed_by", "rv"."reviewer_name", "rv"."reviewed_at", "l"."block_number" as "row_block", "lb"."timestamp_seconds" as "row_time", "l"."transaction_index", "l"."transaction_hash", "l"."event_index", "l"."session_key", "l"."token", "l"."direction", "l"."counterparty", "l"."amount", "l"."sender", "l"."cause", "l"."call_index" from "movements" as "l" inner join "blocks" as "lb" on "lb"."network_id" = "l"."network_id" and "lb"."block_hash" = "l"."block_hash" left join "row_reviews" as "rv" on "rv"."network_id" = "l"."network_id" and "rv"."account" = "l"."account" and "rv"."row_kind" = 'MOVEMENT' and "rv"."transaction_hash" = "l"."transaction_hash" and "rv"."row_index" = "l"."event_index" and "rv"."call_index" = -1 where l.network_id = $3::integer and l.account = $4 and exists (select from follows gate where gate.network_id = $5::integer and gate.account = $6) and l.session_key = $7 and l.token = $8 and l.block_number >= $9::bigint and l.block_number <= $10::bigint and l.block_number >= (
select t.block_number from blocks t
where t.network_id = $11::integer and t.canonical and t.timestamp_seconds >= $12::numeric
order by t.timestamp_seconds, t.block_number limit 1
) and l.block_number <= (
select t.block_number from blocks t
where t.network_id = $13::integer and t.canonical and t.timestamp_seconds <= $14::numeric
order by t.timestamp_seconds desc, t.block_number desc limit 1
) and l.cause = any($15::text[]) and rv.state is null and (l.block_number, l.transaction_index, l.event_index)
        < ($16::bigint, $17::integer, $18::integer) order by "l"."block_number" desc, "l"."transaction_index" desc, "l"."event_index" desc limit $19) as "page" on true order by "page"."row_block" desc, "page"."transaction_index" desc, "page"."event_index" desc;

-- sum both ledgers
with "head" as (select "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality", "acc"."status" as "account_status", coalesce("acc"."recorded_from_block", "acc"."followed_from_block") as "recorded_from" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" left join "accounts" as "acc" on "acc"."network_id" = "c"."network_id" and "acc"."address" = $1 where "c"."network_id" = $2) select "head".*, "sums".*
from "head"
left join lateral (select 'DEBIT' as "ledger", "l"."token", "l"."cause", count(*) as "entries", sum(l.amount) as "total" from "debits" as "l" where l.network_id = $3::integer and l.account = $4 and exists (select from follows gate where gate.network_id = $5::integer and gate.account = $6) group by "l"."token", "l"."cause" union all select l.direction as "ledger", "l"."token", "l"."cause", count(*) as "entries", sum(l.amount) as "total" from "movements" as "l" where l.network_id = $7::integer and l.account = $8 and exists (select from follows gate where gate.network_id = $9::integer and gate.account = $10) group by "l"."token", "l"."cause", "l"."direction" order by "token", "ledger", "cause" limit $11) as "sums"
  on true
order by "sums"."token", "sums"."ledger", "sums"."cause";

-- sum both ledgers with every filter
with "head" as (select "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality", "acc"."status" as "account_status", coalesce("acc"."recorded_from_block", "acc"."followed_from_block") as "recorded_from" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" left join "accounts" as "acc" on "acc"."network_id" = "c"."network_id" and "acc"."address" = $1 where "c"."network_id" = $2) select "head".*, "sums".* from "head" left join lateral (select 'DEBIT' as "ledger", "l"."token", "l"."cause", count(*) as "entries", sum(l.amount) as "total" from "debits" as "l" where l.network_id = $3::integer and l.account = $4 and exists (select from follows gate where gate.network_id = $5::integer and gate.account = $6) and l.session_key = $7 and l.token = $8 and l.block_number >= $9::bigint and l.block_number <= $10::bigint and l.block_number >= (
select t.block_number from blocks t
where t.network_id = $11::integer and t.canonical and t.timestamp_seconds >= $12::numeric
order by t.timestamp_seconds, t.block_number limit 1
) and l.block_number <= (
select t.block_number from blocks t
where t.network_id = $13::integer and t.canonical and t.timestamp_seconds <= $14::numeric
order by t.timestamp_seconds desc, t.block_number desc limit 1
) group by "l"."token", "l"."cause" union all select l.direction as "ledger", "l"."token", "l"."cause", count(*) as "entries", sum(l.amount) as "total" from "movements" as "l" where l.network_id = $15::integer and l.account = $16 and exists (select from follows gate where gate.network_id = $17::integer and gate.account = $18) and l.session_key = $19 and l.token = $20 and l.block_number >= $21::bigint and l.block_number <= $22::bigint and l.block_number >= (
select t.block_number from blocks t
where t.network_id = $23::integer and t.canonical and t.timestamp_seconds >= $24::numeric
order by t.timestamp_seconds, t.block_number limit 1
) and l.block_number <= (
select t.block_number from blocks t
where t.network_id = $25::integer and t.canonical and t.timestamp_seconds <= $26::numeric
order by t.timestamp_seconds desc, t.block_number desc limit 1
) group by "l"."token", "l"."cause", "l"."direction" order by "token", "ledger", "cause" limit $27) as "sums" on true order by "sums"."token", "sums"."ledger", "sums"."cause";

-- what keys may take
with "head" as (select "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality", "acc"."status" as "account_status", coalesce("acc"."recorded_from_block", "acc"."followed_from_block") as "recorded_from" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" left join "accounts" as "acc" on "acc"."network_id" = "c"."network_id" and "acc"."address" = $1 where "c"."network_id" = $2) select "head".*, "av"."class_hash", "cov"."from_block" as "state_from", (
  select coalesce(jsonb_agg(to_jsonb(k) order by k."sessionKey"), '[]'::jsonb) from (
    select sv.session_key as "sessionKey", sv.valid_until_seconds::text as "validUntil",
      sv.max_calls::text as "maxCalls", sv.calls_used::text as "callsUsed",
      sv.allowed_entrypoints_len::text as "listLength",
      case when sv.entrypoints_known then to_jsonb(sv.allowed_entrypoints) end as "list",
      (
select coalesce(jsonb_agg(jsonb_build_object('token', pv.token, 'maxPerCall', pv.max_per_call::text,
  'maxPerWindow', pv.max_per_window::text, 'windowSeconds', pv.window_seconds::text,
  'spentInWindow', pv.spent_in_window::text, 'windowStart', pv.window_start_seconds::text) order by pv.token), '[]'::jsonb)
from policy_versions pv
where pv.network_id = sv.network_id and pv.account = sv.account and pv.session_key = sv.session_key
  and pv.valid_to_block is null
) as "policies", (
select coalesce(jsonb_agg(jsonb_build_object('token', ap.token, 'spender', ap.spender) order by ap.token, ap.spender),
  '[]'::jsonb)
from (
  select distinct a.token, a.spender from approvals a
  where a.network_id = sv.network_id and a.account = sv.account and a.session_key = sv.session_key
  order by a.token, a.spender limit $3
) ap
) as "approvals",
      exists (
select from uses u
where u.network_id = sv.network_id and u.account = sv.account and u.session_key = sv.session_key
  and (u.outcome = 'UNATTRIBUTED' or (u.calls_burned > 0 and u.calls is null))
) as "hasUnreadUses",
      exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $4 and dl.account = sv.account and dl.code <> 'EVENT_STATE_MISMATCH'
  and (dl.raw->'keys' ? sv.session_key or dl.raw->'data' ? sv.session_key or dl.raw->>'session_key' = sv.session_key
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
  )
) as "isUnread"
    from session_versions sv
    where sv.network_id = $5::integer and sv.account = $6 and sv.valid_to_block is null
      and exists (select from follows gate where gate.network_id = $7::integer and gate.account = $8)
      and (sv.valid_until_seconds <> 0 or exists (
              select from approvals a where a.network_id = sv.network_id and a.account = sv.account
                and a.session_key = sv.session_key))
    order by sv.session_key limit $9
  ) k
) as "session_keys", array(
  select m.token::text from movements m
  where m.network_id = $10::integer and m.account = $11
    and exists (select from follows gate where gate.network_id = $12::integer and gate.account = $13)
  group by m.token order by max(m.block_number) desc, m.token limit $14
) as "tokens_moved" from "head" left join "account_versions" as "av" on "av"."network_id" = $15 and "av"."account" = $16 and "av"."valid_to_block" is null and exists (select from follows gate where gate.network_id = $17::integer and gate.account = $18) left join "coverage" as "cov" on "cov"."network_id" = $19 and "cov"."account" = $20 and "cov"."kind" = $21 and "cov"."to_block" is null and exists (select from follows gate where gate.network_id = $22::integer and gate.account = $23);

-- what one key may take
with "head" as (select "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality", "acc"."status" as "account_status", coalesce("acc"."recorded_from_block", "acc"."followed_from_block") as "recorded_from" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" left join "accounts" as "acc" on "acc"."network_id" = "c"."network_id" and "acc"."address" = $1 where "c"."network_id" = $2) select "head".*, "av"."class_hash", "cov"."from_block" as "state_from", (
  select coalesce(jsonb_agg(to_jsonb(k) order by k."sessionKey"), '[]'::jsonb) from (
    select sv.session_key as "sessionKey", sv.valid_until_seconds::text as "validUntil",
      sv.max_calls::text as "maxCalls", sv.calls_used::text as "callsUsed",
      sv.allowed_entrypoints_len::text as "listLength",
      case when sv.entrypoints_known then to_jsonb(sv.allowed_entrypoints) end as "list",
      (
select coalesce(jsonb_agg(jsonb_build_object('token', pv.token, 'maxPerCall', pv.max_per_call::text,
  'maxPerWindow', pv.max_per_window::text, 'windowSeconds', pv.window_seconds::text,
  'spentInWindow', pv.spent_in_window::text, 'windowStart', pv.window_start_seconds::text) order by pv.token), '[]'::jsonb)
from policy_versions pv
where pv.network_id = sv.network_id and pv.account = sv.account and pv.session_key = sv.session_key
  and pv.valid_to_block is null
) as "policies", (
select coalesce(jsonb_agg(jsonb_build_object('token', ap.token, 'spender', ap.spender) order by ap.token, ap.spender),
  '[]'::jsonb)
from (
  select distinct a.token, a.spender from approvals a
  where a.network_id = sv.network_id and a.account = sv.account and a.session_key = sv.session_key
  order by a.token, a.spender limit $3
) ap
) as "approvals",
      exists (
select from uses u
where u.network_id = sv.network_id and u.account = sv.account and u.session_key = sv.session_key
  and (u.outcome = 'UNATTRIBUTED' or (u.calls_burned > 0 and u.calls is null))
) as "hasUnreadUses",
      exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $4 and dl.account = sv.account and dl.code <> 'EVENT_STATE_MISMATCH'
  and (dl.raw->'keys' ? sv.session_key or dl.raw->'data' ? sv.session_key or dl.raw->>'session_key' = sv.session_key
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
  )
) as "isUnread"
    from session_versions sv
    where sv.network_id = $5::integer and sv.account = $6 and sv.valid_to_block is null
      and exists (select from follows gate where gate.network_id = $7::integer and gate.account = $8)
      and sv.session_key = $9
    order by sv.session_key limit $10
  ) k
) as "session_keys", array(
  select m.token::text from movements m
  where m.network_id = $11::integer and m.account = $12
    and exists (select from follows gate where gate.network_id = $13::integer and gate.account = $14)
  group by m.token order by max(m.block_number) desc, m.token limit $15
) as "tokens_moved" from "head" left join "account_versions" as "av" on "av"."network_id" = $16 and "av"."account" = $17 and "av"."valid_to_block" is null and exists (select from follows gate where gate.network_id = $18::integer and gate.account = $19) left join "coverage" as "cov" on "cov"."network_id" = $20 and "cov"."account" = $21 and "cov"."kind" = $22 and "cov"."to_block" is null and exists (select from follows gate where gate.network_id = $23::integer and gate.account = $24);
