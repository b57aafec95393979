-- Who changed what: a chain of hashes for each organisation, so that a line that was altered or taken out is found.

create table audit_heads (
  organisation_id integer primary key references organisations,
  sequence bigint not null,
  hash bytea not null
);
comment on table audit_heads is 'Where each chain ends. The row is locked while an entry is added.';

create table audit_entries (
  organisation_id integer not null references organisations,
  sequence bigint not null check (sequence > 0),
  at_text text not null,
  actor_kind text not null check (actor_kind in ('KEY', 'MEMBER', 'HOST', 'SYSTEM')),
  actor_id text not null,
  actor_name text not null,
  action text not null check (action ~ '^[A-Z][A-Z_]+$'),
  object_kind text not null,
  object_id text not null,
  before_text text,
  after_text text,
  request_id text,
  previous_hash bytea not null,
  hash bytea not null check (length(hash) = 32),
  primary key (organisation_id, sequence)
);
comment on table audit_entries is 'Insert only, through audit_append only. Texts are hashed as they stand.';
comment on column audit_entries.at_text is 'ISO 8601 in UTC with microseconds.';
comment on column audit_entries.before_text is 'The object as JSON before the change; null: it was not there.';
comment on column audit_entries.hash is 'audit_hash of previous_hash and of every other column but itself.';

create index audit_entries_by_object on audit_entries (organisation_id, object_kind, object_id, sequence desc);
create index audit_entries_by_actor on audit_entries (organisation_id, actor_id, sequence desc);

create trigger audit_entries_refuse_change before update or delete on audit_entries
  for each row execute function refuse_change();
create trigger audit_entries_refuse_truncate before truncate on audit_entries
  for each statement execute function refuse_change();

create function audit_hash(previous bytea, variadic fields text[]) returns bytea language sql stable parallel safe return (
  select sha256(previous || convert_to(
    string_agg(case when field is null then '-;' else octet_length(field) || ':' || field || ';' end, '' order by place),
    'UTF8'))
  from unnest(fields) with ordinality as listed (field, place)
);
comment on function audit_hash is
  'SHA-256 of the hash before and of every field with its length, so that nothing can move from one field to the next.';

create function audit_append(
  actor_kind text, actor_id text, actor_name text, action text, object_kind text, object_id text, before jsonb, after jsonb,
  request_id text
) returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
  organisation integer := current_organisation();
  head audit_heads;
  place bigint;
  at_text text;
  digest bytea;
begin
  if organisation is null then
    raise exception 'no organisation is set' using errcode = 'insufficient_privilege';
  end if;
  insert into audit_heads (organisation_id, sequence, hash) values (organisation, 0, '\x00') on conflict do nothing;
  select * into head from audit_heads h where h.organisation_id = organisation for update;
  place := head.sequence + 1;
  at_text := to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
  digest := audit_hash(head.hash, organisation::text, place::text, at_text, actor_kind, actor_id, actor_name, action,
    object_kind, object_id, before::text, after::text, request_id);
  insert into audit_entries values (organisation, place, at_text, actor_kind, actor_id, actor_name, action, object_kind,
    object_id, before::text, after::text, request_id, head.hash, digest);
  update audit_heads h set sequence = place, hash = digest where h.organisation_id = organisation;
  return place;
end
$$;
comment on function audit_append is
  'Adds an entry to the chain of the organisation that is set, in the transaction of the change. Answers its sequence.';

alter table audit_heads enable row level security;
alter table audit_heads force row level security;
create policy of_organisation on audit_heads for select to purser_api
  using (organisation_id = current_organisation() and not scope_is_limited());
create policy of_owner on audit_heads to current_user using (true) with check (true);

alter table audit_entries enable row level security;
alter table audit_entries force row level security;
create policy of_organisation on audit_entries for select to purser_api
  using (organisation_id = current_organisation() and not scope_is_limited());
create policy of_owner on audit_entries to current_user using (true) with check (true);

grant select on audit_heads, audit_entries to purser_api;
revoke execute on function
  audit_hash(bytea, text[]),
  audit_append(text, text, text, text, text, text, jsonb, jsonb, text)
  from public;
grant execute on function
  audit_hash(bytea, text[]),
  audit_append(text, text, text, text, text, text, jsonb, jsonb, text)
  to purser_api;
