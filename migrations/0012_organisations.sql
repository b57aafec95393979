-- Who may see what: facts of the chain belong to nobody, following an account belongs to an organisation.
-- The roles purser_api and purser_indexer are there before the first migration: `purser database roles` prints how.

-- The settings of a transaction say who asks. One that was set before is left as '' and not as null.
create function current_organisation() returns integer language sql stable parallel safe
  return nullif(current_setting('purser.organisation', true), '')::integer;
comment on function current_organisation is 'The organisation that the transaction asks for; null: none, so it sees no row of any.';

create function scope_is_limited() returns boolean language sql stable parallel safe
  return coalesce(current_setting('purser.scope', true), '') <> '';
comment on function scope_is_limited is 'Whether who asks may see some accounts of the organisation only.';

create function scope_list(setting text) returns text[] language sql stable parallel safe
  return coalesce(nullif(current_setting(setting, true), ''), '{}')::text[];
comment on function scope_list is 'The accounts or the labels that a limited scope lets through.';

create table organisations (
  organisation_id integer generated always as identity primary key,
  public_id text not null unique default 'org_' || replace(gen_random_uuid()::text, '-', ''),
  name text not null check (length(name) between 1 and 100),
  created_at timestamptz not null default now()
);
comment on table organisations is 'Whose keys, people, labels and audit log are kept apart from those of all others.';
comment on column organisations.public_id is 'What is shown outside.';

create table follows (
  organisation_id integer not null references organisations,
  network_id integer not null,
  account felt not null,
  label text check (length(label) between 1 and 200),
  team text check (length(team) between 1 and 100),
  cost_centre text check (length(cost_centre) between 1 and 100),
  source text not null check (source in ('ADDED', 'IMPORT', 'RULE', 'READ', 'SIGN_IN')),
  added_at timestamptz not null default now(),
  primary key (organisation_id, network_id, account)
);
comment on table follows is
  'The gate: an organisation sees an account, and whatever is told of it, while it follows it. Whether the account is '
  'indexed stands in accounts; a network that is not there matches nothing.';
comment on column follows.label is 'The organisation''s own name for it; another organisation never sees it.';
comment on column follows.source is 'RULE: a row of follow_rules found it.';

create index follows_by_label on follows (organisation_id, network_id, label, account);
create index follows_by_team on follows (organisation_id, network_id, team, account);
create index follows_by_cost_centre on follows (organisation_id, network_id, cost_centre, account);
create index follows_by_account on follows (network_id, account);

create table follow_rules (
  organisation_id integer not null references organisations,
  rule_id bigint generated always as identity,
  network_id integer,
  kind text not null check (kind in ('EVERYTHING', 'CLASS')),
  class_hash felt,
  label text check (length(label) between 1 and 200),
  team text check (length(team) between 1 and 100),
  cost_centre text check (length(cost_centre) between 1 and 100),
  created_at timestamptz not null default now(),
  primary key (organisation_id, rule_id),
  constraint follow_rules_class check ((kind = 'CLASS') = (class_hash is not null))
);
comment on table follow_rules is 'What an organisation follows as soon as it is seen. Applied by triggers, whoever writes the account.';
comment on column follow_rules.network_id is 'Null: every network.';
comment on column follow_rules.label is 'Given, like team and cost_centre, to what the rule finds.';

-- What the deployment showed to everybody until now is what its first organisation follows.
insert into organisations (name) values ('default');
insert into follow_rules (organisation_id, kind) select organisation_id, 'EVERYTHING' from organisations;
insert into follows (organisation_id, network_id, account, label, source)
select o.organisation_id, a.network_id, a.address, nullif(left(a.label, 200), ''), 'RULE' from organisations o, accounts a;

-- As the owner: the indexer may not write what organisations follow. In one order, so that two writers do not deadlock.
create function follow_everything() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into follows (organisation_id, network_id, account, label, team, cost_centre, source)
  select distinct on (r.organisation_id, a.network_id, a.address)
    r.organisation_id, a.network_id, a.address, r.label, r.team, r.cost_centre, 'RULE'
  from added a join follow_rules r on r.kind = 'EVERYTHING' and coalesce(r.network_id, a.network_id) = a.network_id
  order by r.organisation_id, a.network_id, a.address, r.rule_id
  on conflict do nothing;
  return null;
end
$$;
comment on function follow_everything is 'Lets organisations follow new accounts by their rules of kind EVERYTHING.';
create trigger accounts_follow after insert on accounts referencing new table as added
  for each statement execute function follow_everything();

