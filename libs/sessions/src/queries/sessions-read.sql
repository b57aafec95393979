-- Statements of sessions-read, written by scripts/generate.ts

-- find one session
with "point" as (select "b"."network_id", "b"."block_number" as "head_number", "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" where "c"."network_id" = $1) select "point".*, "a"."status", "a"."source", "a"."followed_from_block", "av"."class_hash", "av"."valid_from_block" as "class_from", "cl"."capabilities", "sv"."account", "sv"."session_key", "sv"."valid_until_seconds", "sv"."max_calls", "sv"."calls_used", "sv"."allowed_entrypoints", "sv"."allowed_entrypoints_len", "sv"."entrypoints_known", "sv"."lifecycle", "sv"."lifecycle_block", "sv"."lifecycle_tx", (
  select cov.from_block from coverage cov
  where cov.network_id = $2 and cov.account = "a"."address"
    and cov.kind = 'STATE' and "cov"."to_block" is null
) as "state_from", (
  select cov.from_block from coverage cov
  where cov.network_id = $3 and cov.account = "a"."address"
    and cov.kind = 'EVENTS' and "cov"."to_block" is null
) as "events_from", (
  select coalesce(jsonb_agg(jsonb_build_object(
    'token', pv.token,
    'maxPerCall', pv.max_per_call::text,
    'maxPerWindow', pv.max_per_window::text,
    'windowSeconds', pv.window_seconds::text,
    'spentInWindow', pv.spent_in_window::text,
    'windowStartSeconds', pv.window_start_seconds::text
  ) order by pv.token), '[]'::jsonb)
  from policy_versions pv
  where pv.network_id = $4 and pv.account = "sv"."account"
    and pv.session_key = "sv"."session_key" and "pv"."valid_to_block" is null and ("pv"."lifecycle" = 'SET' or "pv"."max_per_window" <> 0)
) as "policies", exists (
  select from session_versions has where has.network_id = $5 and has.account = $6::text
    and true
) as "has_sessions" from "point" left join "accounts" as "a" on "a"."network_id" = "point"."network_id" and "a"."address" = $7 left join "account_versions" as "av" on "av"."network_id" = "point"."network_id" and "av"."account" = $8 and "av"."valid_to_block" is null left join "classes" as "cl" on "cl"."network_id" = "point"."network_id" and "cl"."class_hash" = "av"."class_hash" left join "session_versions" as "sv" on "sv"."network_id" = "point"."network_id" and "sv"."account" = $9 and "sv"."session_key" = $10 and "sv"."valid_to_block" is null;

