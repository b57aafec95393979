-- What is left of sign-ins when they ended, and whom a refused one concerns.

create index api_keys_ended_sign_ins on api_keys (least(expires_at, revoked_at)) where kind = 'SIGN_IN';
-- Asked for each key that goes.
create index api_keys_by_replacement on api_keys (replaced_by) where replaced_by is not null;

-- Of every organisation, so past row-level security; a run is bounded, and two at once take different keys.
create function remove_ended_sign_in_keys(most integer) returns integer
  language sql security definer set search_path = public, pg_temp
begin atomic
  with ended as (
    select k.key_id from api_keys k
    where k.kind = 'SIGN_IN' and least(k.expires_at, k.revoked_at) < now() - interval '7 days'
    order by least(k.expires_at, k.revoked_at) limit least(most, 1000) for update skip locked
  ), removed as (
    delete from api_keys k using ended e where k.key_id = e.key_id returning k.key_id
  )
  select count(*)::integer from removed;
end;
comment on function remove_ended_sign_in_keys is
  'Removes keys that sign-ins made and that ended 7 days ago, the oldest first; answers how many. The audit log names them on.';

create function find_organisation(wanted text) returns integer
  language sql stable security definer set search_path = public, pg_temp
begin atomic
  select o.organisation_id from organisations o where o.public_id = wanted;
end;
comment on function find_organisation is 'Which organisation has that public id, for its audit log; null: none.';

revoke execute on function remove_ended_sign_in_keys(integer), find_organisation(text) from public;
grant execute on function remove_ended_sign_in_keys(integer), find_organisation(text) to purser_api;
