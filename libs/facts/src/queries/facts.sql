-- Statements of facts, written by scripts/generate.ts

-- ensureNetwork
insert into "networks" ("chain_id", "genesis_hash", "label")
values ($1, $2, $3)
on conflict ("chain_id", "genesis_hash")
do update
set "label" = $4
returning *;

-- listNetworks
select *
from "networks"
order by "network_id";

-- insertBlocks
insert into blocks (network_id, block_hash, block_number, parent_hash, timestamp_seconds, finality, canonical)
select $1::integer, r.block_hash, r.block_number, r.parent_hash, r.timestamp_seconds, r.finality, true
from jsonb_to_recordset($2::text::jsonb)
  as r(block_hash text, block_number bigint, parent_hash text, timestamp_seconds numeric, finality text)
on conflict (network_id, block_hash) do update
  set canonical = true,
    finality = case when blocks.finality = 'ACCEPTED_ON_L1' then blocks.finality else excluded.finality end
  where not blocks.canonical or blocks.finality <> excluded.finality;

-- orphanBlocksAbove
update "blocks"
set "canonical" = $1
where "network_id" = $2
  and "block_number" > $3
  and canonical;

-- finalizeBlocksUpTo
update "blocks"
set "finality" = $1
where "network_id" = $2
  and "block_number" <= $3
  and canonical
  and "finality" = 'ACCEPTED_ON_L2';
select pg_notify('purser_cursor', $1);

-- finalizedBlockNumber
select "block_number"
from "blocks"
where "network_id" = $1
  and canonical
  and "finality" = $2
order by "block_number" desc
limit $3;

-- headerByNumber
select *
from "blocks"
where "network_id" = $1
  and "block_number" = $2
  and canonical;

-- headerByHash
select *
from "blocks"
where "network_id" = $1
  and "block_hash" = $2;

-- headerAtTime
select *
from "blocks"
where "network_id" = $1
  and "timestamp_seconds" <= $2
  and canonical
order by "timestamp_seconds" desc, "block_number" desc
limit $3;

-- openIncident
insert into incidents (network_id, kind, account, block_number, block_hash, details)
values ($1::integer, $2, $3,
  $4::bigint, $5,
  $6::text::jsonb)
on conflict (network_id, kind, account) where resolved_at is null
do update set occurrences = incidents.occurrences + 1, details = excluded.details;

-- resolveIncident
update incidents set resolved_at = now(), resolution = $1
where network_id = $2::integer and kind = $3 and resolved_at is null
  and account is not distinct from $4::text
returning incident_id;

-- listIncidents
select *
from "incidents"
where "network_id" = $1
  and "resolved_at" is null
order by "incident_id" desc
limit $2;

-- readCursor
select "block_number", "block_hash", "generation"
from "cursors"
where "network_id" = $1;

-- holdCursor
select "network_id"
from "cursors"
where "network_id" = $1
for update;

-- requireCursor
select "network_id"
from "cursors"
where "network_id" = $1
  and "block_number" = $2
  and "block_hash" = $3
  and "generation" = coalesce($4::integer, generation)
for update;

-- moveCursor, the first time
insert into "cursors" ("network_id", "block_number", "block_hash")
values ($1, $2, $3)
on conflict do nothing;

-- moveCursor
update "cursors"
set "block_number" = $1, "block_hash" = $2, "updated_at" = now()
where "network_id" = $3
  and "block_number" = $4
  and "block_hash" = $5
  and "generation" = coalesce($6::integer, generation);

-- appendFacts
insert into facts (network_id, block_hash, transaction_index, event_index, block_number, transaction_hash,
  account, kind, session_key, token, payload)
select $1::integer, r.block_hash, r.transaction_index, r.event_index, r.block_number, r.transaction_hash,
  r.account, r.kind, r.session_key, r.token, r.payload
from jsonb_to_recordset($2::text::jsonb)
  as r(block_hash text, transaction_index integer, event_index integer, block_number bigint, transaction_hash text,
    account text, kind text, session_key text, token text, payload jsonb)
on conflict do nothing;

-- listFacts of an account
select "fact".*, "block"."timestamp_seconds", "block"."finality", "block"."canonical"
from "facts" as "fact"
inner join "blocks" as "block"
  on "block"."network_id" = "fact"."network_id"
  and "block"."block_hash" = "fact"."block_hash"
where "fact"."network_id" = $1
  and "fact"."account" = $2
  and block.canonical
order by "fact"."block_number" asc, "fact"."transaction_index" asc, "fact"."event_index" asc
limit $3;

