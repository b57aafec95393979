-- Statements of sessions-read, written by scripts/generate.ts

-- find one session
with "point" as (select "b"."network_id", "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality", "b"."block_number" as "head_number" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" where "c"."network_id" = $1) select "point".*, "a"."status", "a"."source", "a"."followed_from_block", "av"."class_hash", "av"."valid_from_block" as "class_from", cl.capabilities - 'eventShapes' as "capabilities", "sv"."account", "sv"."session_key", "sv"."valid_until_seconds", "sv"."max_calls", "sv"."calls_used", "sv"."allowed_entrypoints", "sv"."allowed_entrypoints_len", "sv"."entrypoints_known", "sv"."lifecycle", "sv"."lifecycle_block", "sv"."lifecycle_tx", (
  select cov.from_block
  from coverage cov
  where cov.network_id = $2 and cov.account = "a"."address"
    and cov.kind = 'STATE' and "cov"."to_block" is null and true
) as "state_from", (
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $3 and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  ))
  from coverage cov
  where cov.network_id = $4 and cov.account = "a"."address"
    and cov.kind = 'EVENTS' and "cov"."to_block" is null and true
) as "events_from", (
  select jsonb_build_object('made', job.calls_made, 'left', job.calls_left, 'rate', job.calls_per_second)
  from backfill_jobs job
  where job.network_id = $5 and job.account = "a"."address" and job.finished_at is null
) as "backfill", (
  select coalesce(jsonb_agg(jsonb_build_object(
    'token', pv.token,
    'maxPerCall', pv.max_per_call::text,
    'maxPerWindow', pv.max_per_window::text,
    'windowSeconds', pv.window_seconds::text,
    'spentInWindow', pv.spent_in_window::text,
    'windowStartSeconds', pv.window_start_seconds::text
  ) order by pv.token), '[]'::jsonb)
  from policy_versions pv
  where pv.network_id = $6 and pv.account = "sv"."account"
    and pv.session_key = "sv"."session_key" and "pv"."valid_to_block" is null and ("pv"."lifecycle" = 'SET' or "pv"."max_per_window" <> 0)
) as "policies", exists (
  select from session_versions has where has.network_id = $7 and has.account = "a"."address"
    and true
) as "has_sessions" from "point" left join "accounts" as "a" on "a"."network_id" = "point"."network_id" and "a"."address" = $8 left join "account_versions" as "av" on "av"."network_id" = "a"."network_id" and "av"."account" = "a"."address" and "av"."valid_to_block" is null left join "classes" as "cl" on "cl"."network_id" = "point"."network_id" and "cl"."class_hash" = "av"."class_hash" left join "session_versions" as "sv" on "sv"."network_id" = "a"."network_id" and "sv"."account" = "a"."address" and "sv"."session_key" = $9 and ("sv"."valid_to_block" is null and not exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $10 and dl.account = "sv"."account" and dl.code <> 'EVENT_STATE_MISMATCH'
  and (dl.raw->'keys' ? "sv"."session_key" or dl.raw->'data' ? "sv"."session_key" or dl.raw->>'session_key' = "sv"."session_key"
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
  )
));

-- find sessions that are asked for at once
select asked.asked_place, answer.* from unnest($1::text::bigint[], $2::text::text[], $3::text::text[]) with ordinality as asked ("networkId", "account", "key", asked_place)
cross join lateral (with "point" as (select "b"."network_id", "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality", "b"."block_number" as "head_number" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" where "c"."network_id" = asked."networkId") select "point".*, "a"."status", "a"."source", "a"."followed_from_block", "av"."class_hash", "av"."valid_from_block" as "class_from", cl.capabilities - 'eventShapes' as "capabilities", "sv"."account", "sv"."session_key", "sv"."valid_until_seconds", "sv"."max_calls", "sv"."calls_used", "sv"."allowed_entrypoints", "sv"."allowed_entrypoints_len", "sv"."entrypoints_known", "sv"."lifecycle", "sv"."lifecycle_block", "sv"."lifecycle_tx", (
  select cov.from_block
  from coverage cov
  where cov.network_id = asked."networkId" and cov.account = "a"."address"
    and cov.kind = 'STATE' and "cov"."to_block" is null and true
) as "state_from", (
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = asked."networkId" and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  ))
  from coverage cov
  where cov.network_id = asked."networkId" and cov.account = "a"."address"
    and cov.kind = 'EVENTS' and "cov"."to_block" is null and true
) as "events_from", (
  select jsonb_build_object('made', job.calls_made, 'left', job.calls_left, 'rate', job.calls_per_second)
  from backfill_jobs job
  where job.network_id = asked."networkId" and job.account = "a"."address" and job.finished_at is null
) as "backfill", (
  select coalesce(jsonb_agg(jsonb_build_object(
    'token', pv.token,
    'maxPerCall', pv.max_per_call::text,
    'maxPerWindow', pv.max_per_window::text,
    'windowSeconds', pv.window_seconds::text,
    'spentInWindow', pv.spent_in_window::text,
    'windowStartSeconds', pv.window_start_seconds::text
  ) order by pv.token), '[]'::jsonb)
  from policy_versions pv
  where pv.network_id = asked."networkId" and pv.account = "sv"."account"
    and pv.session_key = "sv"."session_key" and "pv"."valid_to_block" is null and ("pv"."lifecycle" = 'SET' or "pv"."max_per_window" <> 0)
) as "policies", exists (
  select from session_versions has where has.network_id = asked."networkId" and has.account = "a"."address"
    and true
) as "has_sessions" from "point" left join "accounts" as "a" on "a"."network_id" = "point"."network_id" and "a"."address" = asked."account" left join "account_versions" as "av" on "av"."network_id" = "a"."network_id" and "av"."account" = "a"."address" and "av"."valid_to_block" is null left join "classes" as "cl" on "cl"."network_id" = "point"."network_id" and "cl"."class_hash" = "av"."class_hash" left join "session_versions" as "sv" on "sv"."network_id" = "a"."network_id" and "sv"."account" = "a"."address" and "sv"."session_key" = asked."key" and ("sv"."valid_to_block" is null and not exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = asked."networkId" and dl.account = "sv"."account" and dl.code <> 'EVENT_STATE_MISMATCH'
  and (dl.raw->'keys' ? "sv"."session_key" or dl.raw->'data' ? "sv"."session_key" or dl.raw->>'session_key' = "sv"."session_key"
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
  )
))) as answer;

-- find policies by their ids
with "point" as (select "b"."network_id", "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality", "b"."block_number" as "head_number" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" where "c"."network_id" = $1) select "point".*, "pv"."account", "pv"."session_key", "pv"."token", "pv"."max_per_call", "pv"."max_per_window", "pv"."window_seconds", "pv"."spent_in_window", "pv"."window_start_seconds", "av"."class_hash", "av"."valid_from_block" as "class_from", cl.capabilities - 'eventShapes' as "capabilities", "a"."status" as "account_status", "asked"."asked_place", (
  select cov.from_block
  from coverage cov
  where cov.network_id = $2 and cov.account = "a"."address"
    and cov.kind = 'STATE' and "cov"."to_block" is null and true
) as "state_from", (
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $3 and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  ))
  from coverage cov
  where cov.network_id = $4 and cov.account = "a"."address"
    and cov.kind = 'EVENTS' and "cov"."to_block" is null and true
) as "events_from", (
  select jsonb_build_object('made', job.calls_made, 'left', job.calls_left, 'rate', job.calls_per_second)
  from backfill_jobs job
  where job.network_id = $5 and job.account = "a"."address" and job.finished_at is null
) as "backfill", exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $6 and dl.account = "a"."address" and dl.code <> 'EVENT_STATE_MISMATCH'
  and (dl.raw->'keys' ? "asked"."asked_key" or dl.raw->'data' ? "asked"."asked_key" or dl.raw->>'session_key' = "asked"."asked_key"
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
  )
) as "is_unread" from "point" inner join (
  select * from unnest($7::text[],
    $8::text[], $9::text[])
    with ordinality as asked (asked_account, asked_key, asked_token, asked_place)
) as "asked" on true left join "accounts" as "a" on "a"."network_id" = "point"."network_id" and "a"."address" = "asked"."asked_account" left join "account_versions" as "av" on "av"."network_id" = "a"."network_id" and "av"."account" = "a"."address" and "av"."valid_to_block" is null left join "classes" as "cl" on "cl"."network_id" = "point"."network_id" and "cl"."class_hash" = "av"."class_hash" left join "policy_versions" as "pv" on "pv"."network_id" = "a"."network_id" and "pv"."account" = "a"."address" and "pv"."session_key" = "asked"."asked_key" and "pv"."token" = "asked"."asked_token" and ("pv"."valid_to_block" is null and not exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $10 and dl.account = "pv"."account" and dl.code <> 'EVENT_STATE_MISMATCH'
  and (dl.raw->'keys' ? "pv"."session_key" or dl.raw->'data' ? "pv"."session_key" or dl.raw->>'session_key' = "pv"."session_key"
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
  )
) and ("pv"."lifecycle" = 'SET' or "pv"."max_per_window" <> 0));