-- find one session as it stood at a time
with "point" as (
select h.network_id, h.block_number as head_number, b.block_number, b.block_hash, b.timestamp_seconds, b.finality
from cursors c
join blocks h on h.network_id = c.network_id and h.block_hash = c.block_hash
left join lateral (
  select * from blocks x
  where x.network_id = $1 and x.canonical and x.block_number <= h.block_number and x.timestamp_seconds <= $2::numeric
  order by x.timestamp_seconds desc, x.block_number desc limit 1
) b on b.block_number = h.block_number or exists (
  select from blocks n where n.network_id = $3 and n.canonical and n.block_number = b.block_number + 1
)
where c.network_id = $4
) select "point".*, "a"."status", "a"."source", "a"."followed_from_block", "av"."class_hash", "av"."valid_from_block" as "class_from", "cl"."capabilities", "sv"."account", "sv"."session_key", "sv"."valid_until_seconds", "sv"."max_calls", "sv"."calls_used", "sv"."allowed_entrypoints", "sv"."allowed_entrypoints_len", "sv"."entrypoints_known", "sv"."lifecycle", "sv"."lifecycle_block", "sv"."lifecycle_tx", (
  select cov.from_block from coverage cov
  where cov.network_id = $5 and cov.account = "a"."address"
    and cov.kind = 'STATE' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
) as "state_from", (
  select cov.from_block from coverage cov
  where cov.network_id = $6 and cov.account = "a"."address"
    and cov.kind = 'EVENTS' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
) as "events_from", (
  select coalesce(jsonb_agg(jsonb_build_object(
    'token', pv.token,
    'maxPerCall', pv.max_per_call::text,
    'maxPerWindow', pv.max_per_window::text,
    'windowSeconds', pv.window_seconds::text,
    'spentInWindow', pv.spent_in_window::text,
    'windowStartSeconds', pv.window_start_seconds::text
  ) order by pv.token), '[]'::jsonb)
  from policy_versions pv
  where pv.network_id = $7 and pv.account = "sv"."account"
    and pv.session_key = "sv"."session_key" and ("pv"."valid_from_block" <= point.block_number and ("pv"."valid_to_block" is null or "pv"."valid_to_block" > point.block_number)) and ("pv"."lifecycle" = 'SET' or "pv"."max_per_window" <> 0)
) as "policies", exists (
  select from session_versions has where has.network_id = $8 and has.account = $9::text
    and "has"."valid_from_block" <= point.block_number
) as "has_sessions" from "point" left join "accounts" as "a" on "a"."network_id" = "point"."network_id" and "a"."address" = $10 left join "account_versions" as "av" on "av"."network_id" = "point"."network_id" and "av"."account" = $11 and ("av"."valid_from_block" <= point.block_number and ("av"."valid_to_block" is null or "av"."valid_to_block" > point.block_number)) left join "classes" as "cl" on "cl"."network_id" = "point"."network_id" and "cl"."class_hash" = "av"."class_hash" left join "session_versions" as "sv" on "sv"."network_id" = "point"."network_id" and "sv"."account" = $12 and "sv"."session_key" = $13 and ("sv"."valid_from_block" <= point.block_number and ("sv"."valid_to_block" is null or "sv"."valid_to_block" > point.block_number));

-- list sessions as they stood at the newest final block
with "point" as (
select h.network_id, h.block_number as head_number, b.block_number, b.block_hash, b.timestamp_seconds, b.finality
from cursors c
join blocks h on h.network_id = c.network_id and h.block_hash = c.block_hash
left join lateral (
  select * from blocks x
  where x.network_id = $1 and x.canonical and x.block_number <= h.block_number and x.finality = 'ACCEPTED_ON_L1'
  order by x.block_number desc limit 1
) b on b.block_number = h.block_number or exists (
  select from blocks n where n.network_id = $2 and n.canonical and n.block_number = b.block_number + 1
)
where c.network_id = $3
) select "point".*, "page".*, (
  select acc.status from accounts acc
  where acc.network_id = $4 and acc.address = $5::text
) as "account_status", (
  select cov.from_block from coverage cov
  where cov.network_id = $6 and cov.account = $7::text
    and cov.kind = 'STATE' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
) as "account_state_from", (
  select cov.from_block from coverage cov
  where cov.network_id = $8 and cov.account = $9::text
    and cov.kind = 'EVENTS' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
) as "account_events_from", array(
  select un.address::text from accounts un
  where un.network_id = $10 and un.status = 'FOLLOWED'
    and true
    and not exists (
      select from coverage cov
      where cov.network_id = $11 and cov.account = un.address and cov.kind = 'STATE'
        and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
    )
  order by un.address limit 10
) as "uncovered" from "point" left join lateral (select "sv"."account", "sv"."session_key", "sv"."valid_until_seconds", "sv"."max_calls", "sv"."calls_used", "sv"."allowed_entrypoints", "sv"."allowed_entrypoints_len", "sv"."entrypoints_known", "sv"."lifecycle", "sv"."lifecycle_block", "sv"."lifecycle_tx", "av"."class_hash", 0 as "sort", (
  select cov.from_block from coverage cov
  where cov.network_id = $12 and cov.account = "sv"."account"
    and cov.kind = 'STATE' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
) as "state_from", (
  select cov.from_block from coverage cov
  where cov.network_id = $13 and cov.account = "sv"."account"
    and cov.kind = 'EVENTS' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
) as "events_from", (
  select coalesce(jsonb_agg(jsonb_build_object(
    'token', pv.token,
    'maxPerCall', pv.max_per_call::text,
    'maxPerWindow', pv.max_per_window::text,
    'windowSeconds', pv.window_seconds::text,
    'spentInWindow', pv.spent_in_window::text,
    'windowStartSeconds', pv.window_start_seconds::text
  ) order by pv.token), '[]'::jsonb)
  from policy_versions pv
  where pv.network_id = $14 and pv.account = "sv"."account"
    and pv.session_key = "sv"."session_key" and ("pv"."valid_from_block" <= point.block_number and ("pv"."valid_to_block" is null or "pv"."valid_to_block" > point.block_number)) and ("pv"."lifecycle" = 'SET' or "pv"."max_per_window" <> 0)
) as "policies" from "session_versions" as "sv" left join "account_versions" as "av" on "av"."network_id" = "sv"."network_id" and "av"."account" = "sv"."account" and ("av"."valid_from_block" <= point.block_number and ("av"."valid_to_block" is null or "av"."valid_to_block" > point.block_number)) where "sv"."network_id" = $15 and ("sv"."valid_from_block" <= point.block_number and ("sv"."valid_to_block" is null or "sv"."valid_to_block" > point.block_number)) and 1 = 1 order by "sv"."account" asc, "sv"."session_key" asc limit $16) as "page" on true order by "page"."sort" asc, "page"."account" asc, "page"."session_key" asc;

