-- People and keys of organisations.

create table members (
  organisation_id integer not null references organisations,
  member_id text not null default 'mem_' || replace(gen_random_uuid()::text, '-', ''),
  name text not null check (length(name) between 1 and 200),
  role text not null check (role in ('ADMIN', 'FINANCE', 'APPROVER', 'AUDITOR', 'INTEGRATOR')),
  issuer text,
  subject text,
  network_id integer,
  account felt,
  scope_accounts text[],
  scope_labels text[],
  disabled_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (organisation_id, member_id),
  constraint members_one_identity check (
    (issuer is not null and subject is not null and network_id is null and account is null)
    or (issuer is null and subject is null and network_id is not null and account is not null)
  ),
  unique (organisation_id, issuer, subject),
  unique (organisation_id, network_id, account)
);
comment on table members is 'A person, or an account that signs in, in one organisation. Who has no row is not let in.';
comment on column members.subject is 'As the issuer of its tokens (OpenID Connect) names it.';
comment on column members.scope_accounts is 'As network id, a slash, address. Null in both lists: every account of the organisation.';
comment on column members.disabled_at is 'Its keys and tokens are refused from then on.';

create index members_by_subject on members (issuer, subject);
create index members_by_account on members (network_id, account);

create table api_keys (
  key_id text primary key check (key_id ~ '^[0-9A-Za-z]{12}$'),
  organisation_id integer not null references organisations,
  kind text not null check (kind in ('LIVE', 'DEMO', 'SIGN_IN')),
  member_id text,
  name text not null check (length(name) between 1 and 100),
  role text not null check (role in ('ADMIN', 'FINANCE', 'APPROVER', 'AUDITOR', 'INTEGRATOR')),
  scope_accounts text[],
  scope_labels text[],
  hash bytea not null check (length(hash) = 32),
  pepper_id text not null,
  created_at timestamptz not null default now(),
  created_by text not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  replaced_by text references api_keys,
  units_per_minute integer check (units_per_minute > 0),
  foreign key (organisation_id, member_id) references members on delete cascade
);
comment on table api_keys is 'What a key may do. The key itself is nowhere: its keyed hash is.';
comment on column api_keys.key_id is 'The part of the key that is not secret.';
comment on column api_keys.kind is 'DEMO: taken in the sandbox only. SIGN_IN: made for a member, whose role counts.';
comment on column api_keys.hash is 'Never readable by the API''s role, which compares what find_api_key gives it.';
comment on column api_keys.pepper_id is 'Which pepper the hash was made with.';
comment on column api_keys.replaced_by is 'Rotated: it works on until expires_at.';
comment on column api_keys.units_per_minute is 'Null: as the deployment has set it for all.';

create index api_keys_by_organisation on api_keys (organisation_id, created_at desc, key_id);

alter table members enable row level security;
alter table members force row level security;
create policy of_organisation on members to purser_api
  using (organisation_id = current_organisation() and not scope_is_limited())
  with check (organisation_id = current_organisation() and not scope_is_limited());
create policy of_owner on members to current_user using (true) with check (true);

alter table api_keys enable row level security;
alter table api_keys force row level security;
create policy of_organisation on api_keys to purser_api
  using (organisation_id = current_organisation() and not scope_is_limited())
  with check (organisation_id = current_organisation() and not scope_is_limited());
create policy of_owner on api_keys to current_user using (true) with check (true);

grant select, insert, update on members to purser_api;
grant insert on api_keys to purser_api;
grant select (
    key_id, organisation_id, kind, member_id, name, role, scope_accounts, scope_labels, created_at, created_by, expires_at,
    last_used_at, revoked_at, replaced_by, units_per_minute
  ),
  update (name, expires_at, revoked_at, replaced_by)
  on api_keys to purser_api;

-- Who asks is found before any organisation is set, so this passes row-level security: one row, and only by its id.
create function find_api_key(wanted text) returns table (
  key_id text, kind text, name text, hash bytea, pepper_id text, organisation_id integer, organisation_public_id text,
  organisation_name text, role text, scope_accounts text[], scope_labels text[], units_per_minute integer, expires_at timestamptz,
  revoked_at timestamptz, member_id text, member_name text, member_disabled_at timestamptz
) language sql stable security definer set search_path = public, pg_temp
begin atomic
  select k.key_id, k.kind, k.name, k.hash, k.pepper_id, k.organisation_id, o.public_id, o.name,
    coalesce(m.role, k.role),
    case when m.member_id is null then k.scope_accounts else m.scope_accounts end,
    case when m.member_id is null then k.scope_labels else m.scope_labels end,
    k.units_per_minute, k.expires_at, k.revoked_at, m.member_id, m.name, m.disabled_at
  from api_keys k
  join organisations o on o.organisation_id = k.organisation_id
  left join members m on m.organisation_id = k.organisation_id and m.member_id = k.member_id
  where k.key_id = wanted;
end;
comment on function find_api_key is
  'All that admitting a key needs, its hash too. Of a key of a member, role and scope are the member''s as they are now. '
  'Revoked, expired and disabled ones are found as well: the caller says why it refuses.';

create function touch_api_keys(used text[]) returns void language sql security definer set search_path = public, pg_temp
begin atomic
  update api_keys set last_used_at = now()
  where key_id = any (used) and (last_used_at is null or last_used_at < now() - interval '1 minute');
end;
comment on function touch_api_keys is 'Notes that keys were used, to the minute.';

create function notify_access_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('purser_access', to_jsonb(old) ->> tg_argv[0]);
  return null;
end
$$;
comment on function notify_access_change is 'Tells every process that it must no longer remember the key or member.';
create trigger api_keys_notify after delete or update of
    name, role, scope_accounts, scope_labels, hash, expires_at, revoked_at, replaced_by, units_per_minute on api_keys
  for each row execute function notify_access_change('key_id');
create trigger members_notify after update or delete on members
  for each row execute function notify_access_change('member_id');

revoke execute on function find_api_key(text), touch_api_keys(text[]), notify_access_change() from public;
grant execute on function find_api_key(text), touch_api_keys(text[]) to purser_api;
