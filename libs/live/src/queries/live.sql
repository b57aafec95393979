-- Statements of live, written by scripts/generate.ts

-- find the newest committed block
select head.block_number, head.block_hash, final.block_number as final_number
from cursors head left join lateral (
  select below.* from (
    select f.block_number, f.block_hash, f.timestamp_seconds, f.finality from blocks f
    where f.network_id = $1 and f.canonical
      and f.block_number <= head.block_number and f.block_number < coalesce((
        select n.block_number from blocks n
        where n.network_id = $2 and n.canonical and n.finality = 'ACCEPTED_ON_L2'
        order by n.block_number limit 1
      ), head.block_number + 1)
    order by f.block_number desc limit 1
  ) below where below.finality = 'ACCEPTED_ON_L1'
) final on true
where head.network_id = $3;

-- find whether a block was ever seen
select block_number from blocks
where network_id = $1 and block_hash = $2 and block_number = $3;

-- what happened since a position
with recursive back as (
select b.block_number, b.block_hash, b.parent_hash, b.timestamp_seconds, b.finality, b.canonical
from blocks b
where b.network_id = $1 and b.block_hash = $2 and b.block_number = $3
union all
select p.block_number, p.block_hash, p.parent_hash, p.timestamp_seconds, p.finality, p.canonical
from back join blocks p on p.network_id = $4 and p.block_hash = back.parent_hash
where not back.canonical
), place as (
select block_number, block_hash from back where canonical
), head as (
select c.block_number, c.block_hash from cursors c where c.network_id = $5
), span as (
select coalesce(ahead.block_number, place.block_number) as block_number, coalesce(ahead.block_hash, place.block_hash) as block_hash
from place left join lateral (
  select choice.block_number, choice.block_hash from (
    (select x.block_number, x.block_hash, 1 as rank from blocks x
    where x.network_id = $6 and x.canonical
      and x.block_number > place.block_number and x.block_number <= place.block_number + $7::bigint
    order by x.block_number desc limit 1)
    union all
    (select x.block_number, x.block_hash, 2 as rank from blocks x
    where x.network_id = $8 and x.canonical and x.block_number > place.block_number + $9::bigint
    order by x.block_number limit 1)
  ) choice order by choice.rank limit 1
) ahead on true
), undone as materialized (
select b.block_number, b.block_hash, b.timestamp_seconds::text as timestamp_seconds, b.finality, f.account,
  (coalesce(f.session_key::text, '') collate "C") as session_key, bool_or(f.kind = 'SessionStateChanged') as session,
  bool_or(f.kind = 'AccountClassChanged') as class_changed, bool_or(f.kind = 'OwnerRemoved') as owner_changed,
  array_agg(distinct f.token::text) filter (where f.kind = 'SpendingPolicyStateChanged') as tokens
from back b join facts f on f.network_id = $10 and f.block_number = b.block_number and f.block_hash = b.block_hash
where not b.canonical and f.kind in
  ('SessionStateChanged', 'SpendingPolicyStateChanged', 'AccountClassChanged', 'OwnerRemoved')
  and exists (select from follows gate where gate.network_id = $11::integer and gate.account = "f"."account")
  and (b.block_hash <> $12 or (f.account, (coalesce(f.session_key::text, '') collate "C")) <= ($13::text, $14::text))
group by b.block_number, b.block_hash, b.timestamp_seconds, b.finality, f.account, (coalesce(f.session_key::text, '') collate "C")
order by b.block_number desc, f.account desc, session_key desc limit $15
), made as materialized (
select b.block_number, b.block_hash, b.timestamp_seconds::text as timestamp_seconds, b.finality, f.account,
  (coalesce(f.session_key::text, '') collate "C") as session_key, bool_or(f.kind = 'SessionStateChanged') as session,
  bool_or(f.kind = 'AccountClassChanged') as class_changed, bool_or(f.kind = 'OwnerRemoved') as owner_changed,
  array_agg(distinct f.token::text) filter (where f.kind = 'SpendingPolicyStateChanged') as tokens
from place cross join span
join blocks b on b.network_id = $16 and b.canonical
  and b.block_number between place.block_number and span.block_number
join facts f on f.network_id = $17 and f.block_number = b.block_number and f.block_hash = b.block_hash
where f.kind in
  ('SessionStateChanged', 'SpendingPolicyStateChanged', 'AccountClassChanged', 'OwnerRemoved')
  and exists (select from follows gate where gate.network_id = $18::integer and gate.account = "f"."account") and (b.block_number > place.block_number
  or (b.block_hash = $19 and (f.account, (coalesce(f.session_key::text, '') collate "C")) >= ($20::text, $21::text)))
group by b.block_number, b.block_hash, b.timestamp_seconds, b.finality, f.account, (coalesce(f.session_key::text, '') collate "C")
order by b.block_number, f.account, session_key limit $22
)
select exists (select from back) as known, place.block_hash as place_hash,
head.block_number as head_number, head.block_hash as head_hash,
span.block_number as span_number, span.block_hash as span_hash, final.block_number as final_number,
final.block_hash as final_hash, final.timestamp_seconds::text as final_seconds,
(select coalesce(jsonb_agg(to_jsonb(u) order by u.block_number desc, u.account desc, u.session_key desc), '[]'::jsonb)
  from undone u) as undone,