-- find accounts by their ids
with "point" as (select "b"."network_id", "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality", "b"."block_number" as "head_number" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" where "c"."network_id" = $1) select "point".*, "page".* from "point" left join lateral (select "a"."address", "a"."source", "a"."status", "a"."reason_code", "a"."attribution", "a"."label", "a"."team", "a"."cost_centre", "av"."class_hash", (
  select count(distinct had.session_key) from session_versions had
  where had.network_id = $2 and had.account = "a"."address"
    and true
) as "session_key_count", (
  select cov.from_block
  from coverage cov
  where cov.network_id = $3 and cov.account = "a"."address"
    and cov.kind = 'STATE' and "cov"."to_block" is null and true
) as "state_from", (
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $4 and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  ))
  from coverage cov
  where cov.network_id = $5 and cov.account = "a"."address"
    and cov.kind = 'EVENTS' and "cov"."to_block" is null and true
) as "events_from", (
  select jsonb_build_object('made', job.calls_made, 'left', job.calls_left, 'rate', job.calls_per_second)
  from backfill_jobs job
  where job.network_id = $6 and job.account = "a"."address" and job.finished_at is null
) as "backfill", (
select coalesce(jsonb_agg(jsonb_build_object('id', g.group_id, 'name', g.name) order by g.name, g.group_id), '[]'::jsonb)
from group_members gm
join groups g on g.organisation_id = gm.organisation_id and g.group_id = gm.group_id
where gm.organisation_id = current_organisation() and gm.network_id = $7 and gm.account = a.address
) as "groups" from (select "a"."network_id", "a"."address", "a"."source", "a"."status", "a"."reason_code", "a"."attribution", "f"."label", "f"."team", "f"."cost_centre" from "follows" as "f" inner join "accounts" as "a" on "a"."network_id" = "f"."network_id" and "a"."address" = "f"."account" where "f"."organisation_id" = current_organisation() and "f"."network_id" = $8 and f.account = any($9::text[]) order by "f"."account" limit $10) as "a" left join "account_versions" as "av" on "av"."network_id" = "a"."network_id" and "av"."account" = "a"."address" and "av"."valid_to_block" is null order by "a"."address" limit $11) as "page" on true order by "page"."address";

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
) select "point".*, "a"."status", "a"."source", "a"."followed_from_block", "av"."class_hash", "av"."valid_from_block" as "class_from", cl.capabilities - 'eventShapes' as "capabilities", "sv"."account", "sv"."session_key", "sv"."valid_until_seconds", "sv"."max_calls", "sv"."calls_used", "sv"."allowed_entrypoints", "sv"."allowed_entrypoints_len", "sv"."entrypoints_known", "sv"."lifecycle", "sv"."lifecycle_block", "sv"."lifecycle_tx", (
  select cov.from_block
  from coverage cov
  where cov.network_id = $5 and cov.account = "a"."address"
    and cov.kind = 'STATE' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number)) and true
) as "state_from", (
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $6 and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  and dl.block_number <= point.block_number))
  from coverage cov
  where cov.network_id = $7 and cov.account = "a"."address"
    and cov.kind = 'EVENTS' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number)) and true
) as "events_from", (
  select jsonb_build_object('made', job.calls_made, 'left', job.calls_left, 'rate', job.calls_per_second)
  from backfill_jobs job
  where job.network_id = $8 and job.account = "a"."address" and job.finished_at is null
) as "backfill", (
  select coalesce(jsonb_agg(jsonb_build_object(
    'token', pv.token,
    'maxPerCall', pv.max_per_call::text,
    'maxPerWindow', pv.max_per_window::text,
    'windowSeconds', pv.window_seconds::text,
    'spentInWindow', pv.spent_in_window::text,
    'windowStartSeconds', pv.window_start_seconds::text
  ) order by pv.token), '[]'::jsonb)
  from policy_versions pv
  where pv.network_id = $9 and pv.account = "sv"."account"
    and pv.session_key = "sv"."session_key" and ("pv"."valid_from_block" <= point.block_number and ("pv"."valid_to_block" is null or "pv"."valid_to_block" > point.block_number)) and ("pv"."lifecycle" = 'SET' or "pv"."max_per_window" <> 0)
) as "policies", exists (
  select from session_versions has where has.network_id = $10 and has.account = "a"."address"
    and "has"."valid_from_block" <= point.block_number
) as "has_sessions" from "point" left join "accounts" as "a" on "a"."network_id" = "point"."network_id" and "a"."address" = $11 left join "account_versions" as "av" on "av"."network_id" = "a"."network_id" and "av"."account" = "a"."address" and ("av"."valid_from_block" <= point.block_number and ("av"."valid_to_block" is null or "av"."valid_to_block" > point.block_number)) left join "classes" as "cl" on "cl"."network_id" = "point"."network_id" and "cl"."class_hash" = "av"."class_hash" left join "session_versions" as "sv" on "sv"."network_id" = "a"."network_id" and "sv"."account" = "a"."address" and "sv"."session_key" = $12 and (("sv"."valid_from_block" <= point.block_number and ("sv"."valid_to_block" is null or "sv"."valid_to_block" > point.block_number)) and not exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $13 and dl.account = "sv"."account" and dl.code <> 'EVENT_STATE_MISMATCH'
  and dl.block_number <= point.block_number
  and (dl.raw->'keys' ? "sv"."session_key" or dl.raw->'data' ? "sv"."session_key" or dl.raw->>'session_key' = "sv"."session_key"
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
      and dla.followed_from_block <= point.block_number
  )
));

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
  select cov.from_block
  from coverage cov
  where cov.network_id = $6 and cov.account = $7::text
    and cov.kind = 'STATE' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number)) and true
) as "account_state_from", (
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $8 and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  and dl.block_number <= point.block_number))
  from coverage cov
  where cov.network_id = $9 and cov.account = $10::text
    and cov.kind = 'EVENTS' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number)) and true
) as "account_events_from", (
  select jsonb_build_object('made', job.calls_made, 'left', job.calls_left, 'rate', job.calls_per_second)
  from backfill_jobs job
  where job.network_id = $11 and job.account = $12::text and job.finished_at is null
) as "account_backfill", array(
  select un.address::text from accounts un
  where un.network_id = $13 and un.status = 'FOLLOWED'
    and true
    and not exists (
      select from coverage cov
      where cov.network_id = $14 and cov.account = un.address and cov.kind = 'STATE'
        and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
    )
  order by un.address limit 10
) as "uncovered" from "point" left join lateral (select "sv"."account", "sv"."session_key", "sv"."valid_until_seconds", "sv"."max_calls", "sv"."calls_used", "sv"."allowed_entrypoints", "sv"."allowed_entrypoints_len", "sv"."entrypoints_known", "sv"."lifecycle", "sv"."lifecycle_block", "sv"."lifecycle_tx", "av"."class_hash", 0 as "sort", (
  select cov.from_block
  from coverage cov
  where cov.network_id = $15 and cov.account = "sv"."account"
    and cov.kind = 'STATE' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number)) and true
) as "state_from", (
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $16 and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  and dl.block_number <= point.block_number))
  from coverage cov
  where cov.network_id = $17 and cov.account = "sv"."account"
    and cov.kind = 'EVENTS' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number)) and true
) as "events_from", (
  select jsonb_build_object('made', job.calls_made, 'left', job.calls_left, 'rate', job.calls_per_second)
  from backfill_jobs job
  where job.network_id = $18 and job.account = "sv"."account" and job.finished_at is null
) as "backfill", (
  select coalesce(jsonb_agg(jsonb_build_object(
    'token', pv.token,
    'maxPerCall', pv.max_per_call::text,
    'maxPerWindow', pv.max_per_window::text,
    'windowSeconds', pv.window_seconds::text,
    'spentInWindow', pv.spent_in_window::text,
    'windowStartSeconds', pv.window_start_seconds::text
  ) order by pv.token), '[]'::jsonb)
  from policy_versions pv
  where pv.network_id = $19 and pv.account = "sv"."account"
    and pv.session_key = "sv"."session_key" and ("pv"."valid_from_block" <= point.block_number and ("pv"."valid_to_block" is null or "pv"."valid_to_block" > point.block_number)) and ("pv"."lifecycle" = 'SET' or "pv"."max_per_window" <> 0)
) as "policies" from "session_versions" as "sv" left join "account_versions" as "av" on "av"."network_id" = "sv"."network_id" and "av"."account" = "sv"."account" and ("av"."valid_from_block" <= point.block_number and ("av"."valid_to_block" is null or "av"."valid_to_block" > point.block_number)) where "sv"."network_id" = $20 and exists (select from follows gate where gate.network_id = $21::integer and gate.account = "sv"."account") and ("sv"."valid_from_block" <= point.block_number and ("sv"."valid_to_block" is null or "sv"."valid_to_block" > point.block_number)) and not exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $22 and dl.account = "sv"."account" and dl.code <> 'EVENT_STATE_MISMATCH'
  and dl.block_number <= point.block_number
  and (dl.raw->'keys' ? "sv"."session_key" or dl.raw->'data' ? "sv"."session_key" or dl.raw->>'session_key' = "sv"."session_key"
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
      and dla.followed_from_block <= point.block_number
  )
) and 1 = 1 order by "sv"."account" asc, "sv"."session_key" asc limit $23) as "page" on true order by "page"."sort" asc, "page"."account" asc, "page"."session_key" asc;