-- list sessions, the first page
with "point" as (select "b"."network_id", "b"."block_number" as "head_number", "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" where "c"."network_id" = $1) select "point".*, "page".*, (
  select acc.status from accounts acc
  where acc.network_id = $2 and acc.address = $3::text
) as "account_status", (
  select cov.from_block from coverage cov
  where cov.network_id = $4 and cov.account = $5::text
    and cov.kind = 'STATE' and "cov"."to_block" is null
) as "account_state_from", (
  select cov.from_block from coverage cov
  where cov.network_id = $6 and cov.account = $7::text
    and cov.kind = 'EVENTS' and "cov"."to_block" is null
) as "account_events_from", '{}'::text[] as "uncovered" from "point" left join lateral (select "sv"."account", "sv"."session_key", "sv"."valid_until_seconds", "sv"."max_calls", "sv"."calls_used", "sv"."allowed_entrypoints", "sv"."allowed_entrypoints_len", "sv"."entrypoints_known", "sv"."lifecycle", "sv"."lifecycle_block", "sv"."lifecycle_tx", "av"."class_hash", 0 as "sort", (
  select cov.from_block from coverage cov
  where cov.network_id = $8 and cov.account = "sv"."account"
    and cov.kind = 'STATE' and "cov"."to_block" is null
) as "state_from", (
  select cov.from_block from coverage cov
  where cov.network_id = $9 and cov.account = "sv"."account"
    and cov.kind = 'EVENTS' and "cov"."to_block" is null
) as "events_from", (
  select coalesce(jsonb_agg(jsonb_build_object(
    'token', pv.token,
    'maxPerCall', pv.max_per_call::text,
    'maxPerWindow', pv.max_per_window::text,
    'windowSeconds', pv.window_seconds::text,
    'spentInWindow', pv.spent_in_window::text,
    'windowStartSeconds', pv.window_start_seconds::text
  ) order by pv.token), '[]'::jsonb)
  from policy_versions pv
  where pv.network_id = $10 and pv.account = "sv"."account"
    and pv.session_key = "sv"."session_key" and "pv"."valid_to_block" is null and ("pv"."lifecycle" = 'SET' or "pv"."max_per_window" <> 0)
) as "policies" from "session_versions" as "sv" left join "account_versions" as "av" on "av"."network_id" = "sv"."network_id" and "av"."account" = "sv"."account" and "av"."valid_to_block" is null where "sv"."network_id" = $11 and "sv"."valid_to_block" is null and 1 = 1 order by "sv"."account" asc, "sv"."session_key" asc limit $12) as "page" on true order by "page"."sort" asc, "page"."account" asc, "page"."session_key" asc;

