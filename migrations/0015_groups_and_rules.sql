-- What people add to the accounts that their organisation follows: groups, rules by deployer, and what they want out.

create table groups (
  organisation_id integer not null references organisations,
  group_id text not null default 'grp_' || replace(gen_random_uuid()::text, '-', ''),
  name text not null check (length(name) between 1 and 100),
  created_at timestamptz not null default now(),
  primary key (organisation_id, group_id),
  constraint groups_name_once unique (organisation_id, name)
);
comment on table groups is 'Accounts that an organisation looks at together. An account may be in several.';

create table group_members (
  organisation_id integer not null,
  group_id text not null,
  network_id integer not null,
  account felt not null,
  added_at timestamptz not null default now(),
  primary key (organisation_id, group_id, network_id, account),
  foreign key (organisation_id, group_id) references groups on delete cascade,
  foreign key (organisation_id, network_id, account) references follows on delete cascade
);
comment on table group_members is 'Accounts of groups. One that is no longer followed leaves its groups.';

create index group_members_by_account on group_members (organisation_id, network_id, account, group_id);

create table unfollows (
  organisation_id integer not null references organisations,
  network_id integer not null,
  account felt not null,
  unfollowed_at timestamptz not null default now(),
  primary key (organisation_id, network_id, account)
);
comment on table unfollows is
  'Accounts that an organisation no longer wants: its rules pass them over, until somebody follows them by name again.';

create table deployments (
  network_id integer not null,
  account felt not null,
  deployer felt not null,
  block_number block_height not null,
  primary key (network_id, account)
);
comment on table deployments is
  'Contracts that a deployer of some rule of follow_rules deployed through the universal deployer. Kept through reorgs: a '
  'contract that is not there is never read.';

create index deployments_by_deployer on deployments (network_id, deployer, account);

create table deployer_searches (
  network_id integer not null,
  deployer felt not null,
  searched_to block_height not null,
  primary key (network_id, deployer)
);
comment on table deployer_searches is 'Up to which final block the deployments of a deployer have been looked for.';

alter table follow_rules
  add column public_id text not null unique default 'rule_' || replace(gen_random_uuid()::text, '-', ''),
  add column deployer felt,
  drop constraint follow_rules_kind_check,
  drop constraint follow_rules_class,
  add constraint follow_rules_kind_check check (kind in ('EVERYTHING', 'CLASS', 'DEPLOYER')),
  add constraint follow_rules_class check ((kind = 'CLASS') = (class_hash is not null)),
  add constraint follow_rules_deployer check ((kind = 'DEPLOYER') = (deployer is not null));
comment on column follow_rules.public_id is 'What is shown outside.';
comment on column follow_rules.deployer is 'Who called the universal deployer.';

create index follow_rules_by_kind on follow_rules (kind, class_hash, deployer);

create or replace function follow_everything() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into follows (organisation_id, network_id, account, label, team, cost_centre, source)
  select distinct on (r.organisation_id, a.network_id, a.address)
    r.organisation_id, a.network_id, a.address, r.label, r.team, r.cost_centre, 'RULE'
  from added a join follow_rules r on r.kind = 'EVERYTHING' and coalesce(r.network_id, a.network_id) = a.network_id
  where not exists (
    select from unfollows u
    where u.organisation_id = r.organisation_id and u.network_id = a.network_id and u.account = a.address)
  order by r.organisation_id, a.network_id, a.address, r.rule_id
  on conflict do nothing;
  return null;
end
$$;

create or replace function follow_class() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into follows (organisation_id, network_id, account, label, team, cost_centre, source)
  select distinct on (r.organisation_id) r.organisation_id, new.network_id, new.account, r.label, r.team, r.cost_centre, 'RULE'
  from follow_rules r
  where r.kind = 'CLASS' and r.class_hash = new.class_hash and coalesce(r.network_id, new.network_id) = new.network_id
    and not exists (
      select from unfollows u
      where u.organisation_id = r.organisation_id and u.network_id = new.network_id and u.account = new.account)
  order by r.organisation_id, r.rule_id
  on conflict do nothing;
  return null;
end
$$;

-- What a deployer deployed is asked for, too: it may have done nothing yet that discovery would see. The account first, as
-- the indexer does, so that the two never wait for each other.
create function follow_deployed() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into accounts (network_id, address, source, status)
  select d.network_id, d.account, 'WATCH', 'PENDING' from deployed d
  where exists (
    select from follow_rules r
    where r.kind = 'DEPLOYER' and r.deployer = d.deployer and coalesce(r.network_id, d.network_id) = d.network_id)
  order by d.network_id, d.account
  on conflict do nothing;
  insert into follows (organisation_id, network_id, account, label, team, cost_centre, source)
  select distinct on (r.organisation_id, d.network_id, d.account)
    r.organisation_id, d.network_id, d.account, r.label, r.team, r.cost_centre, 'RULE'
  from deployed d
  join follow_rules r on r.kind = 'DEPLOYER' and r.deployer = d.deployer and coalesce(r.network_id, d.network_id) = d.network_id
  where not exists (
    select from unfollows u
    where u.organisation_id = r.organisation_id and u.network_id = d.network_id and u.account = d.account)
  order by r.organisation_id, d.network_id, d.account, r.rule_id
  on conflict do nothing;
  return null;
end
$$;
comment on function follow_deployed is 'Lets organisations follow deployed accounts by their rules of kind DEPLOYER.';
create trigger deployments_follow after insert on deployments referencing new table as deployed
  for each statement execute function follow_deployed();

-- A rule finds what is known already, too. The role that answers may not see accounts that its organisation does not follow.
create function apply_follow_rule(rule text) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  wanted follow_rules;
  found_accounts integer;