-- list sessions, the first page
with "point" as (select "b"."network_id", "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality", "b"."block_number" as "head_number" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" where "c"."network_id" = $1) select "point".*, "page".*, (
  select acc.status from accounts acc
  where acc.network_id = $2 and acc.address = $3::text
) as "account_status", (
  select cov.from_block
  from coverage cov
  where cov.network_id = $4 and cov.account = $5::text
    and cov.kind = 'STATE' and "cov"."to_block" is null and true
) as "account_state_from", (
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $6 and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  ))
  from coverage cov
  where cov.network_id = $7 and cov.account = $8::text
    and cov.kind = 'EVENTS' and "cov"."to_block" is null and true
) as "account_events_from", (
  select jsonb_build_object('made', job.calls_made, 'left', job.calls_left, 'rate', job.calls_per_second)
  from backfill_jobs job
  where job.network_id = $9 and job.account = $10::text and job.finished_at is null
) as "account_backfill", '{}'::text[] as "uncovered" from "point" left join lateral (select "sv"."account", "sv"."session_key", "sv"."valid_until_seconds", "sv"."max_calls", "sv"."calls_used", "sv"."allowed_entrypoints", "sv"."allowed_entrypoints_len", "sv"."entrypoints_known", "sv"."lifecycle", "sv"."lifecycle_block", "sv"."lifecycle_tx", "av"."class_hash", 0 as "sort", (
  select cov.from_block
  from coverage cov
  where cov.network_id = $11 and cov.account = "sv"."account"
    and cov.kind = 'STATE' and "cov"."to_block" is null and true
) as "state_from", (
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $12 and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  ))
  from coverage cov
  where cov.network_id = $13 and cov.account = "sv"."account"
    and cov.kind = 'EVENTS' and "cov"."to_block" is null and true
) as "events_from", (
  select jsonb_build_object('made', job.calls_made, 'left', job.calls_left, 'rate', job.calls_per_second)
  from backfill_jobs job
  where job.network_id = $14 and job.account = "sv"."account" and job.finished_at is null
) as "backfill", (
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
    and pv.session_key = "sv"."session_key" and "pv"."valid_to_block" is null and ("pv"."lifecycle" = 'SET' or "pv"."max_per_window" <> 0)
) as "policies" from "session_versions" as "sv" left join "account_versions" as "av" on "av"."network_id" = "sv"."network_id" and "av"."account" = "sv"."account" and "av"."valid_to_block" is null where "sv"."network_id" = $16 and exists (select from follows gate where gate.network_id = $17::integer and gate.account = "sv"."account") and "sv"."valid_to_block" is null and not exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $18 and dl.account = "sv"."account" and dl.code <> 'EVENT_STATE_MISMATCH'
  and (dl.raw->'keys' ? "sv"."session_key" or dl.raw->'data' ? "sv"."session_key" or dl.raw->>'session_key' = "sv"."session_key"
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
  )
) and 1 = 1 order by "sv"."account" asc, "sv"."session_key" asc limit $19) as "page" on true order by "page"."sort" asc, "page"."account" asc, "page"."session_key" asc;

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
  select cov.from_block
  from coverage cov
  where cov.network_id = $6 and cov.account = $7::text
    and cov.kind = 'STATE' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number)) and exists (select from follows gate where gate.network_id = $8::integer and gate.account = $9::text)
) as "account_state_from", (
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $10 and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  and dl.block_number <= point.block_number))
  from coverage cov
  where cov.network_id = $11 and cov.account = $12::text
    and cov.kind = 'EVENTS' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number)) and exists (select from follows gate where gate.network_id = $13::integer and gate.account = $14::text)
) as "account_events_from", (
  select jsonb_build_object('made', job.calls_made, 'left', job.calls_left, 'rate', job.calls_per_second)
  from backfill_jobs job
  where job.network_id = $15 and job.account = $16::text and job.finished_at is null
) as "account_backfill", array(
  select un.address::text from accounts un
  where un.network_id = $17 and un.status = 'FOLLOWED'
    and un.address = $18::text
    and not exists (
      select from coverage cov
      where cov.network_id = $19 and cov.account = un.address and cov.kind = 'STATE'
        and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
    )
  order by un.address limit 10
) as "uncovered" from "point" left join lateral (select "sv"."account", "sv"."session_key", "sv"."valid_until_seconds", "sv"."max_calls", "sv"."calls_used", "sv"."allowed_entrypoints", "sv"."allowed_entrypoints_len", "sv"."entrypoints_known", "sv"."lifecycle", "sv"."lifecycle_block", "sv"."lifecycle_tx", "av"."class_hash", sv.valid_until_seconds as "sort", (
  select cov.from_block
  from coverage cov
  where cov.network_id = $20 and cov.account = "sv"."account"
    and cov.kind = 'STATE' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number)) and true
) as "state_from", (
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $21 and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  and dl.block_number <= point.block_number))
  from coverage cov
  where cov.network_id = $22 and cov.account = "sv"."account"
    and cov.kind = 'EVENTS' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number)) and true
) as "events_from", (
  select jsonb_build_object('made', job.calls_made, 'left', job.calls_left, 'rate', job.calls_per_second)
  from backfill_jobs job
  where job.network_id = $23 and job.account = "sv"."account" and job.finished_at is null
) as "backfill", (
  select coalesce(jsonb_agg(jsonb_build_object(
    'token', pv.token,
    'maxPerCall', pv.max_per_call::text,
    'maxPerWindow', pv.max_per_window::text,
    'windowSeconds', pv.window_seconds::text,
    'spentInWindow', pv.spent_in_window::text,
    'windowStartSeconds', pv.window_start_seconds::text
  ) order by pv.token), '[]'::jsonb)
  from policy_versions pv
  where pv.network_id = $24 and pv.account = "sv"."account"
    and pv.session_key = "sv"."session_key" and ("pv"."valid_from_block" <= point.block_number and ("pv"."valid_to_block" is null or "pv"."valid_to_block" > point.block_number)) and ("pv"."lifecycle" = 'SET' or "pv"."max_per_window" <> 0)
) as "policies" from "session_versions" as "sv" left join "account_versions" as "av" on "av"."network_id" = "sv"."network_id" and "av"."account" = "sv"."account" and ("av"."valid_from_block" <= point.block_number and ("av"."valid_to_block" is null or "av"."valid_to_block" > point.block_number)) where "sv"."network_id" = $25 and exists (select from follows gate where gate.network_id = $26::integer and gate.account = $27) and ("sv"."valid_from_block" <= point.block_number and ("sv"."valid_to_block" is null or "sv"."valid_to_block" > point.block_number)) and not exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $28 and dl.account = "sv"."account" and dl.code <> 'EVENT_STATE_MISMATCH'
  and dl.block_number <= point.block_number
  and (dl.raw->'keys' ? "sv"."session_key" or dl.raw->'data' ? "sv"."session_key" or dl.raw->>'session_key' = "sv"."session_key"
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
      and dla.followed_from_block <= point.block_number
  )
) and (sv.account = $29 and case
when sv.valid_until_seconds = 0 and sv.lifecycle = 'REVOKED' then 'REVOKED'
when sv.valid_until_seconds < point.timestamp_seconds then 'EXPIRED'
when sv.calls_used >= sv.max_calls then 'EXHAUSTED'
else 'ACTIVE'
end = any($30::text[]) and sv.valid_until_seconds <> 0 and sv.valid_until_seconds < $31::numeric and (sv.valid_until_seconds, sv.account, sv.session_key) > ($32::numeric, $33::text, $34::text)) order by sv.valid_until_seconds asc, "sv"."account" asc, "sv"."session_key" asc limit $35) as "page" on true order by "page"."sort" asc, "page"."account" asc, "page"."session_key" asc;

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
  select cov.from_block
  from coverage cov
  where cov.network_id = $6 and cov.account = $7::text
    and cov.kind = 'STATE' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number)) and exists (select from follows gate where gate.network_id = $8::integer and gate.account = $9::text)
) as "account_state_from", (
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $10 and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  and dl.block_number <= point.block_number))
  from coverage cov
  where cov.network_id = $11 and cov.account = $12::text
    and cov.kind = 'EVENTS' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number)) and exists (select from follows gate where gate.network_id = $13::integer and gate.account = $14::text)
) as "account_events_from", (
  select jsonb_build_object('made', job.calls_made, 'left', job.calls_left, 'rate', job.calls_per_second)
  from backfill_jobs job
  where job.network_id = $15 and job.account = $16::text and job.finished_at is null
) as "account_backfill", array(
  select un.address::text from accounts un
  where un.network_id = $17 and un.status = 'FOLLOWED'
    and un.address = $18::text
    and not exists (
      select from coverage cov
      where cov.network_id = $19 and cov.account = un.address and cov.kind = 'STATE'
        and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number))
    )
  order by un.address limit 10
) as "uncovered" from "point" left join lateral (select "sv"."account", "sv"."session_key", "sv"."valid_until_seconds", "sv"."max_calls", "sv"."calls_used", "sv"."allowed_entrypoints", "sv"."allowed_entrypoints_len", "sv"."entrypoints_known", "sv"."lifecycle", "sv"."lifecycle_block", "sv"."lifecycle_tx", "av"."class_hash", greatest(sv.max_calls - sv.calls_used, 0) as "sort", (
  select cov.from_block
  from coverage cov
  where cov.network_id = $20 and cov.account = "sv"."account"
    and cov.kind = 'STATE' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number)) and true
) as "state_from", (
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $21 and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  and dl.block_number <= point.block_number))
  from coverage cov
  where cov.network_id = $22 and cov.account = "sv"."account"
    and cov.kind = 'EVENTS' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number)) and true
) as "events_from", (
  select jsonb_build_object('made', job.calls_made, 'left', job.calls_left, 'rate', job.calls_per_second)
  from backfill_jobs job
  where job.network_id = $23 and job.account = "sv"."account" and job.finished_at is null
) as "backfill", (
  select coalesce(jsonb_agg(jsonb_build_object(
    'token', pv.token,
    'maxPerCall', pv.max_per_call::text,
    'maxPerWindow', pv.max_per_window::text,
    'windowSeconds', pv.window_seconds::text,
    'spentInWindow', pv.spent_in_window::text,
    'windowStartSeconds', pv.window_start_seconds::text
  ) order by pv.token), '[]'::jsonb)
  from policy_versions pv
  where pv.network_id = $24 and pv.account = "sv"."account"
    and pv.session_key = "sv"."session_key" and ("pv"."valid_from_block" <= point.block_number and ("pv"."valid_to_block" is null or "pv"."valid_to_block" > point.block_number)) and ("pv"."lifecycle" = 'SET' or "pv"."max_per_window" <> 0)
) as "policies" from "session_versions" as "sv" left join "account_versions" as "av" on "av"."network_id" = "sv"."network_id" and "av"."account" = "sv"."account" and ("av"."valid_from_block" <= point.block_number and ("av"."valid_to_block" is null or "av"."valid_to_block" > point.block_number)) where "sv"."network_id" = $25 and exists (select from follows gate where gate.network_id = $26::integer and gate.account = $27) and ("sv"."valid_from_block" <= point.block_number and ("sv"."valid_to_block" is null or "sv"."valid_to_block" > point.block_number)) and not exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $28 and dl.account = "sv"."account" and dl.code <> 'EVENT_STATE_MISMATCH'
  and dl.block_number <= point.block_number
  and (dl.raw->'keys' ? "sv"."session_key" or dl.raw->'data' ? "sv"."session_key" or dl.raw->>'session_key' = "sv"."session_key"
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
      and dla.followed_from_block <= point.block_number
  )
) and (sv.account = $29 and case
when sv.valid_until_seconds = 0 and sv.lifecycle = 'REVOKED' then 'REVOKED'
when sv.valid_until_seconds < point.timestamp_seconds then 'EXPIRED'
when sv.calls_used >= sv.max_calls then 'EXHAUSTED'
else 'ACTIVE'
end = any($30::text[]) and sv.valid_until_seconds <> 0 and sv.valid_until_seconds < $31::numeric and (greatest(sv.max_calls - sv.calls_used, 0), sv.account, sv.session_key) > (least($32::numeric, 4294967296)::bigint, $33::text, $34::text)) order by greatest(sv.max_calls - sv.calls_used, 0) asc, "sv"."account" asc, "sv"."session_key" asc limit $35) as "page" on true order by "page"."sort" asc, "page"."account" asc, "page"."session_key" asc;