-- listFacts with every filter
select "fact".*, "block"."timestamp_seconds", "block"."finality", "block"."canonical"
from "facts" as "fact"
inner join "blocks" as "block"
  on "block"."network_id" = "fact"."network_id"
  and "block"."block_hash" = "fact"."block_hash"
where "fact"."network_id" = $1
  and "fact"."account" = $2
  and block.canonical
  and "fact"."session_key" = $3
  and fact.kind = any($4::text[])
  and "fact"."block_number" >= $5
  and "fact"."block_number" <= $6
  and (fact.block_number, fact.transaction_index, fact.event_index) > ($7::bigint, $8::integer, $9::integer)
order by "fact"."block_number" asc, "fact"."transaction_index" asc, "fact"."event_index" asc
limit $10;

-- streamFacts of all accounts
select fact.account, fact.block_number, fact.block_hash, fact.transaction_index, fact.event_index,
  fact.transaction_hash, fact.kind, fact.session_key, fact.token, fact.payload,
  block.canonical, block.timestamp_seconds::text as timestamp_seconds
from (
  select * from facts fact
  where fact.network_id = $1::integer
  order by fact.account, fact.block_number, fact.block_hash, fact.transaction_index, fact.event_index
  limit $2
) fact
left join blocks block on block.network_id = fact.network_id and block.block_hash = fact.block_hash
order by fact.account, fact.block_number, fact.block_hash, fact.transaction_index, fact.event_index;

-- streamFacts of an account as who asks sees it
select fact.account, fact.block_number, fact.block_hash, fact.transaction_index, fact.event_index,
  fact.transaction_hash, fact.kind, fact.session_key, fact.token, fact.payload,
  block.canonical, block.timestamp_seconds::text as timestamp_seconds
from (
  select * from facts fact
  where fact.network_id = $1::integer
  and fact.account = any($2::text[])
  and exists (
    select from accounts known where known.network_id = fact.network_id and known.address = fact.account
  )
  order by fact.account, fact.block_number, fact.block_hash, fact.transaction_index, fact.event_index
  limit $3
) fact
left join blocks block on block.network_id = fact.network_id and block.block_hash = fact.block_hash
order by fact.account, fact.block_number, fact.block_hash, fact.transaction_index, fact.event_index;

-- streamFacts of some accounts
select fact.account, fact.block_number, fact.block_hash, fact.transaction_index, fact.event_index,
  fact.transaction_hash, fact.kind, fact.session_key, fact.token, fact.payload,
  block.canonical, block.timestamp_seconds::text as timestamp_seconds
from (
  select * from facts fact
  where fact.network_id = $1::integer
  and fact.account = any($2::text[])
  and fact.block_number >= $3::bigint
  and fact.block_number <= $4::bigint
  order by fact.account, fact.block_number, fact.block_hash, fact.transaction_index, fact.event_index
  limit $5
) fact
left join blocks block on block.network_id = fact.network_id and block.block_hash = fact.block_hash
order by fact.account, fact.block_number, fact.block_hash, fact.transaction_index, fact.event_index;

-- listTallyMismatches
with found as (
  select block_hash, block_number, count(*) as facts, sum(fact_checksum(block_hash, transaction_index, event_index,
    transaction_hash, account, kind, session_key, token, payload)) as checksum
  from facts
  where network_id = $1::integer and block_number between $2::bigint and $3::bigint
  group by block_hash, block_number
), counted as (
  select block_hash, block_number, fact_count, checksum from fact_tallies
  where network_id = $4::integer and block_number between $5::bigint and $6::bigint
)
select coalesce(found.block_number, counted.block_number) as block_number, block_hash,
  counted.fact_count as counted, found.facts as found
from found full join counted using (block_hash)
where found.checksum is distinct from counted.checksum or found.facts is distinct from counted.fact_count
order by 1, 2;

-- summarizeTallies
select coalesce(sum(fact_count), 0)::bigint as facts, coalesce(min(block_number), 0)::bigint as first_block,
  coalesce(max(block_number), -1)::bigint as last_block
from fact_tallies where network_id = $1::integer;

-- listAccountsWithFactsSince
select distinct fact.account
from fact_tallies tally
join facts fact on fact.network_id = tally.network_id and fact.block_number = tally.block_number
  and fact.block_hash = tally.block_hash
where tally.network_id = $1::integer and tally.changed_in >= $2::text::xid8;

-- acceptReorgBelowFinality
update "networks"
set "accepts_reorg_below_finality" = $1
where "network_id" = $2;

-- endFinalityAbove
update "blocks"
set "finality" = $1
where "network_id" = $2
  and "block_number" > $3
  and not canonical
  and "finality" = $4;