-- list sessions with every filter, the next page by expiry
with "point" as (
select h.network_id, h.block_number as head_number, b.block_number, b.block_hash, b.timestamp_seconds, b.finality
from cursors c
join blocks h on h.network_id = c.network_id and h.block_hash = c.block_hash
left join lateral (
  select * from blocks x
  where x.network_id = $1 and x.canonical and x.block_number <= h.block_number and x.block_hash = $2
  order by x.block_number desc limit 1
) b on true
where c.network_id = $3
) select "point".*, "page".*, (
  select acc.status from accounts acc
  where acc.network_id = $4 and acc.address = $5::text
) as "account_status", (
  select cov.from_block from coverage cov
  where cov.network_id = $6 and cov.account = $7::text
    and cov.kind = 'STATE' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
) as "account_state_from", (
  select cov.from_block from coverage cov
  where cov.network_id = $8 and cov.account = $9::text
    and cov.kind = 'EVENTS' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
) as "account_events_from", array(
  select un.address::text from accounts un
  where un.network_id = $10 and un.status = 'FOLLOWED'
    and un.address = $11::text
    and not exists (
      select from coverage cov
      where cov.network_id = $12 and cov.account = un.address and cov.kind = 'STATE'
        and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
    )
  order by un.address limit 10
) as "uncovered" from "point" left join lateral (select "sv"."account", "sv"."session_key", "sv"."valid_until_seconds", "sv"."max_calls", "sv"."calls_used", "sv"."allowed_entrypoints", "sv"."allowed_entrypoints_len", "sv"."entrypoints_known", "sv"."lifecycle", "sv"."lifecycle_block", "sv"."lifecycle_tx", "av"."class_hash", sv.valid_until_seconds as "sort", (
  select cov.from_block from coverage cov
  where cov.network_id = $13 and cov.account = "sv"."account"
    and cov.kind = 'STATE' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
) as "state_from", (
  select cov.from_block from coverage cov
  where cov.network_id = $14 and cov.account = "sv"."account"
    and cov.kind = 'EVENTS' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
) as "events_from", (
  select coalesce(jsonb_agg(jsonb_build_object(
    'token', pv.token,
    'maxPerCall', pv.max_per_call::text,
    'maxPerWindow', pv.max_per_window::text,
    'windowSeconds', pv.window_seconds::text,
    'spentInWindow', pv.spent_in_window::text,
    'windowStartSeconds', pv.window_start_seconds::text
  ) order by pv.token), '[]'::jsonb)
  from policy_versions pv
  where pv.network_id = $15 and pv.account = "sv"."account"
    and pv.session_key = "sv"."session_key" and ("pv"."valid_from_block" <= point.block_number and ("pv"."valid_to_block" is null or "pv"."valid_to_block" > point.block_number)) and ("pv"."lifecycle" = 'SET' or "pv"."max_per_window" <> 0)
) as "policies" from "session_versions" as "sv" left join "account_versions" as "av" on "av"."network_id" = "sv"."network_id" and "av"."account" = "sv"."account" and ("av"."valid_from_block" <= point.block_number and ("av"."valid_to_block" is null or "av"."valid_to_block" > point.block_number)) where "sv"."network_id" = $16 and ("sv"."valid_from_block" <= point.block_number and ("sv"."valid_to_block" is null or "sv"."valid_to_block" > point.block_number)) and (sv.account = $17 and case
when sv.valid_until_seconds = 0 and sv.lifecycle = 'REVOKED' then 'REVOKED'
when sv.valid_until_seconds < point.timestamp_seconds then 'EXPIRED'
when sv.calls_used >= sv.max_calls then 'EXHAUSTED'
else 'ACTIVE'
end = any($18::text[]) and sv.valid_until_seconds <> 0 and sv.valid_until_seconds < $19::numeric and (sv.valid_until_seconds, sv.account, sv.session_key) > ($20::numeric, $21::text, $22::text)) order by sv.valid_until_seconds asc, "sv"."account" asc, "sv"."session_key" asc limit $23) as "page" on true order by "page"."sort" asc, "page"."account" asc, "page"."session_key" asc;