-- what differs between two blocks
with f as (
select h.network_id, h.block_number as head_number, b.block_number, b.block_hash, b.timestamp_seconds, b.finality
from cursors c
join blocks h on h.network_id = c.network_id and h.block_hash = c.block_hash
left join lateral (
  select * from blocks x
  where x.network_id = $1 and x.canonical and x.block_number <= h.block_number and x.block_number = $2::bigint
  order by x.block_number desc limit 1
) b on true
where c.network_id = $3
), t as (select "b"."network_id", "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality", "b"."block_number" as "head_number" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" where "c"."network_id" = $4)
select
to_jsonb(f) || jsonb_build_object('timestamp_seconds', f.timestamp_seconds::text) as from_place,
to_jsonb(t) || jsonb_build_object('timestamp_seconds', t.timestamp_seconds::text) as to_place,
(
  select acc.status from accounts acc
  where acc.network_id = $5 and acc.address = $6::text
) as account_status,
(
  select cov.from_block
  from coverage cov
  where cov.network_id = $7 and cov.account = $8 and cov.kind = 'STATE'
    and cov.from_block <= f.block_number and (cov.to_block is null or cov.to_block >= t.block_number)
    and exists (select from follows gate where gate.network_id = $9::integer and gate.account = $10::text)
) as state_from,
(
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $11 and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  and dl.block_number <= t.block_number))
  from coverage cov
  where cov.network_id = $12 and cov.account = $13 and cov.kind = 'EVENTS'
    and cov.from_block <= f.block_number and (cov.to_block is null or cov.to_block >= t.block_number)
    and exists (select from follows gate where gate.network_id = $14::integer and gate.account = $15::text)
) as events_from,
class_before.class_hash as class_before, class_after.class_hash as class_after,
class_before.account is not null and class_after.account is not null as class_known,
(select coalesce(jsonb_agg(to_jsonb(c) order by c.session_key), '[]'::jsonb) from (
  select coalesce(b.session_key, a.session_key) as session_key, b.state as before, a.state as after,
    (
    select case when bool_or(step.lost) then null else coalesce(sum(step.used), 0)::text end
    from (
      select v.valid_from_block,
        v.lifecycle_block = v.valid_from_block and coalesce(lag(v.valid_until_seconds) over w, 0) <> 0 as lost,
        v.calls_used - case when v.lifecycle_block = v.valid_from_block then 0
          else coalesce(lag(v.calls_used) over w, 0) end as used
      from session_versions v
      where v.network_id = $16 and v.account = $17
        and v.session_key = coalesce(b.session_key, a.session_key) and "v"."valid_from_block" <= t.block_number and ("v"."valid_to_block" is null or "v"."valid_to_block" > f.block_number)
      window w as (order by v.valid_from_block)
    ) step
    where step.valid_from_block > f.block_number
  ) as used
  from (
    select sv.session_key, sv.valid_from_block, jsonb_build_object(
      'validUntil', sv.valid_until_seconds::text, 'maxCalls', sv.max_calls::text, 'callsUsed', sv.calls_used::text,
      'list', case when sv.entrypoints_known then to_jsonb(sv.allowed_entrypoints) end,
      'listLength', sv.allowed_entrypoints_len::text, 'lifecycle', sv.lifecycle,
      'lifecycleBlock', sv.lifecycle_block::text, 'lifecycleTx', sv.lifecycle_tx,
      'policies', (
  select coalesce(jsonb_agg(jsonb_build_object(
    'token', pv.token,
    'maxPerCall', pv.max_per_call::text,
    'maxPerWindow', pv.max_per_window::text,
    'windowSeconds', pv.window_seconds::text,
    'spentInWindow', pv.spent_in_window::text,
    'windowStartSeconds', pv.window_start_seconds::text
  ) order by pv.token), '[]'::jsonb)
  from policy_versions pv
  where pv.network_id = $18 and pv.account = "sv"."account"
    and pv.session_key = "sv"."session_key" and ("pv"."valid_from_block" <= f.block_number and ("pv"."valid_to_block" is null or "pv"."valid_to_block" > f.block_number)) and ("pv"."lifecycle" = 'SET' or "pv"."max_per_window" <> 0)
)
    ) as state
    from session_versions sv
    where sv.network_id = $19 and sv.account = $20 and ("sv"."valid_from_block" <= f.block_number and ("sv"."valid_to_block" is null or "sv"."valid_to_block" > f.block_number))
      and exists (select from follows gate where gate.network_id = $21::integer and gate.account = $22::text)
      and not exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $23 and dl.account = sv.account and dl.code <> 'EVENT_STATE_MISMATCH'
  and dl.block_number <= t.block_number
  and (dl.raw->'keys' ? sv.session_key or dl.raw->'data' ? sv.session_key or dl.raw->>'session_key' = sv.session_key
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
      and dla.followed_from_block <= t.block_number
  )
)) b
  full join (
    select sv.session_key, sv.valid_from_block, jsonb_build_object(
      'validUntil', sv.valid_until_seconds::text, 'maxCalls', sv.max_calls::text, 'callsUsed', sv.calls_used::text,
      'list', case when sv.entrypoints_known then to_jsonb(sv.allowed_entrypoints) end,
      'listLength', sv.allowed_entrypoints_len::text, 'lifecycle', sv.lifecycle,
      'lifecycleBlock', sv.lifecycle_block::text, 'lifecycleTx', sv.lifecycle_tx,
      'policies', (
  select coalesce(jsonb_agg(jsonb_build_object(
    'token', pv.token,
    'maxPerCall', pv.max_per_call::text,
    'maxPerWindow', pv.max_per_window::text,
    'windowSeconds', pv.window_seconds::text,
    'spentInWindow', pv.spent_in_window::text,
    'windowStartSeconds', pv.window_start_seconds::text
  ) order by pv.token), '[]'::jsonb)
  from policy_versions pv
  where pv.network_id = $24 and pv.account = "sv"."account"
    and pv.session_key = "sv"."session_key" and ("pv"."valid_from_block" <= t.block_number and ("pv"."valid_to_block" is null or "pv"."valid_to_block" > t.block_number)) and ("pv"."lifecycle" = 'SET' or "pv"."max_per_window" <> 0)
)
    ) as state
    from session_versions sv
    where sv.network_id = $25 and sv.account = $26 and ("sv"."valid_from_block" <= t.block_number and ("sv"."valid_to_block" is null or "sv"."valid_to_block" > t.block_number))
      and exists (select from follows gate where gate.network_id = $27::integer and gate.account = $28::text)
      and not exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $29 and dl.account = sv.account and dl.code <> 'EVENT_STATE_MISMATCH'
  and dl.block_number <= t.block_number
  and (dl.raw->'keys' ? sv.session_key or dl.raw->'data' ? sv.session_key or dl.raw->>'session_key' = sv.session_key
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
      and dla.followed_from_block <= t.block_number
  )
)) a on a.session_key = b.session_key
  where a.valid_from_block is distinct from b.valid_from_block
  order by 1 limit $30) c) as sessions,
(select coalesce(jsonb_agg(to_jsonb(c) order by c.session_key, c.token), '[]'::jsonb) from (
  select coalesce(b.session_key, a.session_key) as session_key, coalesce(b.token, a.token) as token,
    b.state as before, a.state as after, (
    select case when bool_or(step.lost) then null else coalesce(sum(step.spent), 0)::text end
    from (
      select v.valid_from_block, (v.window_seconds = 0 and v.spent_in_window <> 0) or (
          v.lifecycle_block = v.valid_from_block and coalesce(lag(v.max_per_window) over w, 0) <> 0 and exists (
            select from session_versions u where u.network_id = v.network_id and u.account = v.account
              and u.session_key = v.session_key and u.valid_from_block = v.valid_from_block
          )
        ) as lost,
        v.spent_in_window - case when v.lifecycle_block <> v.valid_from_block
          and v.window_start_seconds = lag(v.window_start_seconds) over w
          then lag(v.spent_in_window) over w else 0 end as spent
      from policy_versions v
      where v.network_id = $31 and v.account = $32
        and v.session_key = coalesce(b.session_key, a.session_key) and v.token = coalesce(b.token, a.token)
        and "v"."valid_from_block" <= t.block_number and ("v"."valid_to_block" is null or "v"."valid_to_block" > f.block_number)
      window w as (order by v.valid_from_block)
    ) step
    where step.valid_from_block > f.block_number
  ) as spent
  from (
    select pv.session_key, pv.token, pv.valid_from_block, jsonb_build_object(
      'token', pv.token, 'maxPerCall', pv.max_per_call::text, 'maxPerWindow', pv.max_per_window::text,
      'windowSeconds', pv.window_seconds::text, 'spentInWindow', pv.spent_in_window::text,
      'windowStartSeconds', pv.window_start_seconds::text,
      'lifecycle', pv.lifecycle, 'lifecycleBlock', pv.lifecycle_block::text
    ) as state
    from policy_versions pv
    where pv.network_id = $33 and pv.account = $34 and ("pv"."valid_from_block" <= f.block_number and ("pv"."valid_to_block" is null or "pv"."valid_to_block" > f.block_number))
      and exists (select from follows gate where gate.network_id = $35::integer and gate.account = $36::text)
      and not exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $37 and dl.account = pv.account and dl.code <> 'EVENT_STATE_MISMATCH'
  and dl.block_number <= t.block_number
  and (dl.raw->'keys' ? pv.session_key or dl.raw->'data' ? pv.session_key or dl.raw->>'session_key' = pv.session_key
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
      and dla.followed_from_block <= t.block_number
  )
)) b
  full join (
    select pv.session_key, pv.token, pv.valid_from_block, jsonb_build_object(
      'token', pv.token, 'maxPerCall', pv.max_per_call::text, 'maxPerWindow', pv.max_per_window::text,
      'windowSeconds', pv.window_seconds::text, 'spentInWindow', pv.spent_in_window::text,
      'windowStartSeconds', pv.window_start_seconds::text,
      'lifecycle', pv.lifecycle, 'lifecycleBlock', pv.lifecycle_block::text
    ) as state
    from policy_versions pv
    where pv.network_id = $38 and pv.account = $39 and ("pv"."valid_from_block" <= t.block_number and ("pv"."valid_to_block" is null or "pv"."valid_to_block" > t.block_number))
      and exists (select from follows gate where gate.network_id = $40::integer and gate.account = $41::text)
      and not exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $42 and dl.account = pv.account and dl.code <> 'EVENT_STATE_MISMATCH'
  and dl.block_number <= t.block_number
  and (dl.raw->'keys' ? pv.session_key or dl.raw->'data' ? pv.session_key or dl.raw->>'session_key' = pv.session_key
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
      and dla.followed_from_block <= t.block_number
  )
)) a
    on a.session_key = b.session_key and a.token = b.token
  where a.valid_from_block is distinct from b.valid_from_block
  order by 1, 2 limit $43) c) as policies,
