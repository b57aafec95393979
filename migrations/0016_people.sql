-- Who comes in without a key of his own: people by tokens of their identity provider, accounts by a signature.

alter table organisations
  add column kind text not null default 'SHARED' check (kind in ('SHARED', 'PERSONAL')),
  add column network_id integer,
  add column account felt,
  add constraint organisations_personal check (
    (kind = 'PERSONAL') = (account is not null) and (account is null) = (network_id is null)
  ),
  add constraint organisations_account_once unique (network_id, account);
comment on column organisations.kind is 'PERSONAL: of one account, whose owner signed in with it. It follows this account and has no other people.';
comment on column organisations.account is 'Of a personal one: whose it is.';

create table sign_in_challenges (
  challenge_id text primary key default 'chl_' || replace(gen_random_uuid()::text, '-', ''),
  network_id integer not null,
  account felt not null,
  service text not null,
  nonce felt not null,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
comment on table sign_in_challenges is
  'What an account was asked to sign. Reached through functions only; taken once, by the row lock of use_challenge.';
comment on column sign_in_challenges.service is 'The origin that it was made for: another one does not take it.';
create index sign_in_challenges_by_account on sign_in_challenges (network_id, account, expires_at);
create index sign_in_challenges_by_expiry on sign_in_challenges (expires_at);

-- One at a time for an account, so that its open ones can be counted.
create function open_challenge(network integer, wanted text, origin text, random_nonce text, most integer)
  returns table (challenge_id text, issued_at timestamptz, expires_at timestamptz)
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('sign-in/' || network || '/' || wanted, 0));
  delete from sign_in_challenges c where c.challenge_id in (
    select o.challenge_id from sign_in_challenges o where o.expires_at < now() - interval '1 hour'
    order by o.expires_at limit 100 for update skip locked);
  if (select count(*) from sign_in_challenges c
      where c.network_id = network and c.account = wanted and c.expires_at > now() and c.used_at is null) >= most then
    return;
  end if;
  return query
    insert into sign_in_challenges (network_id, account, service, nonce, issued_at, expires_at)
    values (network, wanted, origin, random_nonce, date_trunc('second', now()), date_trunc('second', now()) + interval '5 minutes')
    returning sign_in_challenges.challenge_id, sign_in_challenges.issued_at, sign_in_challenges.expires_at;
end
$$;
comment on function open_challenge is 'A challenge of five minutes; no row where the account has as many open as it may.';

create function use_challenge(wanted text, origin text)
  returns table (network_id integer, account text, nonce text, issued_at timestamptz, expires_at timestamptz)
  language sql security definer set search_path = public, pg_temp
begin atomic
  update sign_in_challenges c set used_at = now()
  where c.challenge_id = wanted and c.service = origin and c.used_at is null and c.expires_at > now()
  returning c.network_id, c.account, c.nonce, c.issued_at, c.expires_at;
end;
comment on function use_challenge is 'Takes a challenge, once: whoever comes second gets no row.';

create function give_back_challenge(wanted text) returns void language sql security definer set search_path = public, pg_temp
begin atomic
  update sign_in_challenges set used_at = null where challenge_id = wanted;
end;
comment on function give_back_challenge is 'After one that nobody could judge, because no node answered.';

create function find_memberships_by_account(network integer, wanted text) returns table (
  organisation_id integer, organisation_public_id text, organisation_name text, organisation_kind text,
  member_id text, member_name text, role text, scope_accounts text[], scope_labels text[], disabled_at timestamptz
) language sql stable security definer set search_path = public, pg_temp
begin atomic
  select o.organisation_id, o.public_id, o.name, o.kind, m.member_id, m.name, m.role, m.scope_accounts, m.scope_labels, m.disabled_at
  from members m join organisations o on o.organisation_id = m.organisation_id
  where m.network_id = network and m.account = wanted
  order by o.organisation_id;
end;
comment on function find_memberships_by_account is 'Where an account is a member, for who has shown that it is his.';

create function find_memberships_by_subject(token_issuer text, token_subject text) returns table (
  organisation_id integer, organisation_public_id text, organisation_name text, organisation_kind text,
  member_id text, member_name text, role text, scope_accounts text[], scope_labels text[], disabled_at timestamptz
) language sql stable security definer set search_path = public, pg_temp
begin atomic
  select o.organisation_id, o.public_id, o.name, o.kind, m.member_id, m.name, m.role, m.scope_accounts, m.scope_labels, m.disabled_at
  from members m join organisations o on o.organisation_id = m.organisation_id
  where m.issuer = token_issuer and m.subject = token_subject
  order by o.organisation_id;
end;
comment on function find_memberships_by_subject is 'Where the subject of a token is a member.';

-- The account first, as the indexer does, so that the two never wait for each other.
create function ensure_personal_organisation(network integer, wanted text) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  personal integer;
begin
  insert into accounts (network_id, address, source, status) values (network, wanted, 'WATCH', 'PENDING') on conflict do nothing;
  insert into organisations (name, kind, network_id, account) values (wanted, 'PERSONAL', network, wanted) on conflict do nothing;
  select o.organisation_id into personal from organisations o where o.network_id = network and o.account = wanted;
  insert into members (organisation_id, name, role, network_id, account) values (personal, wanted, 'ADMIN', network, wanted)
    on conflict do nothing;
  insert into follows (organisation_id, network_id, account, source) values (personal, network, wanted, 'SIGN_IN') on conflict do nothing;
end
$$;
comment on function ensure_personal_organisation is
  'The organisation of one account, which follows that account and has its owner as its admin. Only after he has shown who he is.';

-- The kind of the organisation says which rights a role has.
drop function find_api_key(text);
create function find_api_key(wanted text) returns table (
  key_id text, kind text, name text, hash bytea, pepper_id text, organisation_id integer, organisation_public_id text,
  organisation_name text, organisation_kind text, role text, scope_accounts text[], scope_labels text[], units_per_minute integer,
  expires_at timestamptz, revoked_at timestamptz, member_id text, member_name text, member_disabled_at timestamptz
) language sql stable security definer set search_path = public, pg_temp
begin atomic
  select k.key_id, k.kind, k.name, k.hash, k.pepper_id, k.organisation_id, o.public_id, o.name, o.kind,
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

revoke execute on function
  open_challenge(integer, text, text, text, integer), use_challenge(text, text), give_back_challenge(text),
  find_memberships_by_account(integer, text), find_memberships_by_subject(text, text),
  ensure_personal_organisation(integer, text), find_api_key(text)
  from public;
grant execute on function
  open_challenge(integer, text, text, text, integer), use_challenge(text, text), give_back_challenge(text),
  find_memberships_by_account(integer, text), find_memberships_by_subject(text, text),
  ensure_personal_organisation(integer, text), find_api_key(text)
  to purser_api;