-- list sessions with every filter, the next page by calls left
with "point" as (
select h.network_id, h.block_number as head_number, b.block_number, b.block_hash, b.timestamp_seconds, b.finality
from cursors c
join blocks h on h.network_id = c.network_id and h.block_hash = c.block_hash
left join lateral (
  select * from blocks x
  where x.network_id = $1 and x.canonical and x.block_number <= h.block_number and x.block_hash = $2
  order by x.block_number desc limit 1
) b on true
where c.network_id = $3
) select "point".*, "page".*, (
  select acc.status from accounts acc
  where acc.network_id = $4 and acc.address = $5::text
) as "account_status", (
  select cov.from_block from coverage cov
  where cov.network_id = $6 and cov.account = $7::text
    and cov.kind = 'STATE' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
) as "account_state_from", (
  select cov.from_block from coverage cov
  where cov.network_id = $8 and cov.account = $9::text
    and cov.kind = 'EVENTS' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
) as "account_events_from", array(
  select un.address::text from accounts un
  where un.network_id = $10 and un.status = 'FOLLOWED'
    and un.address = $11::text
    and not exists (
      select from coverage cov
      where cov.network_id = $12 and cov.account = un.address and cov.kind = 'STATE'
        and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
    )
  order by un.address limit 10
) as "uncovered" from "point" left join lateral (select "sv"."account", "sv"."session_key", "sv"."valid_until_seconds", "sv"."max_calls", "sv"."calls_used", "sv"."allowed_entrypoints", "sv"."allowed_entrypoints_len", "sv"."entrypoints_known", "sv"."lifecycle", "sv"."lifecycle_block", "sv"."lifecycle_tx", "av"."class_hash", greatest(sv.max_calls - sv.calls_used, 0) as "sort", (
  select cov.from_block from coverage cov
  where cov.network_id = $13 and cov.account = "sv"."account"
    and cov.kind = 'STATE' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
) as "state_from", (
  select cov.from_block from coverage cov
  where cov.network_id = $14 and cov.account = "sv"."account"
    and cov.kind = 'EVENTS' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
) as "events_from", (
  select coalesce(jsonb_agg(jsonb_build_object(
    'token', pv.token,
    'maxPerCall', pv.max_per_call::text,
    'maxPerWindow', pv.max_per_window::text,
    'windowSeconds', pv.window_seconds::text,
    'spentInWindow', pv.spent_in_window::text,
    'windowStartSeconds', pv.window_start_seconds::text
  ) order by pv.token), '[]'::jsonb)
  from policy_versions pv
  where pv.network_id = $15 and pv.account = "sv"."account"
    and pv.session_key = "sv"."session_key" and ("pv"."valid_from_block" <= point.block_number and ("pv"."valid_to_block" is null or "pv"."valid_to_block" > point.block_number)) and ("pv"."lifecycle" = 'SET' or "pv"."max_per_window" <> 0)
) as "policies" from "session_versions" as "sv" left join "account_versions" as "av" on "av"."network_id" = "sv"."network_id" and "av"."account" = "sv"."account" and ("av"."valid_from_block" <= point.block_number and ("av"."valid_to_block" is null or "av"."valid_to_block" > point.block_number)) where "sv"."network_id" = $16 and ("sv"."valid_from_block" <= point.block_number and ("sv"."valid_to_block" is null or "sv"."valid_to_block" > point.block_number)) and (sv.account = $17 and case
when sv.valid_until_seconds = 0 and sv.lifecycle = 'REVOKED' then 'REVOKED'
when sv.valid_until_seconds < point.timestamp_seconds then 'EXPIRED'
when sv.calls_used >= sv.max_calls then 'EXHAUSTED'
else 'ACTIVE'
end = any($18::text[]) and sv.valid_until_seconds <> 0 and sv.valid_until_seconds < $19::numeric and (greatest(sv.max_calls - sv.calls_used, 0), sv.account, sv.session_key) > ($20::numeric, $21::text, $22::text)) order by greatest(sv.max_calls - sv.calls_used, 0) asc, "sv"."account" asc, "sv"."session_key" asc limit $23) as "page" on true order by "page"."sort" asc, "page"."account" asc, "page"."session_key" asc;