(
  select coalesce(jsonb_agg(jsonb_build_object(
    'kind', o.kind, 'guid', o.payload->>'ownerGuid', 'block', o.block_number::text, 'tx', o.transaction_hash
  ) order by o.block_number, o.transaction_index, o.event_index), '[]'::jsonb)
  from facts o
  join blocks ob on ob.network_id = o.network_id and ob.block_hash = o.block_hash and ob.canonical
  where o.network_id = $44 and o.account = $45
    and o.kind in ('OwnerAdded', 'OwnerRemoved')
    and o.block_number > f.block_number and o.block_number <= t.block_number
    and exists (select from follows gate where gate.network_id = $46::integer and gate.account = $47::text)) as owners
from f cross join t
left join account_versions class_before on class_before.network_id = f.network_id
and class_before.account = $48 and ("class_before"."valid_from_block" <= f.block_number and ("class_before"."valid_to_block" is null or "class_before"."valid_to_block" > f.block_number))
and exists (select from follows gate where gate.network_id = $49::integer and gate.account = $50::text)
left join account_versions class_after on class_after.network_id = t.network_id
and class_after.account = $51 and ("class_after"."valid_from_block" <= t.block_number and ("class_after"."valid_to_block" is null or "class_after"."valid_to_block" > t.block_number))
and exists (select from follows gate where gate.network_id = $52::integer and gate.account = $53::text);

-- the history of a session key, the first page
with point as (select "b"."network_id", "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality", "b"."block_number" as "head_number" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" where "c"."network_id" = $1)
select point.*, page.*,
(
  select acc.status from accounts acc
  where acc.network_id = $2 and acc.address = $3::text
) as account_status,
(
  select cov.from_block
  from coverage cov
  where cov.network_id = $4 and cov.account = $5::text
    and cov.kind = 'STATE' and "cov"."to_block" is null and exists (select from follows gate where gate.network_id = $6::integer and gate.account = $7::text)
) as state_from,
(
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $8 and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  ))
  from coverage cov
  where cov.network_id = $9 and cov.account = $10::text
    and cov.kind = 'EVENTS' and "cov"."to_block" is null and exists (select from follows gate where gate.network_id = $11::integer and gate.account = $12::text)
) as events_from
from point
left join lateral (
select f.block_number as at_block, f.block_hash as at_hash, fb.timestamp_seconds as at_seconds,
  fb.finality as at_finality, f.transaction_index, f.event_index, f.transaction_hash, f.kind, f.token, f.payload,
  prev.kind as prev_kind, prev.payload as prev_payload, prev.block_number as prev_block,
  class_before.class_hash as class_before, class_after.class_hash as class_after,
  pv.spent_in_window as spent_before, pv.window_start_seconds as window_start_before,
  pv.max_per_window as max_per_window_before, pv.window_seconds as window_seconds_before,
  exists (
    select from coverage cov where cov.network_id = f.network_id and cov.account = f.account and cov.kind = 'STATE'
      and cov.from_block < f.block_number and (cov.to_block is null or cov.to_block >= f.block_number)
  ) as known_before,
  at_entry.valid_from_block is not distinct from f.block_number as touched,
  case when at_entry.entrypoints_known and at_entry.lifecycle_tx = f.transaction_hash
    then at_entry.allowed_entrypoints end as granted_list,
  at_entry.calls_used as used_at_entry, at_entry.lifecycle_block as lifecycle_at_entry,
  at_end.calls_used as used_at_end, at_end.lifecycle_block as lifecycle_at_end,
  array(
    select last.token::text from (
      select distinct on (p.token) p.token, p.kind, p.payload, ("p"."block_number", "p"."transaction_index", "p"."event_index") as place from facts p
      join blocks pb on pb.network_id = p.network_id and pb.block_hash = p.block_hash and pb.canonical
      where p.network_id = $13 and p.account = f.account and p.session_key = f.session_key
        and p.kind in ('SpendingPolicySet', 'SpendingPolicyRemoved') and ("p"."block_number", "p"."transaction_index", "p"."event_index") < ("f"."block_number", "f"."transaction_index", "f"."event_index")
      order by p.token, p.block_number desc, p.transaction_index desc, p.event_index desc
    ) last
    where f.kind = 'SessionKeyAdded' and last.kind = 'SpendingPolicySet' and last.payload->>'maxPerWindow' <> '0'
      and last.place < (
        select ("r"."block_number", "r"."transaction_index", "r"."event_index") from facts r
        join blocks rb on rb.network_id = r.network_id and rb.block_hash = r.block_hash and rb.canonical
        where r.network_id = $14 and r.account = f.account and r.session_key = f.session_key
          and r.kind = 'SessionKeyRevoked' and ("r"."block_number", "r"."transaction_index", "r"."event_index") < ("f"."block_number", "f"."transaction_index", "f"."event_index")
        order by r.block_number desc, r.transaction_index desc, r.event_index desc limit 1
      )
    order by last.token
  ) as inherited
from facts f
join blocks fb on fb.network_id = f.network_id and fb.block_hash = f.block_hash and fb.canonical
left join lateral (
  select n.kind, n.payload, n.block_number from facts n
  join blocks nb on nb.network_id = n.network_id and nb.block_hash = n.block_hash and nb.canonical
  where "n"."network_id" = $15 and "n"."account" = $16
  and "n"."session_key" = $17
  and "n"."kind" = any($18::text[]) and n.token is not distinct from f.token
    and n.block_number <= point.block_number and ("n"."block_number", "n"."transaction_index", "n"."event_index") < ("f"."block_number", "f"."transaction_index", "f"."event_index")
  order by n.block_number desc, n.transaction_index desc, n.event_index desc limit 1) prev on true
left join lateral (
  select n.kind, n.payload, n.block_number from facts n
  join blocks nb on nb.network_id = n.network_id and nb.block_hash = n.block_hash and nb.canonical
  where "n"."network_id" = $19 and "n"."account" = $20
  and "n"."session_key" = $21
  and "n"."kind" = any($22::text[]) and n.token is not distinct from f.token
    and n.block_number <= point.block_number and ("n"."block_number", "n"."transaction_index", "n"."event_index") > ("f"."block_number", "f"."transaction_index", "f"."event_index")
  order by n.block_number asc, n.transaction_index asc, n.event_index asc limit 1) next on true
left join account_versions class_before on "class_before"."network_id" = f.network_id and "class_before"."account" = f.account and ("class_before"."valid_from_block" <= f.block_number - 1 and ("class_before"."valid_to_block" is null or "class_before"."valid_to_block" > f.block_number - 1))
left join account_versions class_after on "class_after"."network_id" = f.network_id and "class_after"."account" = f.account and ("class_after"."valid_from_block" <= f.block_number and ("class_after"."valid_to_block" is null or "class_after"."valid_to_block" > f.block_number))
left join policy_versions pv on "pv"."network_id" = f.network_id and "pv"."account" = f.account and pv.session_key = f.session_key and pv.token = f.token
  and ("pv"."valid_from_block" <= f.block_number - 1 and ("pv"."valid_to_block" is null or "pv"."valid_to_block" > f.block_number - 1))
left join session_versions at_entry on "at_entry"."network_id" = f.network_id and "at_entry"."account" = f.account and at_entry.session_key = f.session_key
  and ("at_entry"."valid_from_block" <= f.block_number and ("at_entry"."valid_to_block" is null or "at_entry"."valid_to_block" > f.block_number))
left join session_versions at_end on "at_end"."network_id" = f.network_id and "at_end"."account" = f.account and at_end.session_key = f.session_key
  and ("at_end"."valid_from_block" <= coalesce(next.block_number - 1, point.block_number) and ("at_end"."valid_to_block" is null or "at_end"."valid_to_block" > coalesce(next.block_number - 1, point.block_number)))
  and coalesce(next.block_number - 1, point.block_number) >= f.block_number
where "f"."network_id" = $23 and "f"."account" = $24
  and "f"."session_key" = $25
  and "f"."kind" = any($26::text[]) and f.block_number <= point.block_number
  and exists (select from follows gate where gate.network_id = $27::integer and gate.account = $28::text)
order by f.block_number desc, f.transaction_index desc, f.event_index desc
limit $29) page on true
order by page.at_block desc, page.transaction_index desc, page.event_index desc;