(select coalesce(jsonb_agg(to_jsonb(d) order by d.block_number, d.account, d.session_key), '[]'::jsonb)
  from (select m.*,
    (select av.class_hash from account_versions av
      where av.network_id = $23 and av.account = m.account and ("av"."valid_from_block" <= m.block_number and ("av"."valid_to_block" is null or "av"."valid_to_block" > m.block_number))) as class_hash,
    (select jsonb_object_agg(t.address, t.decimals) from tokens t
      where t.network_id = $24 and t.address = any(m.tokens)) as decimals,
    exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $25 and dl.account = m.account and dl.code <> 'EVENT_STATE_MISMATCH'
  and dl.block_number <= m.block_number
  and (dl.raw->'keys' ? m.session_key or dl.raw->'data' ? m.session_key or dl.raw->>'session_key' = m.session_key
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
      and dla.followed_from_block <= m.block_number
  )
) as unread,
    (
      select jsonb_build_object(
        'validUntil', sv.valid_until_seconds::text, 'maxCalls', sv.max_calls::text, 'callsUsed', sv.calls_used::text,
        'list', case when sv.entrypoints_known then to_jsonb(sv.allowed_entrypoints) end,
        'listLength', sv.allowed_entrypoints_len::text, 'lifecycle', sv.lifecycle,
        'lifecycleBlock', sv.lifecycle_block::text, 'lifecycleTx', sv.lifecycle_tx,
        'revokedBefore', (
          select max(old.lifecycle_block)::text from session_versions old
          where old.network_id = sv.network_id and old.account = sv.account and old.session_key = sv.session_key
            and old.lifecycle = 'REVOKED' and old.lifecycle_block < sv.lifecycle_block
        )
      )
      from session_versions sv
      where sv.network_id = $26 and sv.account = m.account and sv.session_key = m.session_key
        and ("sv"."valid_from_block" <= m.block_number - 1 and ("sv"."valid_to_block" is null or "sv"."valid_to_block" > m.block_number - 1))
    ) as before, (
      select jsonb_build_object(
        'validUntil', sv.valid_until_seconds::text, 'maxCalls', sv.max_calls::text, 'callsUsed', sv.calls_used::text,
        'list', case when sv.entrypoints_known then to_jsonb(sv.allowed_entrypoints) end,
        'listLength', sv.allowed_entrypoints_len::text, 'lifecycle', sv.lifecycle,
        'lifecycleBlock', sv.lifecycle_block::text, 'lifecycleTx', sv.lifecycle_tx,
        'revokedBefore', (
          select max(old.lifecycle_block)::text from session_versions old
          where old.network_id = sv.network_id and old.account = sv.account and old.session_key = sv.session_key
            and old.lifecycle = 'REVOKED' and old.lifecycle_block < sv.lifecycle_block
        )
      )
      from session_versions sv
      where sv.network_id = $27 and sv.account = m.account and sv.session_key = m.session_key
        and ("sv"."valid_from_block" <= m.block_number and ("sv"."valid_to_block" is null or "sv"."valid_to_block" > m.block_number))
    ) as after,
    (
      select coalesce(jsonb_agg(jsonb_build_object(
        'token', pv.token, 'maxPerCall', pv.max_per_call::text, 'maxPerWindow', pv.max_per_window::text,
        'windowSeconds', pv.window_seconds::text, 'spentInWindow', pv.spent_in_window::text,
        'windowStartSeconds', pv.window_start_seconds::text,
        'lifecycle', pv.lifecycle, 'lifecycleBlock', pv.lifecycle_block::text
      ) order by pv.token), '[]'::jsonb)
      from policy_versions pv
      where pv.network_id = $28 and pv.account = m.account and pv.session_key = m.session_key
        and ("pv"."valid_from_block" <= m.block_number - 1 and ("pv"."valid_to_block" is null or "pv"."valid_to_block" > m.block_number - 1))
    ) as policies_before, (
      select coalesce(jsonb_agg(jsonb_build_object(
        'token', pv.token, 'maxPerCall', pv.max_per_call::text, 'maxPerWindow', pv.max_per_window::text,
        'windowSeconds', pv.window_seconds::text, 'spentInWindow', pv.spent_in_window::text,
        'windowStartSeconds', pv.window_start_seconds::text,
        'lifecycle', pv.lifecycle, 'lifecycleBlock', pv.lifecycle_block::text
      ) order by pv.token), '[]'::jsonb)
      from policy_versions pv
      where pv.network_id = $29 and pv.account = m.account and pv.session_key = m.session_key
        and ("pv"."valid_from_block" <= m.block_number and ("pv"."valid_to_block" is null or "pv"."valid_to_block" > m.block_number))
    ) as policies_after from made m) d) as made
from (select 1) one left join place on true left join head on true left join span on true
left join lateral (
  select below.* from (
    select f.block_number, f.block_hash, f.timestamp_seconds, f.finality from blocks f
    where f.network_id = $30 and f.canonical
      and f.block_number <= head.block_number and f.block_number < coalesce((
        select n.block_number from blocks n
        where n.network_id = $31 and n.canonical and n.finality = 'ACCEPTED_ON_L2'
        order by n.block_number limit 1
      ), head.block_number + 1)
    order by f.block_number desc limit 1
  ) below where below.finality = 'ACCEPTED_ON_L1'
) final on true;