-- list policies, the first page
with "point" as (select "b"."network_id", "b"."block_number" as "head_number", "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" where "c"."network_id" = $1) select "point".*, "page".*, "av"."class_hash", "av"."valid_from_block" as "class_from", "cl"."capabilities", (
  select acc.status from accounts acc
  where acc.network_id = $2 and acc.address = $3::text
) as "account_status", (
  select cov.from_block from coverage cov
  where cov.network_id = $4 and cov.account = $5::text
    and cov.kind = 'STATE' and "cov"."to_block" is null
) as "state_from", (
  select cov.from_block from coverage cov
  where cov.network_id = $6 and cov.account = $7::text
    and cov.kind = 'EVENTS' and "cov"."to_block" is null
) as "events_from" from "point" left join "account_versions" as "av" on "av"."network_id" = $8 and "av"."account" = $9 and "av"."valid_to_block" is null left join "classes" as "cl" on "cl"."network_id" = $10 and "cl"."class_hash" = "av"."class_hash" left join lateral (select "pv"."account", "pv"."session_key", "pv"."token", "pv"."max_per_call", "pv"."max_per_window", "pv"."window_seconds", "pv"."spent_in_window", "pv"."window_start_seconds" from "policy_versions" as "pv" where "pv"."network_id" = $11 and "pv"."account" = $12 and "pv"."valid_to_block" is null and ("pv"."lifecycle" = 'SET' or "pv"."max_per_window" <> 0) order by "pv"."session_key", "pv"."token" limit $13) as "page" on true order by "page"."session_key", "page"."token";

-- list policies with every filter, the next page
with "point" as (
select h.network_id, h.block_number as head_number, b.block_number, b.block_hash, b.timestamp_seconds, b.finality
from cursors c
join blocks h on h.network_id = c.network_id and h.block_hash = c.block_hash
left join lateral (
  select * from blocks x
  where x.network_id = $1 and x.canonical and x.block_number <= h.block_number and x.block_number = $2::bigint
  order by x.block_number desc limit 1
) b on true
where c.network_id = $3
) select "point".*, "page".*, "av"."class_hash", "av"."valid_from_block" as "class_from", "cl"."capabilities", (
  select acc.status from accounts acc
  where acc.network_id = $4 and acc.address = $5::text
) as "account_status", (
  select cov.from_block from coverage cov
  where cov.network_id = $6 and cov.account = $7::text
    and cov.kind = 'STATE' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
) as "state_from", (
  select cov.from_block from coverage cov
  where cov.network_id = $8 and cov.account = $9::text
    and cov.kind = 'EVENTS' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
) as "events_from" from "point" left join "account_versions" as "av" on "av"."network_id" = $10 and "av"."account" = $11 and ("av"."valid_from_block" <= point.block_number and ("av"."valid_to_block" is null or "av"."valid_to_block" > point.block_number)) left join "classes" as "cl" on "cl"."network_id" = $12 and "cl"."class_hash" = "av"."class_hash" left join lateral (select "pv"."account", "pv"."session_key", "pv"."token", "pv"."max_per_call", "pv"."max_per_window", "pv"."window_seconds", "pv"."spent_in_window", "pv"."window_start_seconds" from "policy_versions" as "pv" where "pv"."network_id" = $13 and "pv"."account" = $14 and ("pv"."valid_from_block" <= point.block_number and ("pv"."valid_to_block" is null or "pv"."valid_to_block" > point.block_number)) and ("pv"."lifecycle" = 'SET' or "pv"."max_per_window" <> 0) and "pv"."session_key" = $15 and "pv"."token" = $16 and (pv.session_key, pv.token) > ($17::text, $18::text) order by "pv"."session_key", "pv"."token" limit $19) as "page" on true order by "page"."session_key", "page"."token";