-- the history of a policy, the next page
with point as (
select h.network_id, h.block_number as head_number, b.block_number, b.block_hash, b.timestamp_seconds, b.finality
from cursors c
join blocks h on h.network_id = c.network_id and h.block_hash = c.block_hash
left join lateral (
  select * from blocks x
  where x.network_id = $1 and x.canonical and x.block_number <= h.block_number and x.block_hash = $2
  order by x.block_number desc limit 1
) b on true
where c.network_id = $3
)
select point.*, page.*,
(
  select acc.status from accounts acc
  where acc.network_id = $4 and acc.address = $5::text
) as account_status,
(
  select cov.from_block
  from coverage cov
  where cov.network_id = $6 and cov.account = $7::text
    and cov.kind = 'STATE' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number)) and exists (select from follows gate where gate.network_id = $8::integer and gate.account = $9::text)
) as state_from,
(
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $10 and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  and dl.block_number <= point.block_number))
  from coverage cov
  where cov.network_id = $11 and cov.account = $12::text
    and cov.kind = 'EVENTS' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number)) and exists (select from follows gate where gate.network_id = $13::integer and gate.account = $14::text)
) as events_from
from point
left join lateral (
select f.block_number as at_block, f.block_hash as at_hash, fb.timestamp_seconds as at_seconds,
  fb.finality as at_finality, f.transaction_index, f.event_index, f.transaction_hash, f.kind, f.token, f.payload,
  prev.kind as prev_kind, prev.payload as prev_payload, prev.block_number as prev_block,
  class_before.class_hash as class_before, class_after.class_hash as class_after,
  pv.spent_in_window as spent_before, pv.window_start_seconds as window_start_before,
  pv.max_per_window as max_per_window_before, pv.window_seconds as window_seconds_before,
  exists (
    select from coverage cov where cov.network_id = f.network_id and cov.account = f.account and cov.kind = 'STATE'
      and cov.from_block < f.block_number and (cov.to_block is null or cov.to_block >= f.block_number)
  ) as known_before,
  at_entry.valid_from_block is not distinct from f.block_number as touched,
  case when at_entry.entrypoints_known and at_entry.lifecycle_tx = f.transaction_hash
    then at_entry.allowed_entrypoints end as granted_list,
  at_entry.calls_used as used_at_entry, at_entry.lifecycle_block as lifecycle_at_entry,
  at_end.calls_used as used_at_end, at_end.lifecycle_block as lifecycle_at_end,
  '{}'::text[] as inherited
from facts f
join blocks fb on fb.network_id = f.network_id and fb.block_hash = f.block_hash and fb.canonical
left join lateral (
  select n.kind, n.payload, n.block_number from facts n
  join blocks nb on nb.network_id = n.network_id and nb.block_hash = n.block_hash and nb.canonical
  where "n"."network_id" = $15 and "n"."account" = $16
  and "n"."session_key" = $17
  and "n"."kind" = any($18::text[]) and n.token is not distinct from f.token
    and n.block_number <= point.block_number and ("n"."block_number", "n"."transaction_index", "n"."event_index") < ("f"."block_number", "f"."transaction_index", "f"."event_index")
  order by n.block_number desc, n.transaction_index desc, n.event_index desc limit 1) prev on true
left join lateral (
  select n.kind, n.payload, n.block_number from facts n
  join blocks nb on nb.network_id = n.network_id and nb.block_hash = n.block_hash and nb.canonical
  where "n"."network_id" = $19 and "n"."account" = $20
  and "n"."session_key" = $21
  and "n"."kind" = any($22::text[]) and n.token is not distinct from f.token
    and n.block_number <= point.block_number and ("n"."block_number", "n"."transaction_index", "n"."event_index") > ("f"."block_number", "f"."transaction_index", "f"."event_index")
  order by n.block_number asc, n.transaction_index asc, n.event_index asc limit 1) next on true
left join account_versions class_before on "class_before"."network_id" = f.network_id and "class_before"."account" = f.account and ("class_before"."valid_from_block" <= f.block_number - 1 and ("class_before"."valid_to_block" is null or "class_before"."valid_to_block" > f.block_number - 1))
left join account_versions class_after on "class_after"."network_id" = f.network_id and "class_after"."account" = f.account and ("class_after"."valid_from_block" <= f.block_number and ("class_after"."valid_to_block" is null or "class_after"."valid_to_block" > f.block_number))
left join policy_versions pv on "pv"."network_id" = f.network_id and "pv"."account" = f.account and pv.session_key = f.session_key and pv.token = f.token
  and ("pv"."valid_from_block" <= f.block_number - 1 and ("pv"."valid_to_block" is null or "pv"."valid_to_block" > f.block_number - 1))
left join session_versions at_entry on "at_entry"."network_id" = f.network_id and "at_entry"."account" = f.account and at_entry.session_key = f.session_key
  and ("at_entry"."valid_from_block" <= f.block_number and ("at_entry"."valid_to_block" is null or "at_entry"."valid_to_block" > f.block_number))
left join session_versions at_end on "at_end"."network_id" = f.network_id and "at_end"."account" = f.account and at_end.session_key = f.session_key
  and ("at_end"."valid_from_block" <= coalesce(next.block_number - 1, point.block_number) and ("at_end"."valid_to_block" is null or "at_end"."valid_to_block" > coalesce(next.block_number - 1, point.block_number)))
  and coalesce(next.block_number - 1, point.block_number) >= f.block_number
where "f"."network_id" = $23 and "f"."account" = $24
  and "f"."session_key" = $25
  and "f"."kind" = any($26::text[]) and f.block_number <= point.block_number
  and exists (select from follows gate where gate.network_id = $27::integer and gate.account = $28::text)
  and f.token = $29
  and ("f"."block_number", "f"."transaction_index", "f"."event_index") < ($30::bigint, $31::integer, $32::integer)
order by f.block_number desc, f.transaction_index desc, f.event_index desc
limit $33) page on true
order by page.at_block desc, page.transaction_index desc, page.event_index desc;

-- list policies, the first page
with "point" as (select "b"."network_id", "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality", "b"."block_number" as "head_number" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" where "c"."network_id" = $1) select "point".*, "page".*, "av"."class_hash", "av"."valid_from_block" as "class_from", cl.capabilities - 'eventShapes' as "capabilities", (
  select acc.status from accounts acc
  where acc.network_id = $2 and acc.address = $3::text
) as "account_status", (
  select cov.from_block
  from coverage cov
  where cov.network_id = $4 and cov.account = $5::text
    and cov.kind = 'STATE' and "cov"."to_block" is null and exists (select from follows gate where gate.network_id = $6::integer and gate.account = $7::text)
) as "state_from", (
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $8 and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  ))
  from coverage cov
  where cov.network_id = $9 and cov.account = $10::text
    and cov.kind = 'EVENTS' and "cov"."to_block" is null and exists (select from follows gate where gate.network_id = $11::integer and gate.account = $12::text)
) as "events_from", (
  select jsonb_build_object('made', job.calls_made, 'left', job.calls_left, 'rate', job.calls_per_second)
  from backfill_jobs job
  where job.network_id = $13 and job.account = $14::text and job.finished_at is null
) as "backfill", false as "is_unread" from "point" left join "account_versions" as "av" on "av"."network_id" = $15 and "av"."account" = $16 and exists (select from follows gate where gate.network_id = $17::integer and gate.account = $18::text) and "av"."valid_to_block" is null left join "classes" as "cl" on "cl"."network_id" = $19 and "cl"."class_hash" = "av"."class_hash" left join lateral (select "pv"."account", "pv"."session_key", "pv"."token", "pv"."max_per_call", "pv"."max_per_window", "pv"."window_seconds", "pv"."spent_in_window", "pv"."window_start_seconds" from "policy_versions" as "pv" where "pv"."network_id" = $20 and "pv"."account" = $21 and exists (select from follows gate where gate.network_id = $22::integer and gate.account = $23::text) and "pv"."valid_to_block" is null and not exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $24 and dl.account = "pv"."account" and dl.code <> 'EVENT_STATE_MISMATCH'
  and (dl.raw->'keys' ? "pv"."session_key" or dl.raw->'data' ? "pv"."session_key" or dl.raw->>'session_key' = "pv"."session_key"
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
  )
) and ("pv"."lifecycle" = 'SET' or "pv"."max_per_window" <> 0) order by "pv"."session_key", "pv"."token" limit $25) as "page" on true order by "page"."session_key", "page"."token";

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
) select "point".*, "page".*, "av"."class_hash", "av"."valid_from_block" as "class_from", cl.capabilities - 'eventShapes' as "capabilities", (
  select acc.status from accounts acc
  where acc.network_id = $4 and acc.address = $5::text
) as "account_status", (
  select cov.from_block
  from coverage cov
  where cov.network_id = $6 and cov.account = $7::text
    and cov.kind = 'STATE' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number)) and exists (select from follows gate where gate.network_id = $8::integer and gate.account = $9::text)
) as "state_from", (
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $10 and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  and dl.block_number <= point.block_number))
  from coverage cov
  where cov.network_id = $11 and cov.account = $12::text
    and cov.kind = 'EVENTS' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number)) and exists (select from follows gate where gate.network_id = $13::integer and gate.account = $14::text)
) as "events_from", (
  select jsonb_build_object('made', job.calls_made, 'left', job.calls_left, 'rate', job.calls_per_second)
  from backfill_jobs job
  where job.network_id = $15 and job.account = $16::text and job.finished_at is null
) as "backfill", exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $17 and dl.account = $18::text and dl.code <> 'EVENT_STATE_MISMATCH'
  and dl.block_number <= point.block_number
  and (dl.raw->'keys' ? $19::text or dl.raw->'data' ? $20::text or dl.raw->>'session_key' = $21::text
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
      and dla.followed_from_block <= point.block_number
  )
) as "is_unread" from "point" left join "account_versions" as "av" on "av"."network_id" = $22 and "av"."account" = $23 and exists (select from follows gate where gate.network_id = $24::integer and gate.account = $25::text) and ("av"."valid_from_block" <= point.block_number and ("av"."valid_to_block" is null or "av"."valid_to_block" > point.block_number)) left join "classes" as "cl" on "cl"."network_id" = $26 and "cl"."class_hash" = "av"."class_hash" left join lateral (select "pv"."account", "pv"."session_key", "pv"."token", "pv"."max_per_call", "pv"."max_per_window", "pv"."window_seconds", "pv"."spent_in_window", "pv"."window_start_seconds" from "policy_versions" as "pv" where "pv"."network_id" = $27 and "pv"."account" = $28 and exists (select from follows gate where gate.network_id = $29::integer and gate.account = $30::text) and ("pv"."valid_from_block" <= point.block_number and ("pv"."valid_to_block" is null or "pv"."valid_to_block" > point.block_number)) and not exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $31 and dl.account = "pv"."account" and dl.code <> 'EVENT_STATE_MISMATCH'
  and dl.block_number <= point.block_number
  and (dl.raw->'keys' ? "pv"."session_key" or dl.raw->'data' ? "pv"."session_key" or dl.raw->>'session_key' = "pv"."session_key"
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
      and dla.followed_from_block <= point.block_number
  )
) and ("pv"."lifecycle" = 'SET' or "pv"."max_per_window" <> 0) and "pv"."session_key" = $32 and "pv"."token" = $33 and (pv.session_key, pv.token) > ($34::text, $35::text) order by "pv"."session_key", "pv"."token" limit $36) as "page" on true order by "page"."session_key", "page"."token";

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
  and now_.class_hash <> before_.class_hash and exists (select from follows gate where gate.network_id = $6::integer and gate.account = $7::text)
) as "class_changed_in", (
select max(fact.block_number)
from facts fact
join blocks b on b.network_id = fact.network_id and b.block_hash = fact.block_hash and b.canonical
where fact.network_id = $8 and fact.account = $9 and fact.kind = 'OwnerRemoved'
  and exists (select from follows gate where gate.network_id = $10::integer and gate.account = $11::text)
) as "owner_changed_in", exists (
select from session_versions live
where live.network_id = $12 and live.account = $13 and live.valid_to_block is null
  and exists (select from follows gate where gate.network_id = $14::integer and gate.account = $15::text) and live.valid_until_seconds > 0 and live.calls_used < live.max_calls
  and live.valid_until_seconds >= div(head.timestamp_seconds, 3600) * 3600
) as "has_usable_keys" from "head" left join "account_versions" as "av" on "av"."network_id" = $16 and "av"."account" = $17 and exists (select from follows gate where gate.network_id = $18::integer and gate.account = $19::text) and "av"."valid_to_block" is null left join lateral (select "sv"."account", "sv"."session_key", "sv"."valid_until_seconds", "sv"."max_calls", "sv"."calls_used", "sv"."allowed_entrypoints", "sv"."allowed_entrypoints_len", "sv"."entrypoints_known", "sv"."lifecycle", "sv"."lifecycle_block", "sv"."lifecycle_tx", (
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
) as "policies" from "session_versions" as "sv" where "sv"."network_id" = $20 and "sv"."account" = $21 and exists (select from follows gate where gate.network_id = $22::integer and gate.account = $23::text) and "sv"."valid_to_block" is null and not exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $24 and dl.account = "sv"."account" and dl.code <> 'EVENT_STATE_MISMATCH'
  and (dl.raw->'keys' ? "sv"."session_key" or dl.raw->'data' ? "sv"."session_key" or dl.raw->>'session_key' = "sv"."session_key"
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
  )
) order by "sv"."session_key" limit $25) as "page" on true order by "page"."session_key";

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
  and now_.class_hash <> before_.class_hash and exists (select from follows gate where gate.network_id = $6::integer and gate.account = $7::text)
) as "class_changed_in", (
select max(fact.block_number)
from facts fact
join blocks b on b.network_id = fact.network_id and b.block_hash = fact.block_hash and b.canonical
where fact.network_id = $8 and fact.account = $9 and fact.kind = 'OwnerRemoved'
  and exists (select from follows gate where gate.network_id = $10::integer and gate.account = $11::text)
) as "owner_changed_in", exists (
select from session_versions live
where live.network_id = $12 and live.account = $13 and live.valid_to_block is null
  and exists (select from follows gate where gate.network_id = $14::integer and gate.account = $15::text) and live.valid_until_seconds > 0 and live.calls_used < live.max_calls
  and live.valid_until_seconds >= div(head.timestamp_seconds, 3600) * 3600
) as "has_usable_keys" from "head" left join "account_versions" as "av" on "av"."network_id" = $16 and "av"."account" = $17 and exists (select from follows gate where gate.network_id = $18::integer and gate.account = $19::text) and "av"."valid_to_block" is null left join lateral (select "sv"."account", "sv"."session_key", "sv"."valid_until_seconds", "sv"."max_calls", "sv"."calls_used", "sv"."allowed_entrypoints", "sv"."allowed_entrypoints_len", "sv"."entrypoints_known", "sv"."lifecycle", "sv"."lifecycle_block", "sv"."lifecycle_tx", (
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
) as "policies" from "session_versions" as "sv" where "sv"."network_id" = $20 and "sv"."account" = $21 and exists (select from follows gate where gate.network_id = $22::integer and gate.account = $23::text) and "sv"."valid_to_block" is null and not exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $24 and dl.account = "sv"."account" and dl.code <> 'EVENT_STATE_MISMATCH'
  and (dl.raw->'keys' ? "sv"."session_key" or dl.raw->'data' ? "sv"."session_key" or dl.raw->>'session_key' = "sv"."session_key"
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
  )
) and "sv"."session_key" = $25 and sv.session_key > $26::text order by "sv"."session_key" limit $27) as "page" on true order by "page"."session_key";