update "networks"
set "accepts_reorg_below_finality" = $1
where "network_id" = $2;

-- appendDeadLetters
insert into dead_letters (network_id, block_hash, transaction_index, event_index, block_number, transaction_hash,
  account, code, reason, raw)
select distinct on (r.block_number, r.transaction_index, r.event_index, r.account, r.block_hash)
  $1::integer, r.block_hash, r.transaction_index, r.event_index, r.block_number, r.transaction_hash,
  r.account, r.code, r.reason, r.raw
from jsonb_to_recordset($2::text::jsonb)
  as r(block_hash text, transaction_index integer, event_index integer, block_number bigint, transaction_hash text,
    account text, code text, reason text, raw jsonb, ordinal integer)
order by r.block_number, r.transaction_index, r.event_index, r.account, r.block_hash, r.ordinal desc
on conflict (network_id, block_number, transaction_index, event_index, account, block_hash)
do update set code = excluded.code, reason = excluded.reason, raw = excluded.raw, recorded_at = now();

-- listDeadLetters
select *
from "dead_letters"
where "network_id" = $1
  and "account" = $2
order by "block_number" desc, "transaction_index" desc, "event_index" desc
limit $3;

-- listDeadLetters of a network
select *
from "dead_letters"
where "network_id" = $1
order by "block_number" desc, "transaction_index" desc, "event_index" desc
limit $2;

-- countDeadLetters
select "code", count(*) as "count"
from "dead_letters"
where "network_id" = $1
group by "code"
order by "code";

-- requestBackfills
insert into backfill_jobs (network_id, account, from_block, every_block)
select $1::integer, r.account, r.from_block, r.every_block
from jsonb_to_recordset($2::text::jsonb) as r(account text, from_block bigint, every_block boolean)
on conflict (network_id, account) where finished_at is null do nothing;

-- listDueBackfills
select "job".*
from "backfill_jobs" as "job"
inner join "accounts" as "account"
  on "account"."network_id" = "job"."network_id"
  and "account"."address" = "job"."account"
where "job"."network_id" = $1
  and "job"."finished_at" is null
  and "job"."next_try_at" <= now()
  and "account"."status" = $2
order by "job"."job_id"
limit $3;

-- listBackfills
select *
from "backfill_jobs"
where "network_id" = $1
  and "account" = $2
  and "finished_at" is null
order by "job_id" desc
limit $3;

-- noteBackfill
update "backfill_jobs"
set "state" = $1, "reason_code" = $2, "calls_made" = $3, "calls_left" = $4, "calls_per_second" = $5, "blocks_read" = $6, "covered_to" = $7, "updated_at" = now()
where "job_id" = $8
  and "state" in ($9, $10);

-- keepBackfillSearch
update backfill_jobs set search = $1::text::jsonb
where job_id = $2 and finished_at is null;

-- readBackfillSearch
select "search"
from "backfill_jobs"
where "job_id" = $1;

-- finishBackfill
update "backfill_jobs"
set "state" = $1, "reason_code" = $2, "calls_left" = $3, "search" = $4, "finished_at" = now(), "updated_at" = now()
where "job_id" = $5
  and "state" in ($6, $7);

-- resumeBackfill
update backfill_jobs job
set state = 'QUEUED', reason_code = null, finished_at = null, attempts = 0, next_try_at = now()
where job.job_id = $1 and job.state in ('CANCELLED', 'INCOMPLETE') and not exists (
  select from backfill_jobs other
  where other.network_id = job.network_id and other.account = job.account and other.finished_at is null
);

-- postponeBackfill
update "backfill_jobs"
set "state" = $1, "reason_code" = $2, "attempts" = attempts + 1, "next_try_at" = now() + least(interval '1 hour', interval '1 second' * power(2, least(attempts, 12))), "updated_at" = now()
where "job_id" = $3
  and "state" in ($4, $5);

-- listCoverage
select "from_block", "to_block"
from "coverage"
where "network_id" = $1
  and "account" = $2
  and "kind" = $3
order by "from_block";

-- extendCoverage
select "from_block", "to_block"
from "coverage"
where "network_id" = $1
  and "account" = $2
  and "kind" = $3
order by "from_block";
delete from "coverage"
where "network_id" = $1
  and "account" = $2
  and "kind" = $3
  and "from_block" in ($4);
insert into "coverage" ("network_id", "account", "kind", "from_block", "to_block")
values ($1, $2, $3, $4, $5);

-- cutCoverageAbove
delete from "coverage"
where "network_id" = $1
  and "from_block" > $2
  and "to_block" is not null;
update "coverage"
set "to_block" = $1
where "network_id" = $2
  and "to_block" > $3;
