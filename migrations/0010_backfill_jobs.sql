-- Back-fill of the history of accounts that were met late.

create table backfill_jobs (
  job_id bigint generated always as identity primary key,
  network_id integer not null references networks,
  account felt not null,
  from_block block_height not null,
  every_block boolean not null default false,
  state text not null default 'QUEUED'
    check (state in ('QUEUED', 'RUNNING', 'DONE', 'INCOMPLETE', 'CANCELLED')),
  reason_code text,
  calls_made bigint not null default 0 check (calls_made >= 0),
  calls_left bigint check (calls_left >= 0),
  calls_per_second double precision,
  blocks_read bigint not null default 0 check (blocks_read >= 0),
  covered_to block_height,
  search jsonb,
  attempts integer not null default 0,
  next_try_at timestamptz not null default now(),
  requested_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint backfill_jobs_finished check ((finished_at is null) = (state in ('QUEUED', 'RUNNING')))
);
comment on table backfill_jobs is
  'Work on the history of an account before the block it was adopted at. What it has committed stands in coverage.';
comment on column backfill_jobs.from_block is 'The first block whose history is wanted.';
comment on column backfill_jobs.every_block is 'Every block is read, also where searching would be cheaper.';
comment on column backfill_jobs.state is
  'INCOMPLETE: something contradicted what was found; what is committed was proven before. The reason says what.';
comment on column backfill_jobs.calls_left is 'About how many calls to nodes are left; null before that is known.';
comment on column backfill_jobs.covered_to is 'The history is committed from from_block up to here.';
comment on column backfill_jobs.search is
  'The search for blocks that changed something, as far as it got, so that a process that is killed goes on there.';

create unique index backfill_jobs_open on backfill_jobs (network_id, account) where finished_at is null;
create index backfill_jobs_by_account on backfill_jobs (network_id, account, job_id);

alter table accounts add column recorded_from_block block_height;
comment on column accounts.recorded_from_block is
  'Facts below are those of blocks that changed the state of the account only, as a back-fill finds them. Null: there are no others than of followed_from_block on.';
comment on table coverage is
  'Which blocks have been read for an account, as disjoint ranges. A history that arrives after the head is a range of its own until it is joined.';