-- list uses, the first page
with "head" as (select "b"."network_id", "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" where "c"."network_id" = $1) select "head".*, (
  select acc.status from accounts acc
  where acc.network_id = $2 and acc.address = $3::text
) as "account_status", (
  select cov.from_block
  from coverage cov
  where cov.network_id = $4 and cov.account = $5::text
    and cov.kind = 'STATE' and "cov"."to_block" is null and exists (select from follows gate where gate.network_id = $6::integer and gate.account = $7::text)
) as "state_from", (
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $8 and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  ))
  from coverage cov
  where cov.network_id = $9 and cov.account = $10::text
    and cov.kind = 'EVENTS' and "cov"."to_block" is null and exists (select from follows gate where gate.network_id = $11::integer and gate.account = $12::text)
) as "events_from", (select json_agg(page) from (select "u"."block_number" as "use_block_number", "u"."transaction_index", "u"."event_index", "u"."transaction_hash", "u"."outcome", "u"."calls_burned", "u"."path", "u"."attribution", "u"."calls", "u"."calls_used_before", "u"."calls_used_after", "u"."max_calls", "u"."debits", "u"."fee_unit", "u"."fee_payer", "u"."fee_shared", u.fee_amount::text as "fee_amount", ub.timestamp_seconds::text as "use_timestamp_seconds", "u"."account", "u"."session_key", "u"."block_hash" as "use_block_hash", "u"."sender", "u"."top_level", "u"."outside_nonce", "u"."outside_caller", "u"."refusal", "u"."revert_reason", "u"."unattributed", u.signature_valid_until_seconds::text as "signature_valid_until_seconds" from "uses" as "u" inner join "blocks" as "ub" on "ub"."network_id" = "u"."network_id" and "ub"."block_hash" = "u"."block_hash" where "u"."network_id" = $13 and "u"."account" = $14 and exists (select from follows gate where gate.network_id = $15::integer and gate.account = $16::text) order by "u"."block_number" desc, "u"."transaction_index" desc, "u"."event_index" desc limit $17) page) as "uses" from "head";

-- list uses of several keys that are asked for at once
select asked.asked_place, answer.* from unnest($1::text::bigint[], $2::text::text[], $3::text::text[], $4::text::bigint[]) with ordinality as asked ("networkId", "account", "sessionKey", "limit", asked_place)
cross join lateral (with "head" as (select "b"."network_id", "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" where "c"."network_id" = asked."networkId") select "head".*, (
  select acc.status from accounts acc
  where acc.network_id = asked."networkId" and acc.address = asked."account"::text
) as "account_status", (
  select cov.from_block
  from coverage cov
  where cov.network_id = asked."networkId" and cov.account = asked."account"::text
    and cov.kind = 'STATE' and "cov"."to_block" is null and exists (select from follows gate where gate.network_id = asked."networkId"::integer and gate.account = asked."account"::text)
) as "state_from", (
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = asked."networkId" and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  ))
  from coverage cov
  where cov.network_id = asked."networkId" and cov.account = asked."account"::text
    and cov.kind = 'EVENTS' and "cov"."to_block" is null and exists (select from follows gate where gate.network_id = asked."networkId"::integer and gate.account = asked."account"::text)
) as "events_from", (select json_agg(page) from (select "u"."block_number" as "use_block_number", "u"."transaction_index", "u"."event_index", "u"."transaction_hash", "u"."outcome", "u"."debits" from "uses" as "u" inner join "blocks" as "ub" on "ub"."network_id" = "u"."network_id" and "ub"."block_hash" = "u"."block_hash" where "u"."network_id" = asked."networkId" and "u"."account" = asked."account" and exists (select from follows gate where gate.network_id = asked."networkId"::integer and gate.account = asked."account"::text) and "u"."session_key" = asked."sessionKey" order by "u"."block_number" desc, "u"."transaction_index" desc, "u"."event_index" desc limit asked."limit") page) as "uses" from "head") as answer;

-- list uses of one key with every filter, the next page
with "head" as (select "b"."network_id", "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" where "c"."network_id" = $1) select "head".*, (
  select acc.status from accounts acc
  where acc.network_id = $2 and acc.address = $3::text
) as "account_status", (
  select cov.from_block
  from coverage cov
  where cov.network_id = $4 and cov.account = $5::text
    and cov.kind = 'STATE' and "cov"."to_block" is null and exists (select from follows gate where gate.network_id = $6::integer and gate.account = $7::text)
) as "state_from", (
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $8 and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  ))
  from coverage cov
  where cov.network_id = $9 and cov.account = $10::text
    and cov.kind = 'EVENTS' and "cov"."to_block" is null and exists (select from follows gate where gate.network_id = $11::integer and gate.account = $12::text)
) as "events_from", (select json_agg(page) from (select "u"."block_number" as "use_block_number", "u"."transaction_index", "u"."event_index", "u"."transaction_hash", "u"."outcome", "u"."debits" from "uses" as "u" inner join "blocks" as "ub" on "ub"."network_id" = "u"."network_id" and "ub"."block_hash" = "u"."block_hash" where "u"."network_id" = $13 and "u"."account" = $14 and exists (select from follows gate where gate.network_id = $15::integer and gate.account = $16::text) and "u"."session_key" = $17 and "u"."outcome" in ($18) and "u"."path" = $19 and "u"."block_number" >= $20 and "u"."block_number" <= $21 and (u.block_number, u.transaction_index, u.event_index)
  < ($22::bigint, $23::integer, $24::integer) order by "u"."block_number" desc, "u"."transaction_index" desc, "u"."event_index" desc limit $25) page) as "uses" from "head";

-- list the uses of the sessions of a page
with "head" as (select "b"."network_id", "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" where "c"."network_id" = $1) select "head".*, "page".*, "asked"."asked_place", "acc"."status" as "account_status", (
  select cov.from_block
  from coverage cov
  where cov.network_id = $2 and cov.account = "acc"."address"
    and cov.kind = 'STATE' and "cov"."to_block" is null and true
) as "state_from", (
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $3 and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  ))
  from coverage cov
  where cov.network_id = $4 and cov.account = "acc"."address"
    and cov.kind = 'EVENTS' and "cov"."to_block" is null and true
) as "events_from" from "head" inner join (
  select * from unnest($5::text[], $6::text[])
    with ordinality as asked (asked_account, asked_key, asked_place)
) as "asked" on true left join "accounts" as "acc" on "acc"."network_id" = "head"."network_id" and "acc"."address" = "asked"."asked_account" left join lateral (select "u"."block_number" as "use_block_number", "u"."transaction_index", "u"."event_index", "u"."transaction_hash", "u"."outcome", "u"."calls_burned", "u"."path", "u"."attribution", "u"."calls", "u"."calls_used_before", "u"."calls_used_after", "u"."max_calls", "u"."debits", "u"."fee_unit", "u"."fee_payer", "u"."fee_shared", u.fee_amount::text as "fee_amount", ub.timestamp_seconds::text as "use_timestamp_seconds", "u"."account", "u"."session_key", "u"."block_hash" as "use_block_hash", "u"."sender", "u"."top_level", "u"."outside_nonce", "u"."outside_caller", "u"."refusal", "u"."revert_reason", "u"."unattributed", u.signature_valid_until_seconds::text as "signature_valid_until_seconds" from "uses" as "u" inner join "blocks" as "ub" on "ub"."network_id" = "u"."network_id" and "ub"."block_hash" = "u"."block_hash" where "u"."network_id" = $7 and u.account = acc.address and u.session_key = asked.asked_key order by "u"."block_number" desc, "u"."transaction_index" desc, "u"."event_index" desc limit $8) as "page" on true order by "asked"."asked_place", "page"."use_block_number" desc, "page"."transaction_index" desc, "page"."event_index" desc;

