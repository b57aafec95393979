-- Statements of finance, written by scripts/generate.ts

-- spending by team
  with head as (select b.block_number, b.block_hash, b.timestamp_seconds, b.finality
    from cursors c join blocks b on b.network_id = c.network_id and b.block_hash = c.block_hash
    where c.network_id = $1::integer),
  bounds as (
select array_agg(coalesce((
select t.block_number from blocks t
where t.network_id = $2::integer and t.canonical and t.timestamp_seconds >= asked.seconds
order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991)::bigint order by asked.place) as blocks
from unnest($3::numeric[]) with ordinality as asked (seconds, place)),
  summed as materialized (
  select "team", "token", sum(debited) as debited, sum(debits) as debits, sum(moved) as moved, sum(received) as received,
sum(movements) as movements from (
  select coalesce(fo.team, '') as "team", l.token::text as "token", sum(l.amount) as debited, count(*) as debits, 0::numeric as moved, 0::numeric as received, 0::bigint as movements
  from bounds cross join head
  join debits l on l.block_number >= bounds.blocks[1] and l.block_number < bounds.blocks[cardinality(bounds.blocks)]
    and l.block_number <= head.block_number
  join follows fo on fo.network_id = l.network_id and fo.account = l.account
  where l.network_id = $4::integer and fo.network_id = $5::integer
  group by 1, 2
    union all
  select coalesce(fo.team, '') as "team", l.token::text as "token", 0::numeric as debited, 0::bigint as debits,
coalesce(sum(l.amount) filter (where l.direction <> 'IN'), 0) as moved,
coalesce(sum(l.amount) filter (where l.direction = 'IN'), 0) as received, count(*) filter (where l.direction <> 'IN') as movements
  from bounds cross join head
  join movements l on l.block_number >= bounds.blocks[1] and l.block_number < bounds.blocks[cardinality(bounds.blocks)]
    and l.block_number <= head.block_number
  join follows fo on fo.network_id = l.network_id and fo.account = l.account
  where l.network_id = $6::integer and fo.network_id = $7::integer
  group by 1, 2
  ) both_ledgers group by "team", "token"),
  page as (
    select * from summed where true order by "team", "token" limit $8
  ),
  by_token as (select token, sum(debited) as debited, sum(debits) as debits, sum(moved) as moved, sum(received) as received,
sum(movements) as movements from summed group by token order by token limit $9)
  select head.*, standing.*,
    (select coalesce(jsonb_agg(jsonb_build_object('team', r."team"::text,
'token', r.token, 'symbol', t.symbol, 'name', t.name, 'decimals', t.decimals, 'debited', r.debited::text, 'moved', r.moved::text,
'received', r.received::text, 'debits', r.debits, 'movements', r.movements) order by r."team", r."token"), '[]'::jsonb)
      from page r left join tokens t on t.network_id = $10::integer and t.address = r.token) as rows,
    (select coalesce(jsonb_agg(jsonb_build_object(
'token', r.token, 'symbol', t.symbol, 'name', t.name, 'decimals', t.decimals, 'debited', r.debited::text, 'moved', r.moved::text,
'received', r.received::text, 'debits', r.debits, 'movements', r.movements) order by r.token), '[]'::jsonb)
      from by_token r left join tokens t on t.network_id = $11::integer and t.address = r.token) as totals,
    null::bigint as in_several_groups
  from head cross join bounds cross join lateral (
select count(*)::bigint as accounts, max(a.recorded_from)::bigint as recorded_from,
  count(*) filter (where a.recorded_from is null or a.recorded_from > bounds.blocks[1])::bigint as incomplete
from (
  select acc.recorded_from
  from follows fo left join account_records acc on acc.network_id = fo.network_id and acc.account = fo.account
  where fo.network_id = $12::integer
) a
  ) standing;

-- spending by team, out of the sums of a month
  with head as (select b.block_number, b.block_hash, b.timestamp_seconds, b.finality
    from cursors c join blocks b on b.network_id = c.network_id and b.block_hash = c.block_hash
    where c.network_id = $1::integer),
  bounds as (
select array_agg(coalesce((
select t.block_number from blocks t
where t.network_id = $2::integer and t.canonical and t.timestamp_seconds >= asked.seconds
order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991)::bigint order by asked.place) as blocks
from unnest($3::numeric[]) with ordinality as asked (seconds, place)),
  summed as materialized (
  with edges as materialized (
  select e.part, e.sign, coalesce((
select t.block_number from blocks t
where t.network_id = $4::integer and t.canonical and t.timestamp_seconds >= e.from_seconds
order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991)::bigint as from_block, least(coalesce((
select t.block_number from blocks t
where t.network_id = $5::integer and t.canonical and t.timestamp_seconds >= e.to_seconds
order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991)::bigint, head.block_number + 1) as to_block
  from head cross join unnest(
  $6::integer[], $7::integer[],
  $8::numeric[], $9::numeric[]
) as e (part, sign, from_seconds, to_seconds))
  select coalesce(fo.team, '') as "team", l.token::text as "token", sum(l.debited) as debited, sum(l.debits) as debits, sum(l.moved) as moved,
    sum(l.received) as received, sum(l.movements) as movements
  from (
  select l.account, l.token, case l.month when $10::date then $11::integer end as part, l.debited, l.debits, l.moved, l.received,
    l.movements, l.receipts
  from account_months l
  where l.network_id = $12::integer and l.month in ($13::date)
    union all
select l.account, l.token, e.part, e.sign * l.amount, e.sign, 0, 0, 0, 0
from
edges e cross join lateral (
  select l.* from debits l
  where l.block_number >= e.from_block and l.block_number < e.to_block and l.network_id = $14::integer
  offset 0
) l
union all
select l.account, l.token, e.part, 0, 0,
  case when l.direction <> 'IN' then e.sign * l.amount else 0 end,
  case when l.direction = 'IN' then e.sign * l.amount else 0 end,
  case when l.direction <> 'IN' then e.sign else 0 end,
  case when l.direction = 'IN' then e.sign else 0 end
from
edges e cross join lateral (
  select l.* from movements l
  where l.block_number >= e.from_block and l.block_number < e.to_block and l.network_id = $15::integer
  offset 0
) l
  ) l
  join follows fo on fo.network_id = $16::integer and fo.account = l.account
  where fo.network_id = $17::integer
  group by 1, 2
  having sum(l.debits) <> 0 or sum(l.movements) <> 0 or sum(l.receipts) <> 0),
  page as (
    select * from summed where true order by "team", "token" limit $18
  ),
  by_token as (select token, sum(debited) as debited, sum(debits) as debits, sum(moved) as moved, sum(received) as received,
sum(movements) as movements from summed group by token order by token limit $19)
  select head.*, standing.*,
    (select coalesce(jsonb_agg(jsonb_build_object('team', r."team"::text,
'token', r.token, 'symbol', t.symbol, 'name', t.name, 'decimals', t.decimals, 'debited', r.debited::text, 'moved', r.moved::text,
'received', r.received::text, 'debits', r.debits, 'movements', r.movements) order by r."team", r."token"), '[]'::jsonb)
      from page r left join tokens t on t.network_id = $20::integer and t.address = r.token) as rows,
    (select coalesce(jsonb_agg(jsonb_build_object(
'token', r.token, 'symbol', t.symbol, 'name', t.name, 'decimals', t.decimals, 'debited', r.debited::text, 'moved', r.moved::text,
'received', r.received::text, 'debits', r.debits, 'movements', r.movements) order by r.token), '[]'::jsonb)
      from by_token r left join tokens t on t.network_id = $21::integer and t.address = r.token) as totals,
    null::bigint as in_several_groups
  from head cross join bounds cross join lateral (
select count(*)::bigint as accounts, max(a.recorded_from)::bigint as recorded_from,
  count(*) filter (where a.recorded_from is null or a.recorded_from > bounds.blocks[1])::bigint as incomplete
from (
  select acc.recorded_from
  from follows fo left join account_records acc on acc.network_id = fo.network_id and acc.account = fo.account
  where fo.network_id = $22::integer
) a
  ) standing;

-- spending by group, out of the sums of a month
  with head as (select b.block_number, b.block_hash, b.timestamp_seconds, b.finality
    from cursors c join blocks b on b.network_id = c.network_id and b.block_hash = c.block_hash
    where c.network_id = $1::integer),
  bounds as (
select array_agg(coalesce((
select t.block_number from blocks t
where t.network_id = $2::integer and t.canonical and t.timestamp_seconds >= asked.seconds
order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991)::bigint order by asked.place) as blocks
from unnest($3::numeric[]) with ordinality as asked (seconds, place)),
  once as materialized (
  with edges as materialized (
  select e.part, e.sign, coalesce((
select t.block_number from blocks t
where t.network_id = $4::integer and t.canonical and t.timestamp_seconds >= e.from_seconds
order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991)::bigint as from_block, least(coalesce((
select t.block_number from blocks t
where t.network_id = $5::integer and t.canonical and t.timestamp_seconds >= e.to_seconds
order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991)::bigint, head.block_number + 1) as to_block
  from head cross join unnest(
  $6::integer[], $7::integer[],
  $8::numeric[], $9::numeric[]
) as e (part, sign, from_seconds, to_seconds))
  select l.token::text as "token", l.account::text as "account", sum(l.debited) as debited, sum(l.debits) as debits, sum(l.moved) as moved,
    sum(l.received) as received, sum(l.movements) as movements
  from (
  select l.account, l.token, case l.month when $10::date then $11::integer end as part, l.debited, l.debits, l.moved, l.received,
    l.movements, l.receipts
  from account_months l
  where l.network_id = $12::integer and l.month in ($13::date)
    union all
select l.account, l.token, e.part, e.sign * l.amount, e.sign, 0, 0, 0, 0
from
edges e cross join lateral (
  select l.* from debits l
  where l.block_number >= e.from_block and l.block_number < e.to_block and l.network_id = $14::integer
  offset 0
) l
union all
select l.account, l.token, e.part, 0, 0,
  case when l.direction <> 'IN' then e.sign * l.amount else 0 end,
  case when l.direction = 'IN' then e.sign * l.amount else 0 end,
  case when l.direction <> 'IN' then e.sign else 0 end,
  case when l.direction = 'IN' then e.sign else 0 end
from
edges e cross join lateral (
  select l.* from movements l
  where l.block_number >= e.from_block and l.block_number < e.to_block and l.network_id = $15::integer
  offset 0
) l
  ) l
  join follows fo on fo.network_id = $16::integer and fo.account = l.account
  where fo.network_id = $17::integer
  group by 1, 2
  having sum(l.debits) <> 0 or sum(l.movements) <> 0 or sum(l.receipts) <> 0),
  memberships as materialized (
select gm.account::text as account, g.name as group_name, count(*) over (partition by gm.account) as groups_of_account
from group_members gm join groups g on g.organisation_id = gm.organisation_id and g.group_id = gm.group_id
where gm.network_id = $18::integer),
  summed as materialized (
  select "group_name", "token", sum(debited) as debited, sum(debits) as debits, sum(moved) as moved, sum(received) as received,
sum(movements) as movements from (
    select coalesce(m.group_name, '') as group_name, o."token", o.debited, o.debits, o.moved, o.received, o.movements
    from once o left join memberships m on m.account = o.account
  ) by_membership group by "group_name", "token"),
  page as (
    select * from summed where true order by "group_name", "token" limit $19
  ),
  by_token as (select token, sum(debited) as debited, sum(debits) as debits, sum(moved) as moved, sum(received) as received,
sum(movements) as movements from once group by token order by token limit $20)
  select head.*, standing.*,
    (select coalesce(jsonb_agg(jsonb_build_object('group_name', r."group_name"::text,
'token', r.token, 'symbol', t.symbol, 'name', t.name, 'decimals', t.decimals, 'debited', r.debited::text, 'moved', r.moved::text,
'received', r.received::text, 'debits', r.debits, 'movements', r.movements, 'group_id', (select g.group_id from groups g where g.name = r.group_name)) order by r."group_name", r."token"), '[]'::jsonb)
      from page r left join tokens t on t.network_id = $21::integer and t.address = r.token) as rows,
    (select coalesce(jsonb_agg(jsonb_build_object(
'token', r.token, 'symbol', t.symbol, 'name', t.name, 'decimals', t.decimals, 'debited', r.debited::text, 'moved', r.moved::text,
'received', r.received::text, 'debits', r.debits, 'movements', r.movements) order by r.token), '[]'::jsonb)
      from by_token r left join tokens t on t.network_id = $22::integer and t.address = r.token) as totals,
    (
select count(distinct o.account) from once o join memberships m on m.account = o.account where m.groups_of_account > 1
) as in_several_groups
  from head cross join bounds cross join lateral (
select count(*)::bigint as accounts, max(a.recorded_from)::bigint as recorded_from,
  count(*) filter (where a.recorded_from is null or a.recorded_from > bounds.blocks[1])::bigint as incomplete
from (
  select acc.recorded_from
  from follows fo left join account_records acc on acc.network_id = fo.network_id and acc.account = fo.account
  where fo.network_id = $23::integer
) a
  ) standing;

-- spending by month and account with filters, out of the sums of months, the next page
  with head as (select b.block_number, b.block_hash, b.timestamp_seconds, b.finality
    from blocks b join cursors c on c.network_id = b.network_id and c.block_number >= b.block_number
    where b.network_id = $1::integer and b.canonical
      and b.block_number = $2::bigint and b.block_hash = $3::text),
  bounds as (
select array_agg(coalesce((
select t.block_number from blocks t
where t.network_id = $4::integer and t.canonical and t.timestamp_seconds >= asked.seconds
order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991)::bigint order by asked.place) as blocks
from unnest($5::numeric[]) with ordinality as asked (seconds, place)),
  summed as materialized (
  with edges as materialized (
  select e.part, e.sign, coalesce((
select t.block_number from blocks t
where t.network_id = $6::integer and t.canonical and t.timestamp_seconds >= e.from_seconds
order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991)::bigint as from_block, least(coalesce((
select t.block_number from blocks t
where t.network_id = $7::integer and t.canonical and t.timestamp_seconds >= e.to_seconds
order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991)::bigint, head.block_number + 1) as to_block
  from head cross join unnest(
  $8::integer[], $9::integer[],
  $10::numeric[], $11::numeric[]
) as e (part, sign, from_seconds, to_seconds) union all
  select e.part, e.sign, greatest(coalesce((
select t.block_number from blocks t
where t.network_id = $12::integer and t.canonical and t.timestamp_seconds >= e.from_seconds
order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991)::bigint, head.block_number + 1), coalesce((
select t.block_number from blocks t
where t.network_id = $13::integer and t.canonical and t.timestamp_seconds >= e.to_seconds
order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991)::bigint from head cross join unnest(
  $14::integer[], $15::integer[],
  $16::numeric[], $17::numeric[]
) as e (part, sign, from_seconds, to_seconds))
  select l.part as "part", l.account::text as "account", l.token::text as "token", sum(l.debited) as debited, sum(l.debits) as debits, sum(l.moved) as moved,
    sum(l.received) as received, sum(l.movements) as movements
  from (
  select l.account, l.token, case l.month when $18::date then $19::integer end as part, l.debited, l.debits, l.moved, l.received,
    l.movements, l.receipts
  from account_months l
  where l.network_id = $20::integer and l.account = $21::text and l.token = $22::text and l.month in ($23::date)
    union all
select l.account, l.token, e.part, e.sign * l.amount, e.sign, 0, 0, 0, 0
from
edges e cross join lateral (
  select l.* from debits l
  where l.block_number >= e.from_block and l.block_number < e.to_block and l.network_id = $24::integer and l.account = $25::text and l.token = $26::text
  offset 0
) l
union all
select l.account, l.token, e.part, 0, 0,
  case when l.direction <> 'IN' then e.sign * l.amount else 0 end,
  case when l.direction = 'IN' then e.sign * l.amount else 0 end,
  case when l.direction <> 'IN' then e.sign else 0 end,
  case when l.direction = 'IN' then e.sign else 0 end
from
edges e cross join lateral (
  select l.* from movements l
  where l.block_number >= e.from_block and l.block_number < e.to_block and l.network_id = $27::integer and l.account = $28::text and l.token = $29::text
  offset 0
) l
  ) l
  join follows fo on fo.network_id = $30::integer and fo.account = l.account
  where fo.network_id = $31::integer and fo.account = $32::text and fo.label = $33::text and fo.team is null and fo.cost_centre = $34::text and exists (
select from group_members gm
where gm.organisation_id = fo.organisation_id and gm.group_id = $35::text
  and gm.network_id = fo.network_id and gm.account = fo.account
)
  group by 1, 2, 3
  having sum(l.debits) <> 0 or sum(l.movements) <> 0 or sum(l.receipts) <> 0),
  page as (
    select * from summed where ("part", "account", "token") > ($36::integer, $37::text, $38::text) order by "part", "account", "token" limit $39
  ),
  by_token as (select token, sum(debited) as debited, sum(debits) as debits, sum(moved) as moved, sum(received) as received,
sum(movements) as movements from summed group by token order by token limit $40)
  select head.*, standing.*,
    (select coalesce(jsonb_agg(jsonb_build_object('part', r."part"::text, 'account', r."account"::text,
'token', r.token, 'symbol', t.symbol, 'name', t.name, 'decimals', t.decimals, 'debited', r.debited::text, 'moved', r.moved::text,
'received', r.received::text, 'debits', r.debits, 'movements', r.movements) order by r."part", r."account", r."token"), '[]'::jsonb)
      from page r left join tokens t on t.network_id = $41::integer and t.address = r.token) as rows,
    (select coalesce(jsonb_agg(jsonb_build_object(
'token', r.token, 'symbol', t.symbol, 'name', t.name, 'decimals', t.decimals, 'debited', r.debited::text, 'moved', r.moved::text,
'received', r.received::text, 'debits', r.debits, 'movements', r.movements) order by r.token), '[]'::jsonb)
      from by_token r left join tokens t on t.network_id = $42::integer and t.address = r.token) as totals,
    null::bigint as in_several_groups
  from head cross join bounds cross join lateral (
select count(*)::bigint as accounts, max(a.recorded_from)::bigint as recorded_from,
  count(*) filter (where a.recorded_from is null or a.recorded_from > bounds.blocks[1])::bigint as incomplete
from (
  select acc.recorded_from
  from follows fo left join account_records acc on acc.network_id = fo.network_id and acc.account = fo.account
  where fo.network_id = $43::integer and fo.account = $44::text and fo.label = $45::text and fo.team is null and fo.cost_centre = $46::text and exists (
select from group_members gm
where gm.organisation_id = fo.organisation_id and gm.group_id = $47::text
  and gm.network_id = fo.network_id and gm.account = fo.account
)
) a
  ) standing;

-- spending by day and key with every filter, the next page
  with head as (select b.block_number, b.block_hash, b.timestamp_seconds, b.finality
    from blocks b join cursors c on c.network_id = b.network_id and c.block_number >= b.block_number
    where b.network_id = $1::integer and b.canonical
      and b.block_number = $2::bigint and b.block_hash = $3::text),
  bounds as (
select array_agg(coalesce((
select t.block_number from blocks t
where t.network_id = $4::integer and t.canonical and t.timestamp_seconds >= asked.seconds
order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991)::bigint order by asked.place) as blocks
from unnest($5::numeric[]) with ordinality as asked (seconds, place)),
  summed as materialized (
  select "part", "session_key", "token", sum(debited) as debited, sum(debits) as debits, sum(moved) as moved, sum(received) as received,
sum(movements) as movements from (
  select width_bucket(l.block_number::bigint, bounds.blocks) as "part", coalesce(l.session_key::text, '') as "session_key", l.token::text as "token", sum(l.amount) as debited, count(*) as debits, 0::numeric as moved, 0::numeric as received, 0::bigint as movements
  from bounds cross join head
  join debits l on l.block_number >= bounds.blocks[1] and l.block_number < bounds.blocks[cardinality(bounds.blocks)]
    and l.block_number <= head.block_number
  join follows fo on fo.network_id = l.network_id and fo.account = l.account
  where l.network_id = $6::integer and l.account = $7::text and l.session_key = $8::text and l.token = $9::text and l.counterparty = $10::text and fo.network_id = $11::integer and fo.account = $12::text and fo.label = $13::text and fo.team is null and fo.cost_centre = $14::text and exists (
select from group_members gm
where gm.organisation_id = fo.organisation_id and gm.group_id = $15::text
  and gm.network_id = fo.network_id and gm.account = fo.account
)
  group by 1, 2, 3
    union all
  select width_bucket(l.block_number::bigint, bounds.blocks) as "part", coalesce(l.session_key::text, '') as "session_key", l.token::text as "token", 0::numeric as debited, 0::bigint as debits,
coalesce(sum(l.amount) filter (where l.direction <> 'IN'), 0) as moved,
coalesce(sum(l.amount) filter (where l.direction = 'IN'), 0) as received, count(*) filter (where l.direction <> 'IN') as movements
  from bounds cross join head
  join movements l on l.block_number >= bounds.blocks[1] and l.block_number < bounds.blocks[cardinality(bounds.blocks)]
    and l.block_number <= head.block_number
  join follows fo on fo.network_id = l.network_id and fo.account = l.account
  where l.network_id = $16::integer and l.account = $17::text and l.session_key = $18::text and l.token = $19::text and l.counterparty = $20::text and fo.network_id = $21::integer and fo.account = $22::text and fo.label = $23::text and fo.team is null and fo.cost_centre = $24::text and exists (
select from group_members gm
where gm.organisation_id = fo.organisation_id and gm.group_id = $25::text
  and gm.network_id = fo.network_id and gm.account = fo.account
)
  group by 1, 2, 3
  ) both_ledgers group by "part", "session_key", "token"),
  page as (
    select * from summed where ("part", "session_key", "token") > ($26::integer, $27::text, $28::text) order by "part", "session_key", "token" limit $29
  ),
  by_token as (select token, sum(debited) as debited, sum(debits) as debits, sum(moved) as moved, sum(received) as received,
sum(movements) as movements from summed group by token order by token limit $30)
  select head.*, standing.*,
    (select coalesce(jsonb_agg(jsonb_build_object('part', r."part"::text, 'session_key', r."session_key"::text,
'token', r.token, 'symbol', t.symbol, 'name', t.name, 'decimals', t.decimals, 'debited', r.debited::text, 'moved', r.moved::text,
'received', r.received::text, 'debits', r.debits, 'movements', r.movements) order by r."part", r."session_key", r."token"), '[]'::jsonb)
      from page r left join tokens t on t.network_id = $31::integer and t.address = r.token) as rows,
    (select coalesce(jsonb_agg(jsonb_build_object(
'token', r.token, 'symbol', t.symbol, 'name', t.name, 'decimals', t.decimals, 'debited', r.debited::text, 'moved', r.moved::text,
'received', r.received::text, 'debits', r.debits, 'movements', r.movements) order by r.token), '[]'::jsonb)
      from by_token r left join tokens t on t.network_id = $32::integer and t.address = r.token) as totals,
    null::bigint as in_several_groups
  from head cross join bounds cross join lateral (
select count(*)::bigint as accounts, max(a.recorded_from)::bigint as recorded_from,
  count(*) filter (where a.recorded_from is null or a.recorded_from > bounds.blocks[1])::bigint as incomplete
from (
  select acc.recorded_from
  from follows fo left join account_records acc on acc.network_id = fo.network_id and acc.account = fo.account
  where fo.network_id = $33::integer and fo.account = $34::text and fo.label = $35::text and fo.team is null and fo.cost_centre = $36::text and exists (
select from group_members gm
where gm.organisation_id = fo.organisation_id and gm.group_id = $37::text
  and gm.network_id = fo.network_id and gm.account = fo.account
)
) a
  ) standing;

-- budgets of every key
  with head as (select b.block_number, b.block_hash, b.timestamp_seconds, b.finality
    from cursors c join blocks b on b.network_id = c.network_id and b.block_hash = c.block_hash
    where c.network_id = $1::integer),
  listed as (
    select pv.*, fo.label, fo.team, fo.cost_centre,
      exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $2 and dl.account = pv.account and dl.code <> 'EVENT_STATE_MISMATCH'
  and (dl.raw->'keys' ? pv.session_key or dl.raw->'data' ? pv.session_key or dl.raw->>'session_key' = pv.session_key
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
  )
) as is_unread
    from head cross join follows fo
    join policy_versions pv on pv.network_id = fo.network_id and pv.account = fo.account
    join session_versions sv on sv.network_id = pv.network_id and sv.account = pv.account
      and sv.session_key = pv.session_key and sv.valid_to_block is null
    where fo.network_id = $3::integer and pv.valid_to_block is null and (pv.lifecycle = 'SET' or pv.max_per_window <> 0) and (
sv.valid_until_seconds <> 0 and sv.calls_used < sv.max_calls
and sv.valid_until_seconds - mod(sv.valid_until_seconds, 3600) + 3599 >= head.timestamp_seconds
)
    limit $4
  )
  select head.*, standing.*, (
    select coalesce(jsonb_agg(jsonb_build_object('account', p.account, 'sessionKey', p.session_key, 'label', p.label,
      'team', p.team, 'costCentre', p.cost_centre, 'classHash', av.class_hash, 'token', p.token,
      'maxPerCall', p.max_per_call::text, 'maxPerWindow', p.max_per_window::text, 'windowSeconds', p.window_seconds::text,
      'spentInWindow', p.spent_in_window::text, 'windowStartSeconds', p.window_start_seconds::text, 'isUnread', p.is_unread,
      'symbol', t.symbol, 'name', t.name, 'decimals', t.decimals)), '[]'::jsonb)
    from listed p
    left join account_versions av on av.network_id = p.network_id and av.account = p.account and av.valid_to_block is null
    left join tokens t on t.network_id = p.network_id and t.address = p.token
  ) as policies, null::jsonb as memberships
  from head cross join lateral (
select count(*)::bigint as accounts, max(a.recorded_from)::bigint as recorded_from,
  count(*) filter (where a.recorded_from is null or a.recorded_from > head.block_number)::bigint as incomplete
from (
  select acc.recorded_from
  from follows fo left join account_records acc on acc.network_id = fo.network_id and acc.account = fo.account
  where fo.network_id = $5::integer
) a) standing;

-- budgets of every key, by group
  with head as (select b.block_number, b.block_hash, b.timestamp_seconds, b.finality
    from cursors c join blocks b on b.network_id = c.network_id and b.block_hash = c.block_hash
    where c.network_id = $1::integer),
  listed as (
    select pv.*, fo.label, fo.team, fo.cost_centre,
      exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $2 and dl.account = pv.account and dl.code <> 'EVENT_STATE_MISMATCH'
  and (dl.raw->'keys' ? pv.session_key or dl.raw->'data' ? pv.session_key or dl.raw->>'session_key' = pv.session_key
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
  )
) as is_unread
    from head cross join follows fo
    join policy_versions pv on pv.network_id = fo.network_id and pv.account = fo.account
    join session_versions sv on sv.network_id = pv.network_id and sv.account = pv.account
      and sv.session_key = pv.session_key and sv.valid_to_block is null
    where fo.network_id = $3::integer and pv.valid_to_block is null and (pv.lifecycle = 'SET' or pv.max_per_window <> 0) and (
sv.valid_until_seconds <> 0 and sv.calls_used < sv.max_calls
and sv.valid_until_seconds - mod(sv.valid_until_seconds, 3600) + 3599 >= head.timestamp_seconds
)
    limit $4
  )
  select head.*, standing.*, (
    select coalesce(jsonb_agg(jsonb_build_object('account', p.account, 'sessionKey', p.session_key, 'label', p.label,
      'team', p.team, 'costCentre', p.cost_centre, 'classHash', av.class_hash, 'token', p.token,
      'maxPerCall', p.max_per_call::text, 'maxPerWindow', p.max_per_window::text, 'windowSeconds', p.window_seconds::text,
      'spentInWindow', p.spent_in_window::text, 'windowStartSeconds', p.window_start_seconds::text, 'isUnread', p.is_unread,
      'symbol', t.symbol, 'name', t.name, 'decimals', t.decimals)), '[]'::jsonb)
    from listed p
    left join account_versions av on av.network_id = p.network_id and av.account = p.account and av.valid_to_block is null
    left join tokens t on t.network_id = p.network_id and t.address = p.token
  ) as policies, (
select coalesce(jsonb_agg(jsonb_build_object('account', m.account, 'id', m.group_id, 'name', m.name)), '[]'::jsonb)
from (
  select gm.account, g.group_id, g.name
  from group_members gm join groups g on g.organisation_id = gm.organisation_id and g.group_id = gm.group_id
  where gm.network_id = $5::integer and gm.account in (select p.account from listed p)
  limit $6
) m
) as memberships
  from head cross join lateral (
select count(*)::bigint as accounts, max(a.recorded_from)::bigint as recorded_from,
  count(*) filter (where a.recorded_from is null or a.recorded_from > head.block_number)::bigint as incomplete
from (
  select acc.recorded_from
  from follows fo left join account_records acc on acc.network_id = fo.network_id and acc.account = fo.account
  where fo.network_id = $7::integer
) a) standing;

-- keys that spent most
  with head as (select b.block_number, b.block_hash, b.timestamp_seconds, b.finality
    from cursors c join blocks b on b.network_id = c.network_id and b.block_hash = c.block_hash
    where c.network_id = $1::integer),
  range as (
    select coalesce((
select t.block_number from blocks t
where t.network_id = $2::integer and t.canonical and t.timestamp_seconds >= $3::numeric
order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991) as from_block, coalesce((
select t.block_number from blocks t
where t.network_id = $4::integer and t.canonical and t.timestamp_seconds >= $5::numeric
order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991) as to_block
  ),
  ranked as (
select l.account, l.session_key, count(*) as entries, null::bigint as reverted, sum(l.amount)::numeric as value
from head cross join range join debits l on l.block_number >= range.from_block and l.block_number < range.to_block and l.block_number <= head.block_number
join follows fo on fo.network_id = l.network_id and fo.account = l.account
where l.network_id = $6::integer and l.token = $7::text and fo.network_id = $8::integer
group by l.account, l.session_key),
  page as (
    select * from ranked where value > 0 and true order by value desc, account, session_key limit $9
  )
  select head.*, standing.*, (
    select coalesce(jsonb_agg(jsonb_build_object('account', k.account, 'sessionKey', k.session_key, 'label', fo.label,
      'team', fo.team, 'costCentre', fo.cost_centre, 'value', k.value::text, 'entries', k.entries, 'reverted', k.reverted,
      'symbol', t.symbol, 'name', t.name, 'decimals', t.decimals) order by k.value desc, k.account, k.session_key), '[]'::jsonb)
    from page k
    join follows fo on fo.network_id = $10::integer and fo.account = k.account
    left join tokens t on t.network_id = $11::integer and t.address = $12::text
  ) as keys
  from head cross join range cross join lateral (
select count(*)::bigint as accounts, max(a.recorded_from)::bigint as recorded_from,
  count(*) filter (where a.recorded_from is null or a.recorded_from > range.from_block)::bigint as incomplete
from (
  select acc.recorded_from
  from follows fo left join account_records acc on acc.network_id = fo.network_id and acc.account = fo.account
  where fo.network_id = $13::integer
) a) standing;

-- keys with the largest exposure, the next page
  with head as (select b.block_number, b.block_hash, b.timestamp_seconds, b.finality
    from cursors c join blocks b on b.network_id = c.network_id and b.block_hash = c.block_hash
    where c.network_id = $1::integer),
  range as (
    select coalesce((
select t.block_number from blocks t
where t.network_id = $2::integer and t.canonical and t.timestamp_seconds >= $3::numeric
order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991) as from_block, coalesce((
select t.block_number from blocks t
where t.network_id = $4::integer and t.canonical and t.timestamp_seconds >= $5::numeric
order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991) as to_block
  ),
  ranked as (
  select sv.account, sv.session_key, 1::bigint as entries, null::bigint as reverted,
    case when pv.max_per_window > 0 and pv.window_seconds > 0
      and not exists (
select
from dead_letters dl
join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
where dl.network_id = $6 and dl.account = sv.account and dl.code <> 'EVENT_STATE_MISMATCH'
  and (dl.raw->'keys' ? sv.session_key or dl.raw->'data' ? sv.session_key or dl.raw->>'session_key' = sv.session_key
    or dl.raw = '{}'::jsonb)
  and not exists (
    select from accounts dla
    where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
  )
) then pv.max_per_window * (div((sv.valid_until_seconds - mod(sv.valid_until_seconds, 3600) + 3599) - head.timestamp_seconds, pv.window_seconds) + 2) else 'Infinity'::numeric end as value
  from head cross join follows fo
  join session_versions sv on sv.network_id = fo.network_id and sv.account = fo.account and sv.valid_to_block is null
  left join policy_versions pv on pv.network_id = sv.network_id and pv.account = sv.account and pv.session_key = sv.session_key
    and pv.token = $7::text and pv.valid_to_block is null
  where fo.network_id = $8::integer and true and (
sv.valid_until_seconds <> 0 and sv.calls_used < sv.max_calls
and sv.valid_until_seconds - mod(sv.valid_until_seconds, 3600) + 3599 >= head.timestamp_seconds
)),
  page as (
    select * from ranked where value > 0 and (value < $9::numeric
      or (value = $10::numeric and (account, session_key) > ($11::text, $12::text))) order by value desc, account, session_key limit $13
  )
  select head.*, standing.*, (
    select coalesce(jsonb_agg(jsonb_build_object('account', k.account, 'sessionKey', k.session_key, 'label', fo.label,
      'team', fo.team, 'costCentre', fo.cost_centre, 'value', k.value::text, 'entries', k.entries, 'reverted', k.reverted,
      'symbol', t.symbol, 'name', t.name, 'decimals', t.decimals) order by k.value desc, k.account, k.session_key), '[]'::jsonb)
    from page k
    join follows fo on fo.network_id = $14::integer and fo.account = k.account
    left join tokens t on t.network_id = $15::integer and t.address = $16::text
  ) as keys
  from head cross join range cross join lateral (
select count(*)::bigint as accounts, max(a.recorded_from)::bigint as recorded_from,
  count(*) filter (where a.recorded_from is null or a.recorded_from > range.from_block)::bigint as incomplete
from (
  select acc.recorded_from
  from follows fo left join account_records acc on acc.network_id = fo.network_id and acc.account = fo.account
  where fo.network_id = $17::integer
) a) standing;

-- keys that burned most calls
  with head as (select b.block_number, b.block_hash, b.timestamp_seconds, b.finality
    from cursors c join blocks b on b.network_id = c.network_id and b.block_hash = c.block_hash
    where c.network_id = $1::integer),
  range as (
    select coalesce((
select t.block_number from blocks t
where t.network_id = $2::integer and t.canonical and t.timestamp_seconds >= $3::numeric
order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991) as from_block, coalesce((
select t.block_number from blocks t
where t.network_id = $4::integer and t.canonical and t.timestamp_seconds >= $5::numeric
order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991) as to_block
  ),
  ranked as (
select l.account, l.session_key, count(*) as entries, coalesce(sum(l.calls_burned) filter (where l.outcome = 'REVERTED'), 0)::bigint as reverted,
        sum(l.calls_burned)::numeric as value
from head cross join range join uses l on l.block_number >= range.from_block and l.block_number < range.to_block and l.block_number <= head.block_number
join follows fo on fo.network_id = l.network_id and fo.account = l.account
where l.network_id = $6::integer and fo.network_id = $7::integer
group by l.account, l.session_key),
  page as (
    select * from ranked where value > 0 and true order by value desc, account, session_key limit $8
  )
  select head.*, standing.*, (
    select coalesce(jsonb_agg(jsonb_build_object('account', k.account, 'sessionKey', k.session_key, 'label', fo.label,
      'team', fo.team, 'costCentre', fo.cost_centre, 'value', k.value::text, 'entries', k.entries, 'reverted', k.reverted,
      'symbol', t.symbol, 'name', t.name, 'decimals', t.decimals) order by k.value desc, k.account, k.session_key), '[]'::jsonb)
    from page k
    join follows fo on fo.network_id = $9::integer and fo.account = k.account
    left join tokens t on t.network_id = $10::integer and t.address = null::text
  ) as keys
  from head cross join range cross join lateral (
select count(*)::bigint as accounts, max(a.recorded_from)::bigint as recorded_from,
  count(*) filter (where a.recorded_from is null or a.recorded_from > range.from_block)::bigint as incomplete
from (
  select acc.recorded_from
  from follows fo left join account_records acc on acc.network_id = fo.network_id and acc.account = fo.account
  where fo.network_id = $11::integer
) a) standing;

-- links to exports, the newest first
select export_id, network_id, format, filter, created_by, creator_name, created_at, expires_at, revoked_at, (extract(epoch from created_at) * 1000000)::bigint::text as place_micros
from exports
where true and true
order by created_at desc, export_id desc limit $1;

-- links to exports of one maker, the next page
select export_id, network_id, format, filter, created_by, creator_name, created_at, expires_at, revoked_at, (extract(epoch from created_at) * 1000000)::bigint::text as place_micros
from exports
where created_by = $1::text and (created_at, export_id) < ('epoch'::timestamptz + $2::bigint * interval '1 microsecond', $3::text)
order by created_at desc, export_id desc limit $4;

-- export of both ledgers
  with head as (select b.block_number, b.block_hash, b.timestamp_seconds, b.finality
    from cursors c join blocks b on b.network_id = c.network_id and b.block_hash = c.block_hash
    where c.network_id = $1::integer)
  select head.block_number as head_number, head.block_hash as head_hash, r.*
  from head left join (
    select l.kind, l.block_number, b.block_hash, b.finality, b.timestamp_seconds::text as timestamp_seconds, l.transaction_hash,
      l.transaction_index, l.row_index, l.call_index, l.account, fo.label, fo.team, fo.cost_centre,
      coalesce(gr.names, '{}') as groups, l.session_key, l.token, t.symbol,
      t.decimals, l.direction, l.counterparty, l.cause, l.amount::text as amount, l.outcome, l.calls_burned, l.fee_amount, l.fee_unit,
      l.fee_payer, rv.state, rv.note
    from follows fo
    cross join lateral (
select array_agg(g.name order by g.name) as names
from group_members gm join groups g on g.organisation_id = gm.organisation_id and g.group_id = gm.group_id
where gm.network_id = fo.network_id and gm.account = fo.account) gr
    cross join lateral (
      select * from (select 'DEBIT' as kind, l.network_id, l.account, l.block_number, l.block_hash, l.transaction_hash, l.transaction_index,
  l.use_index as row_index, l.call_index, l.session_key, l.token, null as direction, l.counterparty, l.cause, l.amount, null::text as outcome, null::bigint as calls_burned, null::text as fee_amount, null::text as fee_unit, null::text as fee_payer
from debits l where l.network_id = $2::integer and l.account = fo.account and (l.account, l.block_number) >= (fo.account, coalesce((
  select t.block_number from blocks t
  where t.network_id = $3::integer and t.canonical and t.timestamp_seconds >= $4::numeric
  order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991))
  and (l.account, l.block_number) < (fo.account, coalesce((
  select t.block_number from blocks t
  where t.network_id = $5::integer and t.canonical and t.timestamp_seconds >= $6::numeric
  order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991)) union all select 'MOVEMENT' as kind, l.network_id, l.account, l.block_number, l.block_hash, l.transaction_hash, l.transaction_index,
  l.event_index as row_index, -1 as call_index, l.session_key, l.token, l.direction, l.counterparty, l.cause, l.amount, null::text as outcome, null::bigint as calls_burned, null::text as fee_amount, null::text as fee_unit, null::text as fee_payer
from movements l where l.network_id = $7::integer and l.account = fo.account and (l.account, l.block_number) >= (fo.account, coalesce((
  select t.block_number from blocks t
  where t.network_id = $8::integer and t.canonical and t.timestamp_seconds >= $9::numeric
  order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991))
  and (l.account, l.block_number) < (fo.account, coalesce((
  select t.block_number from blocks t
  where t.network_id = $10::integer and t.canonical and t.timestamp_seconds >= $11::numeric
  order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991))) rows_of_account offset 0
    ) l
    cross join lateral (
select b.block_hash, b.finality, b.timestamp_seconds, b.canonical from blocks b
where b.network_id = l.network_id and b.block_hash = l.block_hash offset 0) b
    left join lateral (
select t.symbol, t.decimals from tokens t where t.network_id = l.network_id and t.address = l.token offset 0) t on true
    left join lateral (
select rv.state, rv.note from row_reviews rv
where rv.network_id = l.network_id and rv.account = l.account and rv.row_kind = l.kind
  and rv.transaction_hash = l.transaction_hash and rv.row_index = l.row_index and rv.call_index = l.call_index offset 0) rv on true
    where fo.network_id = $12::integer and b.canonical
  ) r on true
  order by r.block_number, r.transaction_index, r.account, r.kind, r.row_index, r.call_index;

-- export of both ledgers and uses
  with head as (select b.block_number, b.block_hash, b.timestamp_seconds, b.finality
    from cursors c join blocks b on b.network_id = c.network_id and b.block_hash = c.block_hash
    where c.network_id = $1::integer)
  select head.block_number as head_number, head.block_hash as head_hash, r.*
  from head left join (
    select l.kind, l.block_number, b.block_hash, b.finality, b.timestamp_seconds::text as timestamp_seconds, l.transaction_hash,
      l.transaction_index, l.row_index, l.call_index, l.account, fo.label, fo.team, fo.cost_centre,
      coalesce(gr.names, '{}') as groups, l.session_key, l.token, t.symbol,
      t.decimals, l.direction, l.counterparty, l.cause, l.amount::text as amount, l.outcome, l.calls_burned, l.fee_amount, l.fee_unit,
      l.fee_payer, rv.state, rv.note
    from follows fo
    cross join lateral (
select array_agg(g.name order by g.name) as names
from group_members gm join groups g on g.organisation_id = gm.organisation_id and g.group_id = gm.group_id
where gm.network_id = fo.network_id and gm.account = fo.account) gr
    cross join lateral (
      select * from (select 'DEBIT' as kind, l.network_id, l.account, l.block_number, l.block_hash, l.transaction_hash, l.transaction_index,
  l.use_index as row_index, l.call_index, l.session_key, l.token, null as direction, l.counterparty, l.cause, l.amount, null::text as outcome, null::bigint as calls_burned, null::text as fee_amount, null::text as fee_unit, null::text as fee_payer
from debits l where l.network_id = $2::integer and l.account = fo.account and (l.account, l.block_number) >= (fo.account, coalesce((
  select t.block_number from blocks t
  where t.network_id = $3::integer and t.canonical and t.timestamp_seconds >= $4::numeric
  order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991))
  and (l.account, l.block_number) < (fo.account, coalesce((
  select t.block_number from blocks t
  where t.network_id = $5::integer and t.canonical and t.timestamp_seconds >= $6::numeric
  order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991)) union all select 'MOVEMENT' as kind, l.network_id, l.account, l.block_number, l.block_hash, l.transaction_hash, l.transaction_index,
  l.event_index as row_index, -1 as call_index, l.session_key, l.token, l.direction, l.counterparty, l.cause, l.amount, null::text as outcome, null::bigint as calls_burned, null::text as fee_amount, null::text as fee_unit, null::text as fee_payer
from movements l where l.network_id = $7::integer and l.account = fo.account and (l.account, l.block_number) >= (fo.account, coalesce((
  select t.block_number from blocks t
  where t.network_id = $8::integer and t.canonical and t.timestamp_seconds >= $9::numeric
  order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991))
  and (l.account, l.block_number) < (fo.account, coalesce((
  select t.block_number from blocks t
  where t.network_id = $10::integer and t.canonical and t.timestamp_seconds >= $11::numeric
  order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991)) union all select 'USE' as kind, l.network_id, l.account, l.block_number, l.block_hash, l.transaction_hash, l.transaction_index,
  l.event_index as row_index, -1 as call_index, l.session_key, null as token, null as direction, null as counterparty, null as cause,
  null::numeric as amount, l.outcome, l.calls_burned,
  case when l.fee_shared then null else l.fee_amount::text end as fee_amount,
  case when l.fee_shared then null else l.fee_unit end as fee_unit,
  case when l.fee_shared then null else l.fee_payer end as fee_payer
from uses l where l.network_id = $12::integer and l.account = fo.account and (l.account, l.block_number) >= (fo.account, coalesce((
  select t.block_number from blocks t
  where t.network_id = $13::integer and t.canonical and t.timestamp_seconds >= $14::numeric
  order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991))
  and (l.account, l.block_number) < (fo.account, coalesce((
  select t.block_number from blocks t
  where t.network_id = $15::integer and t.canonical and t.timestamp_seconds >= $16::numeric
  order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991))) rows_of_account offset 0
    ) l
    cross join lateral (
select b.block_hash, b.finality, b.timestamp_seconds, b.canonical from blocks b
where b.network_id = l.network_id and b.block_hash = l.block_hash offset 0) b
    left join lateral (
select t.symbol, t.decimals from tokens t where t.network_id = l.network_id and t.address = l.token offset 0) t on true
    left join lateral (
select rv.state, rv.note from row_reviews rv
where rv.network_id = l.network_id and rv.account = l.account and rv.row_kind = l.kind
  and rv.transaction_hash = l.transaction_hash and rv.row_index = l.row_index and rv.call_index = l.call_index offset 0) rv on true
    where fo.network_id = $17::integer and b.canonical
  ) r on true
  order by r.block_number, r.transaction_index, r.account, r.kind, r.row_index, r.call_index;