-- list findings, the first page
with "head" as (select "b"."network_id", "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" where "c"."network_id" = $1) select "head".*, "page".*, "av"."class_hash", (
  select acc.status from accounts acc
  where acc.network_id = $2 and acc.address = $3::text
) as "account_status", (
select max(now_.valid_from_block)
from account_versions now_
join account_versions before_ on before_.network_id = now_.network_id and before_.account = now_.account
  and before_.valid_to_block = now_.valid_from_block
where now_.network_id = $4 and now_.account = $5
  and now_.class_hash <> before_.class_hash
) as "class_changed_in", (
select max(fact.block_number)
from facts fact
join blocks b on b.network_id = fact.network_id and b.block_hash = fact.block_hash and b.canonical
where fact.network_id = $6 and fact.account = $7 and fact.kind = 'OwnerRemoved'
) as "owner_changed_in", exists (
select from session_versions live
where live.network_id = $8 and live.account = $9 and live.valid_to_block is null
  and live.valid_until_seconds > 0 and live.calls_used < live.max_calls
  and live.valid_until_seconds >= div(head.timestamp_seconds, 3600) * 3600
) as "has_usable_keys" from "head" left join "account_versions" as "av" on "av"."network_id" = $10 and "av"."account" = $11 and "av"."valid_to_block" is null left join lateral (select "sv"."account", "sv"."session_key", "sv"."valid_until_seconds", "sv"."max_calls", "sv"."calls_used", "sv"."allowed_entrypoints", "sv"."allowed_entrypoints_len", "sv"."entrypoints_known", "sv"."lifecycle", "sv"."lifecycle_block", "sv"."lifecycle_tx", (
select max(old.lifecycle_block) from session_versions old
where old.network_id = sv.network_id and old.account = sv.account and old.session_key = sv.session_key
  and old.lifecycle = 'REVOKED' and old.lifecycle_block < sv.lifecycle_block
) as "revoked_before_in", (
select coalesce(jsonb_agg(jsonb_build_object(
  'token', pv.token,
  'maxPerCall', pv.max_per_call::text,
  'maxPerWindow', pv.max_per_window::text,
  'windowSeconds', pv.window_seconds::text,
  'spentInWindow', pv.spent_in_window::text,
  'windowStartSeconds', pv.window_start_seconds::text,
  'lifecycle', pv.lifecycle,
  'lifecycleBlock', pv.lifecycle_block
) order by pv.token), '[]'::jsonb)
from policy_versions pv
where pv.network_id = sv.network_id and pv.account = sv.account and pv.session_key = sv.session_key
  and pv.valid_to_block is null and ("pv"."lifecycle" = 'SET' or "pv"."max_per_window" <> 0)
) as "policies" from "session_versions" as "sv" where "sv"."network_id" = $12 and "sv"."account" = $13 and "sv"."valid_to_block" is null order by "sv"."session_key" limit $14) as "page" on true order by "page"."session_key";

-- list findings of one key, the next page
with "head" as (select "b"."network_id", "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" where "c"."network_id" = $1) select "head".*, "page".*, "av"."class_hash", (
  select acc.status from accounts acc
  where acc.network_id = $2 and acc.address = $3::text
) as "account_status", (
select max(now_.valid_from_block)
from account_versions now_
join account_versions before_ on before_.network_id = now_.network_id and before_.account = now_.account
  and before_.valid_to_block = now_.valid_from_block
where now_.network_id = $4 and now_.account = $5
  and now_.class_hash <> before_.class_hash
) as "class_changed_in", (
select max(fact.block_number)
from facts fact
join blocks b on b.network_id = fact.network_id and b.block_hash = fact.block_hash and b.canonical
where fact.network_id = $6 and fact.account = $7 and fact.kind = 'OwnerRemoved'
) as "owner_changed_in", exists (
select from session_versions live
where live.network_id = $8 and live.account = $9 and live.valid_to_block is null
  and live.valid_until_seconds > 0 and live.calls_used < live.max_calls
  and live.valid_until_seconds >= div(head.timestamp_seconds, 3600) * 3600
) as "has_usable_keys" from "head" left join "account_versions" as "av" on "av"."network_id" = $10 and "av"."account" = $11 and "av"."valid_to_block" is null left join lateral (select "sv"."account", "sv"."session_key", "sv"."valid_until_seconds", "sv"."max_calls", "sv"."calls_used", "sv"."allowed_entrypoints", "sv"."allowed_entrypoints_len", "sv"."entrypoints_known", "sv"."lifecycle", "sv"."lifecycle_block", "sv"."lifecycle_tx", (
select max(old.lifecycle_block) from session_versions old
where old.network_id = sv.network_id and old.account = sv.account and old.session_key = sv.session_key
  and old.lifecycle = 'REVOKED' and old.lifecycle_block < sv.lifecycle_block
) as "revoked_before_in", (
select coalesce(jsonb_agg(jsonb_build_object(
  'token', pv.token,
  'maxPerCall', pv.max_per_call::text,
  'maxPerWindow', pv.max_per_window::text,
  'windowSeconds', pv.window_seconds::text,
  'spentInWindow', pv.spent_in_window::text,
  'windowStartSeconds', pv.window_start_seconds::text,
  'lifecycle', pv.lifecycle,
  'lifecycleBlock', pv.lifecycle_block
) order by pv.token), '[]'::jsonb)
from policy_versions pv
where pv.network_id = sv.network_id and pv.account = sv.account and pv.session_key = sv.session_key
  and pv.valid_to_block is null and ("pv"."lifecycle" = 'SET' or "pv"."max_per_window" <> 0)
) as "policies" from "session_versions" as "sv" where "sv"."network_id" = $12 and "sv"."account" = $13 and "sv"."valid_to_block" is null and "sv"."session_key" = $14 and sv.session_key > $15::text order by "sv"."session_key" limit $16) as "page" on true order by "page"."session_key";