-- find uses by their ids
select "page".*, "asked"."asked_place" from (
  select * from unnest($1::text[], $2::text[], $3::bigint[],
    $4::text[], $5::integer[])
    with ordinality as asked (account, transaction_hash, block_number, block_hash, event_index, asked_place)
) as "asked" inner join lateral (select "u"."block_number" as "use_block_number", "u"."transaction_index", "u"."event_index", "u"."transaction_hash", "u"."outcome", "u"."calls_burned", "u"."path", "u"."attribution", "u"."calls", "u"."calls_used_before", "u"."calls_used_after", "u"."max_calls", "u"."debits", "u"."fee_unit", "u"."fee_payer", "u"."fee_shared", u.fee_amount::text as "fee_amount", ub.timestamp_seconds::text as "use_timestamp_seconds", "u"."account", "u"."session_key", "u"."block_hash" as "use_block_hash", "u"."sender", "u"."top_level", "u"."outside_nonce", "u"."outside_caller", "u"."refusal", "u"."revert_reason", "u"."unattributed", u.signature_valid_until_seconds::text as "signature_valid_until_seconds" from "uses" as "u" inner join "blocks" as "ub" on "ub"."network_id" = "u"."network_id" and "ub"."block_hash" = "u"."block_hash" where "u"."network_id" = $6 and u.account = asked.account and u.event_index = asked.event_index and (
        u.transaction_hash = asked.transaction_hash or (
          asked.transaction_hash is null and u.transaction_hash is null and u.block_number = asked.block_number
          and u.block_hash = asked.block_hash)) and exists (select from follows gate where gate.network_id = $7::integer and gate.account = "u"."account")) as "page" on true;

-- find the uses of a transaction
with "head" as (select "b"."network_id", "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" where "c"."network_id" = $1) select "head".*, "page".*
from "head"
left join lateral (select "u"."block_number" as "use_block_number", "u"."transaction_index", "u"."event_index", "u"."transaction_hash", "u"."outcome", "u"."calls_burned", "u"."path", "u"."attribution", "u"."calls", "u"."calls_used_before", "u"."calls_used_after", "u"."max_calls", "u"."debits", "u"."fee_unit", "u"."fee_payer", "u"."fee_shared", u.fee_amount::text as "fee_amount", ub.timestamp_seconds::text as "use_timestamp_seconds", "u"."account", "u"."session_key", "u"."block_hash" as "use_block_hash", "u"."sender", "u"."top_level", "u"."outside_nonce", "u"."outside_caller", "u"."refusal", "u"."revert_reason", "u"."unattributed", u.signature_valid_until_seconds::text as "signature_valid_until_seconds" from "uses" as "u" inner join "blocks" as "ub" on "ub"."network_id" = "u"."network_id" and "ub"."block_hash" = "u"."block_hash" where "u"."network_id" = $2 and "u"."transaction_hash" = $3 and exists (select from follows gate where gate.network_id = $4::integer and gate.account = "u"."account")) as "page"
  on true
order by "page"."account", "page"."event_index";

-- list accounts, the first page
with "point" as (select "b"."network_id", "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality", "b"."block_number" as "head_number" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" where "c"."network_id" = $1) select "point".*, "page".* from "point" left join lateral (select "a"."address", "a"."source", "a"."status", "a"."reason_code", "a"."attribution", "a"."label", "a"."team", "a"."cost_centre", "av"."class_hash", (
  select count(distinct had.session_key) from session_versions had
  where had.network_id = $2 and had.account = "a"."address"
    and true
) as "session_key_count", (
  select cov.from_block
  from coverage cov
  where cov.network_id = $3 and cov.account = "a"."address"
    and cov.kind = 'STATE' and "cov"."to_block" is null and true
) as "state_from", (
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $4 and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  ))
  from coverage cov
  where cov.network_id = $5 and cov.account = "a"."address"
    and cov.kind = 'EVENTS' and "cov"."to_block" is null and true
) as "events_from", (
  select jsonb_build_object('made', job.calls_made, 'left', job.calls_left, 'rate', job.calls_per_second)
  from backfill_jobs job
  where job.network_id = $6 and job.account = "a"."address" and job.finished_at is null
) as "backfill", (
select coalesce(jsonb_agg(jsonb_build_object('id', g.group_id, 'name', g.name) order by g.name, g.group_id), '[]'::jsonb)
from group_members gm
join groups g on g.organisation_id = gm.organisation_id and g.group_id = gm.group_id
where gm.organisation_id = current_organisation() and gm.network_id = $7 and gm.account = a.address
) as "groups" from (select "a"."network_id", "a"."address", "a"."source", "a"."status", "a"."reason_code", "a"."attribution", "f"."label", "f"."team", "f"."cost_centre" from "follows" as "f" inner join "accounts" as "a" on "a"."network_id" = "f"."network_id" and "a"."address" = "f"."account" where "f"."organisation_id" = current_organisation() and "f"."network_id" = $8 order by "f"."account" limit $9) as "a" left join "account_versions" as "av" on "av"."network_id" = "a"."network_id" and "av"."account" = "a"."address" and "av"."valid_to_block" is null order by "a"."address" limit $10) as "page" on true order by "page"."address";

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
) select "point".*, "page".* from "point" left join lateral (select "a"."address", "a"."source", "a"."status", "a"."reason_code", "a"."attribution", "a"."label", "a"."team", "a"."cost_centre", "av"."class_hash", (
  select count(distinct had.session_key) from session_versions had
  where had.network_id = $4 and had.account = "a"."address"
    and "had"."valid_from_block" <= point.block_number
) as "session_key_count", (
  select cov.from_block
  from coverage cov
  where cov.network_id = $5 and cov.account = "a"."address"
    and cov.kind = 'STATE' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number)) and true
) as "state_from", (
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $6 and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  and dl.block_number <= point.block_number))
  from coverage cov
  where cov.network_id = $7 and cov.account = "a"."address"
    and cov.kind = 'EVENTS' and ("cov"."from_block" <= point.block_number and ("cov"."to_block" is null or "cov"."to_block" >= point.block_number)) and true
) as "events_from", (
  select jsonb_build_object('made', job.calls_made, 'left', job.calls_left, 'rate', job.calls_per_second)
  from backfill_jobs job
  where job.network_id = $8 and job.account = "a"."address" and job.finished_at is null
) as "backfill", (
select coalesce(jsonb_agg(jsonb_build_object('id', g.group_id, 'name', g.name) order by g.name, g.group_id), '[]'::jsonb)
from group_members gm
join groups g on g.organisation_id = gm.organisation_id and g.group_id = gm.group_id
where gm.organisation_id = current_organisation() and gm.network_id = $9 and gm.account = a.address
) as "groups" from (select "a"."network_id", "a"."address", "a"."source", "a"."status", "a"."reason_code", "a"."attribution", "f"."label", "f"."team", "f"."cost_centre" from "follows" as "f" inner join "accounts" as "a" on "a"."network_id" = "f"."network_id" and "a"."address" = "f"."account" where "f"."organisation_id" = current_organisation() and "f"."network_id" = $10 and "a"."status" in ($11) and "f"."label" = $12 and "f"."team" = $13 and "f"."cost_centre" = $14 and exists (
select from group_members gm
where gm.organisation_id = f.organisation_id and gm.group_id = $15
  and gm.network_id = f.network_id and gm.account = f.account
) and f.account > $16::text order by "f"."account" limit $17) as "a" left join "account_versions" as "av" on "av"."network_id" = "a"."network_id" and "av"."account" = "a"."address" and ("av"."valid_from_block" <= point.block_number and ("av"."valid_to_block" is null or "av"."valid_to_block" > point.block_number)) order by "a"."address" limit $18) as "page" on true order by "page"."address";

-- list accounts by label, the next page
with "point" as (select "b"."network_id", "b"."block_number", "b"."block_hash", "b"."timestamp_seconds", "b"."finality", "b"."block_number" as "head_number" from "cursors" as "c" inner join "blocks" as "b" on "b"."network_id" = "c"."network_id" and "b"."block_hash" = "c"."block_hash" where "c"."network_id" = $1) select "point".*, "page".* from "point" left join lateral (select "a"."address", "a"."source", "a"."status", "a"."reason_code", "a"."attribution", "a"."label", "a"."team", "a"."cost_centre", "av"."class_hash", (
  select count(distinct had.session_key) from session_versions had
  where had.network_id = $2 and had.account = "a"."address"
    and true
) as "session_key_count", (
  select cov.from_block
  from coverage cov
  where cov.network_id = $3 and cov.account = "a"."address"
    and cov.kind = 'STATE' and "cov"."to_block" is null and true
) as "state_from", (
  select greatest(cov.from_block, (select max(dl.block_number) + 1
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $4 and dl.account = cov.account and dl.code <> 'EVENT_STATE_MISMATCH'
  ))
  from coverage cov
  where cov.network_id = $5 and cov.account = "a"."address"
    and cov.kind = 'EVENTS' and "cov"."to_block" is null and true
) as "events_from", (
  select jsonb_build_object('made', job.calls_made, 'left', job.calls_left, 'rate', job.calls_per_second)
  from backfill_jobs job
  where job.network_id = $6 and job.account = "a"."address" and job.finished_at is null
) as "backfill", (
select coalesce(jsonb_agg(jsonb_build_object('id', g.group_id, 'name', g.name) order by g.name, g.group_id), '[]'::jsonb)
from group_members gm
join groups g on g.organisation_id = gm.organisation_id and g.group_id = gm.group_id
where gm.organisation_id = current_organisation() and gm.network_id = $7 and gm.account = a.address
) as "groups" from (select * from (select "a"."network_id", "a"."address", "a"."source", "a"."status", "a"."reason_code", "a"."attribution", "f"."label", "f"."team", "f"."cost_centre" from "follows" as "f" inner join "accounts" as "a" on "a"."network_id" = "f"."network_id" and "a"."address" = "f"."account" where "f"."organisation_id" = current_organisation() and "f"."network_id" = $8 and "f"."label" is not null and ("f"."label", f.account) > ($9::text, $10::text) order by "f"."label", "f"."account" limit $11) as "named" union all select * from (select "a"."network_id", "a"."address", "a"."source", "a"."status", "a"."reason_code", "a"."attribution", "f"."label", "f"."team", "f"."cost_centre" from "follows" as "f" inner join "accounts" as "a" on "a"."network_id" = "f"."network_id" and "a"."address" = "f"."account" where "f"."organisation_id" = current_organisation() and "f"."network_id" = $12 and "f"."label" is null order by "f"."account" limit $13) as "unnamed") as "a" left join "account_versions" as "av" on "av"."network_id" = "a"."network_id" and "av"."account" = "a"."address" and "av"."valid_to_block" is null order by "a"."label", "a"."address" limit $14) as "page" on true order by "page"."label", "page"."address";