begin
  select * into wanted from follow_rules r where r.public_id = rule and r.organisation_id = current_organisation();
  if not found then
    raise exception 'no such rule' using errcode = 'no_data_found';
  end if;
  if wanted.kind = 'DEPLOYER' then
    insert into accounts (network_id, address, source, status)
    select d.network_id, d.account, 'WATCH', 'PENDING' from deployments d
    where d.deployer = wanted.deployer and coalesce(wanted.network_id, d.network_id) = d.network_id
    order by d.network_id, d.account
    on conflict do nothing;
  end if;
  insert into follows (organisation_id, network_id, account, label, team, cost_centre, source)
  select wanted.organisation_id, a.network_id, a.address, wanted.label, wanted.team, wanted.cost_centre, 'RULE'
  from accounts a
  where coalesce(wanted.network_id, a.network_id) = a.network_id
    and case wanted.kind
      when 'EVERYTHING' then true
      when 'CLASS' then exists (
        select from account_versions v
        where v.network_id = a.network_id and v.account = a.address and v.valid_to_block is null
          and v.class_hash = wanted.class_hash)
      else exists (
        select from deployments d
        where d.network_id = a.network_id and d.account = a.address and d.deployer = wanted.deployer)
    end
    and not exists (
      select from unfollows u
      where u.organisation_id = wanted.organisation_id and u.network_id = a.network_id and u.account = a.address)
  order by a.network_id, a.address
  on conflict do nothing;
  get diagnostics found_accounts = row_count;
  return found_accounts;
end
$$;
comment on function apply_follow_rule is
  'Lets the organisation that is set follow what a rule of its own finds among the accounts that are known. Answers how many are new.';

-- The role that answers may not write accounts, and does not see which of them are there for somebody else.
create function request_accounts(network integer, wanted text[]) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if current_organisation() is null then
    raise exception 'no organisation is set' using errcode = 'insufficient_privilege';
  end if;
  insert into accounts (network_id, address, source, status)
  select network, w.address, 'WATCH', 'PENDING' from (select distinct unnest(wanted) as address) w
  order by w.address
  on conflict (network_id, address) do update
    set status = 'PENDING', source = excluded.source, reason_code = null, attempts = 0, next_try_at = now()
    where accounts.status = 'REJECTED';
end
$$;
comment on function request_accounts is
  'Asks the indexer for accounts. One that is followed or waiting already stays as it is; a rejected one is tried again.';

-- As audit_append, entry by entry; the head is locked and moved once, not once for each.
create function audit_append_all(actor_kind text, actor_id text, actor_name text, entries jsonb, request_id text)
  returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
  organisation integer := current_organisation();
  head audit_heads;
  entry jsonb;
  at_text text;
  digest bytea;
begin
  if organisation is null then
    raise exception 'no organisation is set' using errcode = 'insufficient_privilege';
  end if;
  insert into audit_heads (organisation_id, sequence, hash) values (organisation, 0, '\x00') on conflict do nothing;
  select * into head from audit_heads h where h.organisation_id = organisation for update;
  for entry in select e.value from jsonb_array_elements(entries) with ordinality as e (value, place) order by e.place loop
    head.sequence := head.sequence + 1;
    at_text := to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
    digest := audit_hash(head.hash, organisation::text, head.sequence::text, at_text, actor_kind, actor_id, actor_name,
      entry ->> 'action', entry ->> 'objectKind', entry ->> 'objectId', (entry -> 'before')::text, (entry -> 'after')::text,
      request_id);
    insert into audit_entries values (organisation, head.sequence, at_text, actor_kind, actor_id, actor_name,
      entry ->> 'action', entry ->> 'objectKind', entry ->> 'objectId', (entry -> 'before')::text, (entry -> 'after')::text,
      request_id, head.hash, digest);
    head.hash := digest;
  end loop;
  update audit_heads h set sequence = head.sequence, hash = head.hash where h.organisation_id = organisation;
  return head.sequence;
end
$$;
comment on function audit_append_all is
  'Adds entries in their order, each an object with action, objectKind, objectId, before and after. Answers the last sequence.';

alter table groups enable row level security;
alter table groups force row level security;
create policy of_organisation on groups to purser_api
  using (
    organisation_id = current_organisation()
    and (
      not scope_is_limited()
      or exists (
        select from group_members m where m.organisation_id = groups.organisation_id and m.group_id = groups.group_id)
    )
  )
  with check (organisation_id = current_organisation() and not scope_is_limited());
create policy of_owner on groups to current_user using (true) with check (true);

alter table group_members enable row level security;
alter table group_members force row level security;
create policy of_organisation on group_members to purser_api
  using (
    organisation_id = current_organisation()
    and exists (
      select from follows f
      where f.organisation_id = group_members.organisation_id and f.network_id = group_members.network_id
        and f.account = group_members.account)
  )
  with check (organisation_id = current_organisation() and not scope_is_limited());
create policy of_owner on group_members to current_user using (true) with check (true);

alter table unfollows enable row level security;
alter table unfollows force row level security;
create policy of_organisation on unfollows to purser_api
  using (organisation_id = current_organisation() and not scope_is_limited())
  with check (organisation_id = current_organisation() and not scope_is_limited());
create policy of_owner on unfollows to current_user using (true) with check (true);

grant select, insert, update, delete on groups to purser_api;
grant select, insert, delete on group_members, unfollows to purser_api;
grant select, insert, update, delete on deployments, deployer_searches to purser_indexer;

revoke execute on function
  follow_deployed(), apply_follow_rule(text), request_accounts(integer, text[]),
  audit_append_all(text, text, text, jsonb, text)
  from public;
grant execute on function
  apply_follow_rule(text), request_accounts(integer, text[]), audit_append_all(text, text, text, jsonb, text)
  to purser_api;