-- list accounts, the first page
with "point" as (select "b"."network_id", "b"."block_number" as "head_number", "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" where "c"."network_id" = $1) select "point".*, "page".* from "point" left join lateral (select "a"."address", "a"."label", "a"."source", "a"."status", "a"."reason_code", "av"."class_hash", (
  select count(distinct had.session_key) from session_versions had
  where had.network_id = $2 and had.account = "a"."address"
    and true
) as "session_key_count", (
  select cov.from_block from coverage cov
  where cov.network_id = $3 and cov.account = "a"."address"
    and cov.kind = 'STATE' and "cov"."to_block" is null
) as "state_from", (
  select cov.from_block from coverage cov
  where cov.network_id = $4 and cov.account = "a"."address"
    and cov.kind = 'EVENTS' and "cov"."to_block" is null
) as "events_from" from "accounts" as "a" left join "account_versions" as "av" on "av"."network_id" = "a"."network_id" and "av"."account" = "a"."address" and "av"."valid_to_block" is null where "a"."network_id" = $5 order by "a"."address" limit $6) as "page" on true order by "page"."address";

-- list accounts with every filter, the next page
with "point" as (
select h.network_id, h.block_number as head_number, b.block_number, b.block_hash, b.timestamp_seconds, b.finality
from cursors c
join blocks h on h.network_id = c.network_id and h.block_hash = c.block_hash
left join lateral (
  select * from blocks x
  where x.network_id = $1 and x.canonical and x.block_number <= h.block_number and x.block_number = $2::bigint
  order by x.block_number desc limit 1
) b on true
where c.network_id = $3
) select "point".*, "page".* from "point" left join lateral (select "a"."address", "a"."label", "a"."source", "a"."status", "a"."reason_code", "av"."class_hash", (
  select count(distinct had.session_key) from session_versions had
  where had.network_id = $4 and had.account = "a"."address"
    and "had"."valid_from_block" <= point.block_number
) as "session_key_count", (
  select cov.from_block from coverage cov
  where cov.network_id = $5 and cov.account = "a"."address"
    and cov.kind = 'STATE' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
) as "state_from", (
  select cov.from_block from coverage cov
  where cov.network_id = $6 and cov.account = "a"."address"
    and cov.kind = 'EVENTS' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
) as "events_from" from "accounts" as "a" left join "account_versions" as "av" on "av"."network_id" = "a"."network_id" and "av"."account" = "a"."address" and ("av"."valid_from_block" <= point.block_number and ("av"."valid_to_block" is null or "av"."valid_to_block" > point.block_number)) where "a"."network_id" = $7 and "a"."status" in ($8) and a.address > $9::text order by "a"."address" limit $10) as "page" on true order by "page"."address";