create function follow_class() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into follows (organisation_id, network_id, account, label, team, cost_centre, source)
  select distinct on (r.organisation_id) r.organisation_id, new.network_id, new.account, r.label, r.team, r.cost_centre, 'RULE'
  from follow_rules r
  where r.kind = 'CLASS' and r.class_hash = new.class_hash and coalesce(r.network_id, new.network_id) = new.network_id
  order by r.organisation_id, r.rule_id
  on conflict do nothing;
  return null;
end
$$;
comment on function follow_class is 'Lets organisations follow the account by their rules of kind CLASS.';
create trigger account_versions_follow after insert on account_versions
  for each row when (new.valid_to_block is null and new.class_hash is not null) execute function follow_class();

-- Row-level security. Forced: the owner too passes by a policy that says so, which is for host commands and functions.
alter table organisations enable row level security;
alter table organisations force row level security;
create policy of_organisation on organisations to purser_api
  using (organisation_id = current_organisation()) with check (organisation_id = current_organisation());
create policy of_owner on organisations to current_user using (true) with check (true);

alter table follows enable row level security;
alter table follows force row level security;
create policy of_organisation on follows to purser_api
  using (
    organisation_id = current_organisation()
    and (
      not scope_is_limited()
      or network_id || '/' || account = any ((select scope_list('purser.scope_accounts'))::text[])
      or label = any ((select scope_list('purser.scope_labels'))::text[])
    )
  )
  with check (organisation_id = current_organisation() and not scope_is_limited());
create policy of_indexer on follows for select to purser_indexer using (true);
create policy of_owner on follows to current_user using (true) with check (true);

alter table follow_rules enable row level security;
alter table follow_rules force row level security;
create policy of_organisation on follow_rules to purser_api
  using (organisation_id = current_organisation() and not scope_is_limited())
  with check (organisation_id = current_organisation() and not scope_is_limited());
create policy of_indexer on follow_rules for select to purser_indexer using (true);
create policy of_owner on follow_rules to current_user using (true) with check (true);

-- Not forced: the owner folds and repairs these. The API's role sees what is told of followed accounts. The large tables
-- have no policy, which would be a look-up for each row: their statements join follows.
alter table accounts enable row level security;
create policy of_followers on accounts for select to purser_api using (
  exists (select from follows f where f.network_id = accounts.network_id and f.account = accounts.address)
);
create policy of_indexer on accounts to purser_indexer using (true) with check (true);

alter table backfill_jobs enable row level security;
create policy of_followers on backfill_jobs for select to purser_api using (
  exists (select from follows f where f.network_id = backfill_jobs.network_id and f.account = backfill_jobs.account)
);
create policy of_indexer on backfill_jobs to purser_indexer using (true) with check (true);

alter table dead_letters enable row level security;
create policy of_followers on dead_letters for select to purser_api using (
  exists (select from follows f where f.network_id = dead_letters.network_id and f.account = dead_letters.account)
);
create policy of_indexer on dead_letters to purser_indexer using (true) with check (true);

alter table incidents enable row level security;
create policy of_followers on incidents for select to purser_api using (
  account is null
  or exists (select from follows f where f.network_id = incidents.network_id and f.account = incidents.account)
);
create policy of_indexer on incidents to purser_indexer using (true) with check (true);

-- What each role may do, table by table; libs/database/src/scoped/table-policy.ts says the same, and a spec compares.
grant usage on schema public to purser_api, purser_indexer;

grant select on
  networks, blocks, cursors, classes, fact_tallies, schema_migrations,
  facts, coverage, account_versions, session_keys, session_versions, policy_keys, policy_versions,
  uses, debits, movements, approvals,
  accounts, backfill_jobs, dead_letters, incidents
  to purser_api;
grant select, insert, update, delete on follows, follow_rules to purser_api;
grant select, update (name) on organisations to purser_api;

grant select, insert, update, delete on
  networks, blocks, cursors, classes, fact_tallies,
  facts, coverage, account_versions, session_keys, session_versions, policy_keys, policy_versions,
  uses, debits, movements, approvals,
  accounts, backfill_jobs, dead_letters, incidents,
  alerts, webhook_deliveries
  to purser_indexer;
grant select on follows, follow_rules, schema_migrations to purser_indexer;

revoke execute on function
  refuse_change(), fact_checksum(text, integer, integer, text, text, text, text, text, jsonb), tally_facts(),
  current_organisation(), scope_is_limited(), scope_list(text), follow_everything(), follow_class()
  from public;
grant execute on function current_organisation(), scope_is_limited(), scope_list(text) to purser_api;
grant execute on function fact_checksum(text, integer, integer, text, text, text, text, text, jsonb)
  to purser_indexer, purser_api;
