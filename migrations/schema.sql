-- The schema after all migrations, written by scripts/generate.ts from the catalogues. Do not edit.

create domain block_height as bigint
  constraint block_height_is_safe_integer CHECK (VALUE >= 0 AND VALUE <= '9007199254740991'::bigint);

create domain felt as text collate "C"
  constraint felt_is_printed_form CHECK (VALUE ~ '^0x(0|[1-9a-f][0-9a-f]*)$'::text AND length(VALUE) <= 66);

create domain uint256 as numeric(78,0)
  constraint uint256_range CHECK (VALUE >= 0::numeric AND VALUE <= '115792089237316195423570985008687907853269984665640564039457584007913129639935'::numeric);

create domain uint64 as numeric(20,0)
  constraint uint64_range CHECK (VALUE >= 0::numeric AND VALUE <= '18446744073709551615'::numeric);

CREATE OR REPLACE FUNCTION public.add_debits_to_months()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into account_months as kept (network_id, month, account, token, debited, debits)
  select a.network_id,
    (select month_of(b.timestamp_seconds) from blocks b where b.network_id = a.network_id and b.block_hash = a.block_hash),
    a.account, a.token, sum(a.amount), count(*)
  from added a
  group by 1, 2, 3, 4
  order by 1, 2, 3, 4
  on conflict (network_id, month, account, token) do update
    set debited = kept.debited + excluded.debited, debits = kept.debits + excluded.debits;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.add_movements_to_months()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into account_months as kept (network_id, month, account, token, moved, movements, received, receipts)
  select a.network_id,
    (select month_of(b.timestamp_seconds) from blocks b where b.network_id = a.network_id and b.block_hash = a.block_hash),
    a.account, a.token,
    coalesce(sum(a.amount) filter (where a.direction <> 'IN'), 0), count(*) filter (where a.direction <> 'IN'),
    coalesce(sum(a.amount) filter (where a.direction = 'IN'), 0), count(*) filter (where a.direction = 'IN')
  from added a
  group by 1, 2, 3, 4
  order by 1, 2, 3, 4
  on conflict (network_id, month, account, token) do update
    set moved = kept.moved + excluded.moved, movements = kept.movements + excluded.movements,
      received = kept.received + excluded.received, receipts = kept.receipts + excluded.receipts;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.apply_follow_rule(rule text)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.audit_append(actor_kind text, actor_id text, actor_name text, action text, object_kind text, object_id text, before jsonb, after jsonb, request_id text)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.audit_append_all(actor_kind text, actor_id text, actor_name text, entries jsonb, request_id text)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.audit_hash(previous bytea, VARIADIC fields text[])
 RETURNS bytea
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (SELECT sha256((audit_hash.previous || convert_to(string_agg(CASE WHEN (listed.field IS NULL) THEN '-;'::text ELSE (((octet_length(listed.field) || ':'::text) || listed.field) || ';'::text) END, ''::text ORDER BY listed.place), 'UTF8'::name))) AS sha256 FROM unnest(audit_hash.fields) WITH ORDINALITY listed(field, place));

CREATE OR REPLACE FUNCTION public.current_organisation()
 RETURNS integer
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (NULLIF(current_setting('purser.organisation'::text, true), ''::text))::integer;

CREATE OR REPLACE FUNCTION public.ensure_personal_organisation(network integer, wanted text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.fact_checksum(block_hash text, transaction_index integer, event_index integer, transaction_hash text, account text, kind text, session_key text, token text, payload jsonb)
 RETURNS bigint
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select ('x' || encode(substr(sha256(convert_to(
    block_hash || '|' || transaction_index || '|' || event_index || '|' || coalesce(transaction_hash, '') || '|' || account
      || '|' || kind || '|' || coalesce(session_key, '') || '|' || coalesce(token, '') || '|' || payload::text,
    'UTF8')), 1, 8), 'hex'))::bit(64)::bigint
$function$;

CREATE OR REPLACE FUNCTION public.find_api_key(wanted text)
 RETURNS TABLE(key_id text, kind text, name text, hash bytea, pepper_id text, organisation_id integer, organisation_public_id text, organisation_name text, organisation_kind text, role text, scope_accounts text[], scope_labels text[], units_per_minute integer, expires_at timestamp with time zone, revoked_at timestamp with time zone, member_id text, member_name text, member_disabled_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
BEGIN ATOMIC
 SELECT k.key_id,
     k.kind,
     k.name,
     k.hash,
     k.pepper_id,
     k.organisation_id,
     o.public_id,
     o.name,
     o.kind,
     COALESCE(m.role, k.role) AS "coalesce",
         CASE
             WHEN (m.member_id IS NULL) THEN k.scope_accounts
             ELSE m.scope_accounts
         END AS scope_accounts,
         CASE
             WHEN (m.member_id IS NULL) THEN k.scope_labels
             ELSE m.scope_labels
         END AS scope_labels,
     k.units_per_minute,
     k.expires_at,
     k.revoked_at,
     m.member_id,
     m.name,
     m.disabled_at
    FROM ((api_keys k
      JOIN organisations o ON ((o.organisation_id = k.organisation_id)))
      LEFT JOIN members m ON (((m.organisation_id = k.organisation_id) AND (m.member_id = k.member_id))))
   WHERE (k.key_id = find_api_key.wanted);
END;

CREATE OR REPLACE FUNCTION public.find_export_link(hash bytea)
 RETURNS TABLE(organisation_id integer, export_id text, network_id integer, format text, filter jsonb, scope jsonb, created_by text, creator_name text, expires_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
BEGIN ATOMIC
 SELECT e.organisation_id,
     e.export_id,
     e.network_id,
     e.format,
     e.filter,
     e.scope,
     e.created_by,
     e.creator_name,
     e.expires_at
    FROM exports e
   WHERE ((e.token_hash = find_export_link.hash) AND (e.revoked_at IS NULL) AND (e.expires_at > now()) AND (NOT (EXISTS ( SELECT
            FROM api_keys k
           WHERE ((k.key_id = e.created_by) AND ((k.revoked_at IS NOT NULL) OR (k.expires_at <= now())))))));
END;

CREATE OR REPLACE FUNCTION public.find_memberships_by_account(network integer, wanted text)
 RETURNS TABLE(organisation_id integer, organisation_public_id text, organisation_name text, organisation_kind text, member_id text, member_name text, role text, scope_accounts text[], scope_labels text[], disabled_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
BEGIN ATOMIC
 SELECT o.organisation_id,
     o.public_id,
     o.name,
     o.kind,
     m.member_id,
     m.name,
     m.role,
     m.scope_accounts,
     m.scope_labels,
     m.disabled_at
    FROM (members m
      JOIN organisations o ON ((o.organisation_id = m.organisation_id)))
   WHERE ((m.network_id = find_memberships_by_account.network) AND ((m.account)::text = find_memberships_by_account.wanted))
   ORDER BY o.organisation_id;
END;

CREATE OR REPLACE FUNCTION public.find_memberships_by_subject(token_issuer text, token_subject text)
 RETURNS TABLE(organisation_id integer, organisation_public_id text, organisation_name text, organisation_kind text, member_id text, member_name text, role text, scope_accounts text[], scope_labels text[], disabled_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
BEGIN ATOMIC
 SELECT o.organisation_id,
     o.public_id,
     o.name,
     o.kind,
     m.member_id,
     m.name,
     m.role,
     m.scope_accounts,
     m.scope_labels,
     m.disabled_at
    FROM (members m
      JOIN organisations o ON ((o.organisation_id = m.organisation_id)))
   WHERE ((m.issuer = find_memberships_by_subject.token_issuer) AND (m.subject = find_memberships_by_subject.token_subject))
   ORDER BY o.organisation_id;
END;

CREATE OR REPLACE FUNCTION public.find_organisation(wanted text)
 RETURNS integer
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
BEGIN ATOMIC
 SELECT o.organisation_id
    FROM organisations o
   WHERE (o.public_id = find_organisation.wanted);
END;

CREATE OR REPLACE FUNCTION public.follow_class()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.follow_deployed()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.follow_everything()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.give_back_challenge(wanted text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
BEGIN ATOMIC
 UPDATE sign_in_challenges SET used_at = NULL::timestamp with time zone
   WHERE (sign_in_challenges.challenge_id = give_back_challenge.wanted);
END;

CREATE OR REPLACE FUNCTION public.month_of(seconds numeric)
 RETURNS date
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (date_trunc('month'::text, (to_timestamp((LEAST(seconds, ('253402300799'::bigint)::numeric))::double precision) AT TIME ZONE 'UTC'::text)))::date;

CREATE OR REPLACE FUNCTION public.notify_access_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('purser_access', to_jsonb(old) ->> tg_argv[0]);
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.notify_cursor()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('purser_cursor', new.network_id::text);
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.open_challenge(network integer, wanted text, origin text, random_nonce text, most integer)
 RETURNS TABLE(challenge_id text, issued_at timestamp with time zone, expires_at timestamp with time zone)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is insert only: % refused', tg_table_name, tg_op
    using errcode = 'restrict_violation';
end
$function$;

CREATE OR REPLACE FUNCTION public.remove_ended_sign_in_keys(most integer)
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
BEGIN ATOMIC
 WITH ended AS (
          SELECT k.key_id
            FROM api_keys k
           WHERE ((k.kind = 'SIGN_IN'::text) AND (LEAST(k.expires_at, k.revoked_at) < (now() - '7 days'::interval)))
           ORDER BY LEAST(k.expires_at, k.revoked_at)
          LIMIT LEAST(remove_ended_sign_in_keys.most, 1000)
          FOR UPDATE OF k SKIP LOCKED
         ), removed AS (
          DELETE FROM api_keys k
            USING ended e
           WHERE (k.key_id = e.key_id)
           RETURNING k.key_id
         )
  SELECT (count(*))::integer AS count
    FROM removed;
END;

CREATE OR REPLACE FUNCTION public.request_accounts(network integer, wanted text[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.scope_is_limited()
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (COALESCE(current_setting('purser.scope'::text, true), ''::text) <> ''::text);

CREATE OR REPLACE FUNCTION public.scope_list(setting text)
 RETURNS text[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (COALESCE(NULLIF(current_setting(setting, true), ''::text), '{}'::text))::text[];

CREATE OR REPLACE FUNCTION public.take_debits_from_months()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  with taken as materialized (
    select r.network_id,
      (select month_of(b.timestamp_seconds) from blocks b where b.network_id = r.network_id and b.block_hash = r.block_hash) as month,
      r.account, r.token, sum(r.amount) as debited, count(*) as debits
    from removed r
    group by 1, 2, 3, 4
  ), emptied as (
    delete from account_months kept using taken t
    where kept.network_id = t.network_id and kept.month = t.month and kept.account = t.account and kept.token = t.token
      and kept.debits = t.debits and kept.movements = 0 and kept.receipts = 0
  )
  update account_months kept set debited = kept.debited - t.debited, debits = kept.debits - t.debits
  from taken t
  where kept.network_id = t.network_id and kept.month = t.month and kept.account = t.account and kept.token = t.token
    and not (kept.debits = t.debits and kept.movements = 0 and kept.receipts = 0);
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.take_movements_from_months()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  with taken as materialized (
    select r.network_id,
      (select month_of(b.timestamp_seconds) from blocks b where b.network_id = r.network_id and b.block_hash = r.block_hash) as month,
      r.account, r.token,
      coalesce(sum(r.amount) filter (where r.direction <> 'IN'), 0) as moved,
      count(*) filter (where r.direction <> 'IN') as movements,
      coalesce(sum(r.amount) filter (where r.direction = 'IN'), 0) as received,
      count(*) filter (where r.direction = 'IN') as receipts
    from removed r
    group by 1, 2, 3, 4
  ), emptied as (
    delete from account_months kept using taken t
    where kept.network_id = t.network_id and kept.month = t.month and kept.account = t.account and kept.token = t.token
      and kept.debits = 0 and kept.movements = t.movements and kept.receipts = t.receipts
  )
  update account_months kept
  set moved = kept.moved - t.moved, movements = kept.movements - t.movements,
    received = kept.received - t.received, receipts = kept.receipts - t.receipts
  from taken t
  where kept.network_id = t.network_id and kept.month = t.month and kept.account = t.account and kept.token = t.token
    and not (kept.debits = 0 and kept.movements = t.movements and kept.receipts = t.receipts);
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.take_units(who text, per_minute integer, cost double precision, wanted double precision, held double precision, at_time timestamp with time zone)
 RETURNS TABLE(granted double precision, remaining double precision)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  known_units double precision;
  known_at timestamptz;
  is_new boolean;
  moment timestamptz;
  there double precision;
  given double precision := 0;
begin
  insert into rate_leases as l (principal, units, filled_at) values (who, per_minute, coalesce(at_time, clock_timestamp()))
    on conflict (principal) do update set units = l.units
    returning l.units, l.filled_at, l.xmax = 0 into known_units, known_at, is_new;
  -- After the lock was waited for.
  moment := coalesce(at_time, clock_timestamp());
  there := least(
    per_minute - greatest(held, 0),
    known_units + greatest(extract(epoch from moment - known_at)::double precision, 0) * per_minute / 60);
  -- Sums of fractions are not exact.
  if there + held >= least(cost, per_minute) - 0.000001 then
    given := greatest(cost - held, least(there, wanted));
  end if;
  update rate_leases l set units = there - given, filled_at = moment where l.principal = who;
  if is_new then
    -- A row that nobody touched for an hour is full, which is what no row says too.
    delete from rate_leases l where l.principal in (
      select o.principal from rate_leases o where o.filled_at < moment - interval '1 hour' and o.units >= 0
      limit 100 for update skip locked);
  end if;
  return query select given, there - given;
end
$function$;

CREATE OR REPLACE FUNCTION public.tally_facts()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into fact_tallies as tally (network_id, block_hash, block_number, fact_count, checksum)
  select network_id, block_hash, block_number, count(*),
    sum(fact_checksum(block_hash, transaction_index, event_index, transaction_hash, account, kind, session_key, token, payload))
  from added
  group by network_id, block_hash, block_number
  order by network_id, block_hash
  on conflict (network_id, block_hash) do update
    set fact_count = tally.fact_count + excluded.fact_count,
      checksum = tally.checksum + excluded.checksum,
      changed_in = pg_current_xact_id();
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.touch_api_keys(used text[])
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
BEGIN ATOMIC
 UPDATE api_keys SET last_used_at = now()
   WHERE ((api_keys.key_id = ANY (touch_api_keys.used)) AND ((api_keys.last_used_at IS NULL) OR (api_keys.last_used_at < (now() - '00:01:00'::interval))));
END;

CREATE OR REPLACE FUNCTION public.use_challenge(wanted text, origin text)
 RETURNS TABLE(network_id integer, account text, nonce text, issued_at timestamp with time zone, expires_at timestamp with time zone)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
BEGIN ATOMIC
 UPDATE sign_in_challenges c SET used_at = now()
   WHERE ((c.challenge_id = use_challenge.wanted) AND (c.service = use_challenge.origin) AND (c.used_at IS NULL) AND (c.expires_at > now()))
   RETURNING c.network_id,
     c.account,
     c.nonce,
     c.issued_at,
     c.expires_at;
END;

create table account_months (
  network_id integer not null,
  month date not null,
  account felt not null,
  token felt not null,
  debited numeric default 0 not null,
  debits bigint default 0 not null,
  moved numeric default 0 not null,
  movements bigint default 0 not null,
  received numeric default 0 not null,
  receipts bigint default 0 not null,
  constraint account_months_pkey PRIMARY KEY (network_id, month, account, token)
);
grant select on account_months to purser_api;
grant delete, insert, select, update on account_months to purser_indexer;

create table account_versions (
  network_id integer not null,
  account felt not null,
  valid_from_block block_height not null,
  valid_to_block block_height,
  class_hash felt,
  public_key felt,
  signature_mode smallint,
  constraint account_versions_pkey PRIMARY KEY (network_id, account, valid_from_block),
  constraint account_versions_not_empty CHECK (valid_to_block::bigint > valid_from_block::bigint)
);
CREATE INDEX account_versions_by_start ON public.account_versions USING btree (network_id, valid_from_block);
CREATE UNIQUE INDEX account_versions_current ON public.account_versions USING btree (network_id, account) WHERE (valid_to_block IS NULL);
CREATE TRIGGER account_versions_follow AFTER INSERT ON account_versions FOR EACH ROW WHEN (new.valid_to_block IS NULL AND new.class_hash IS NOT NULL) EXECUTE FUNCTION follow_class();
grant select on account_versions to purser_api;
grant delete, insert, select, update on account_versions to purser_indexer;

create table accounts (
  network_id integer not null,
  address felt not null,
  source text not null,
  label text,
  status text not null,
  reason_code text,
  requested_at timestamp with time zone default now() not null,
  followed_from_block block_height,
  attempts integer default 0 not null,
  next_try_at timestamp with time zone default now() not null,
  attribution text default 'EXACT'::text not null,
  recorded_from_block block_height,
  constraint accounts_pkey PRIMARY KEY (network_id, address),
  constraint accounts_network_id_fkey FOREIGN KEY (network_id) REFERENCES networks(network_id),
  constraint accounts_attribution_check CHECK (attribution = ANY (ARRAY['EXACT'::text, 'QUARANTINED'::text])),
  constraint accounts_source_check CHECK (source = ANY (ARRAY['WATCH'::text, 'DISCOVERY'::text, 'READ'::text])),
  constraint accounts_status_check CHECK (status = ANY (ARRAY['PENDING'::text, 'FOLLOWED'::text, 'REJECTED'::text]))
);
CREATE INDEX accounts_pending ON public.accounts USING btree (network_id, next_try_at) WHERE (status = 'PENDING'::text);
CREATE INDEX accounts_rejected ON public.accounts USING btree (network_id, next_try_at) WHERE (status = 'REJECTED'::text);
CREATE TRIGGER accounts_follow AFTER INSERT ON accounts REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION follow_everything();
alter table accounts enable row level security;
create policy of_followers on accounts for select to purser_api
  using (EXISTS ( SELECT
   FROM follows f
  WHERE f.network_id = accounts.network_id AND f.account::text = accounts.address::text));
create policy of_indexer on accounts to purser_indexer
  using true
  with check true;
grant select on accounts to purser_api;
grant delete, insert, select, update on accounts to purser_indexer;

create table alerts (
  network_id integer not null,
  alert_id text not null,
  sequence bigint generated always as identity not null,
  kind text not null,
  account felt not null,
  session_key felt,
  token felt,
  block_number block_height not null,
  block_hash felt not null,
  retracts_alert_id text,
  payload jsonb not null,
  created_at timestamp with time zone default now() not null,
  constraint alerts_pkey PRIMARY KEY (network_id, alert_id),
  constraint alerts_network_id_fkey FOREIGN KEY (network_id) REFERENCES networks(network_id),
  constraint alerts_kind_check CHECK (kind ~ '^[A-Za-z][A-Za-z_.]*$'::text)
);
CREATE INDEX alerts_by_account ON public.alerts USING btree (network_id, account, sequence);
CREATE INDEX alerts_by_block ON public.alerts USING btree (network_id, block_number);
CREATE UNIQUE INDEX alerts_sequence ON public.alerts USING btree (sequence);
grant delete, insert, select, update on alerts to purser_indexer;

create table api_keys (
  key_id text not null,
  organisation_id integer not null,
  kind text not null,
  member_id text,
  name text not null,
  role text not null,
  scope_accounts text[],
  scope_labels text[],
  hash bytea not null,
  pepper_id text not null,
  created_at timestamp with time zone default now() not null,
  created_by text not null,
  expires_at timestamp with time zone,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  replaced_by text,
  units_per_minute integer,
  constraint api_keys_pkey PRIMARY KEY (key_id),
  constraint api_keys_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(organisation_id),
  constraint api_keys_organisation_id_member_id_fkey FOREIGN KEY (organisation_id, member_id) REFERENCES members(organisation_id, member_id) ON DELETE CASCADE,
  constraint api_keys_replaced_by_fkey FOREIGN KEY (replaced_by) REFERENCES api_keys(key_id),
  constraint api_keys_hash_check CHECK (length(hash) = 32),
  constraint api_keys_key_id_check CHECK (key_id ~ '^[0-9A-Za-z]{12}$'::text),
  constraint api_keys_kind_check CHECK (kind = ANY (ARRAY['LIVE'::text, 'DEMO'::text, 'SIGN_IN'::text])),
  constraint api_keys_name_check CHECK (length(name) >= 1 AND length(name) <= 100),
  constraint api_keys_role_check CHECK (role = ANY (ARRAY['ADMIN'::text, 'FINANCE'::text, 'APPROVER'::text, 'AUDITOR'::text, 'INTEGRATOR'::text])),
  constraint api_keys_units_per_minute_check CHECK (units_per_minute > 0)
);
CREATE INDEX api_keys_by_organisation ON public.api_keys USING btree (organisation_id, created_at DESC, key_id);
CREATE INDEX api_keys_by_replacement ON public.api_keys USING btree (replaced_by) WHERE (replaced_by IS NOT NULL);
CREATE INDEX api_keys_ended_sign_ins ON public.api_keys USING btree (LEAST(expires_at, revoked_at)) WHERE (kind = 'SIGN_IN'::text);
CREATE TRIGGER api_keys_notify AFTER DELETE OR UPDATE OF name, role, scope_accounts, scope_labels, hash, expires_at, revoked_at, replaced_by, units_per_minute ON api_keys FOR EACH ROW EXECUTE FUNCTION notify_access_change('key_id');
alter table api_keys enable row level security;
alter table api_keys force row level security;
create policy of_organisation on api_keys to purser_api
  using organisation_id = current_organisation() AND NOT scope_is_limited()
  with check organisation_id = current_organisation() AND NOT scope_is_limited();
create policy of_owner on api_keys to current_user
  using true
  with check true;
grant insert, select (key_id, organisation_id, kind, member_id, name, role, scope_accounts, scope_labels, created_at, created_by, expires_at, last_used_at, revoked_at, replaced_by, units_per_minute), update (name, expires_at, revoked_at, replaced_by) on api_keys to purser_api;

create table approvals (
  network_id integer not null,
  account felt not null,
  block_number block_height not null,
  transaction_index integer not null,
  use_index integer not null,
  call_index integer not null,
  session_key felt not null,
  token felt not null,
  spender felt not null,
  constraint approvals_pkey PRIMARY KEY (network_id, account, block_number, transaction_index, use_index, call_index),
  constraint approvals_call_index_check CHECK (call_index >= 0),
  constraint approvals_transaction_index_check CHECK (transaction_index >= 0),
  constraint approvals_use_index_check CHECK (use_index >= 0)
);
CREATE INDEX approvals_by_block ON public.approvals USING btree (network_id, block_number);
CREATE INDEX approvals_by_spender ON public.approvals USING btree (network_id, account, session_key, token, spender);
grant select on approvals to purser_api;
grant delete, insert, select, update on approvals to purser_indexer;

create table audit_entries (
  organisation_id integer not null,
  sequence bigint not null,
  at_text text not null,
  actor_kind text not null,
  actor_id text not null,
  actor_name text not null,
  action text not null,
  object_kind text not null,
  object_id text not null,
  before_text text,
  after_text text,
  request_id text,
  previous_hash bytea not null,
  hash bytea not null,
  constraint audit_entries_pkey PRIMARY KEY (organisation_id, sequence),
  constraint audit_entries_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(organisation_id),
  constraint audit_entries_action_check CHECK (action ~ '^[A-Z][A-Z_]+$'::text),
  constraint audit_entries_actor_kind_check CHECK (actor_kind = ANY (ARRAY['KEY'::text, 'MEMBER'::text, 'HOST'::text, 'SYSTEM'::text])),
  constraint audit_entries_hash_check CHECK (length(hash) = 32),
  constraint audit_entries_sequence_check CHECK (sequence > 0)
);
CREATE INDEX audit_entries_by_actor ON public.audit_entries USING btree (organisation_id, actor_id, sequence DESC);
CREATE INDEX audit_entries_by_object ON public.audit_entries USING btree (organisation_id, object_kind, object_id, sequence DESC);
CREATE TRIGGER audit_entries_refuse_change BEFORE DELETE OR UPDATE ON audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entries_refuse_truncate BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
alter table audit_entries enable row level security;
alter table audit_entries force row level security;
create policy of_organisation on audit_entries for select to purser_api
  using organisation_id = current_organisation() AND NOT scope_is_limited();
create policy of_owner on audit_entries to current_user
  using true
  with check true;
grant select on audit_entries to purser_api;

create table audit_heads (
  organisation_id integer not null,
  sequence bigint not null,
  hash bytea not null,
  constraint audit_heads_pkey PRIMARY KEY (organisation_id),
  constraint audit_heads_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(organisation_id)
);
alter table audit_heads enable row level security;
alter table audit_heads force row level security;
create policy of_organisation on audit_heads for select to purser_api
  using organisation_id = current_organisation() AND NOT scope_is_limited();
create policy of_owner on audit_heads to current_user
  using true
  with check true;
grant select on audit_heads to purser_api;

create table backfill_jobs (
  job_id bigint generated always as identity not null,
  network_id integer not null,
  account felt not null,
  from_block block_height not null,
  every_block boolean default false not null,
  state text default 'QUEUED'::text not null,
  reason_code text,
  calls_made bigint default 0 not null,
  calls_left bigint,
  calls_per_second double precision,
  blocks_read bigint default 0 not null,
  covered_to block_height,
  search jsonb,
  attempts integer default 0 not null,
  next_try_at timestamp with time zone default now() not null,
  requested_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  finished_at timestamp with time zone,
  constraint backfill_jobs_pkey PRIMARY KEY (job_id),
  constraint backfill_jobs_network_id_fkey FOREIGN KEY (network_id) REFERENCES networks(network_id),
  constraint backfill_jobs_blocks_read_check CHECK (blocks_read >= 0),
  constraint backfill_jobs_calls_left_check CHECK (calls_left >= 0),
  constraint backfill_jobs_calls_made_check CHECK (calls_made >= 0),
  constraint backfill_jobs_finished CHECK ((finished_at IS NULL) = (state = ANY (ARRAY['QUEUED'::text, 'RUNNING'::text]))),
  constraint backfill_jobs_state_check CHECK (state = ANY (ARRAY['QUEUED'::text, 'RUNNING'::text, 'DONE'::text, 'INCOMPLETE'::text, 'CANCELLED'::text]))
);
CREATE INDEX backfill_jobs_by_account ON public.backfill_jobs USING btree (network_id, account, job_id);
CREATE UNIQUE INDEX backfill_jobs_open ON public.backfill_jobs USING btree (network_id, account) WHERE (finished_at IS NULL);
alter table backfill_jobs enable row level security;
create policy of_followers on backfill_jobs for select to purser_api
  using (EXISTS ( SELECT
   FROM follows f
  WHERE f.network_id = backfill_jobs.network_id AND f.account::text = backfill_jobs.account::text));
create policy of_indexer on backfill_jobs to purser_indexer
  using true
  with check true;
grant select on backfill_jobs to purser_api;
grant delete, insert, select, update on backfill_jobs to purser_indexer;

create table blocks (
  network_id integer not null,
  block_hash felt not null,
  block_number block_height not null,
  parent_hash felt not null,
  timestamp_seconds uint64 not null,
  finality text not null,
  canonical boolean not null,
  constraint blocks_pkey PRIMARY KEY (network_id, block_hash),
  constraint blocks_network_id_fkey FOREIGN KEY (network_id) REFERENCES networks(network_id),
  constraint blocks_finality CHECK (finality = ANY (ARRAY['ACCEPTED_ON_L2'::text, 'ACCEPTED_ON_L1'::text]))
);
CREATE UNIQUE INDEX blocks_canonical_number ON public.blocks USING btree (network_id, block_number) WHERE canonical;
CREATE INDEX blocks_canonical_timestamp ON public.blocks USING btree (network_id, timestamp_seconds, block_number) WHERE canonical;
CREATE INDEX blocks_not_final ON public.blocks USING btree (network_id, block_number) WHERE (canonical AND (finality = 'ACCEPTED_ON_L2'::text));
grant select on blocks to purser_api;
grant delete, insert, select, update on blocks to purser_indexer;

create table classes (
  network_id integer not null,
  class_hash felt not null,
  capabilities jsonb not null,
  probed_at timestamp with time zone default now() not null,
  constraint classes_pkey PRIMARY KEY (network_id, class_hash),
  constraint classes_network_id_fkey FOREIGN KEY (network_id) REFERENCES networks(network_id)
);
grant select on classes to purser_api;
grant delete, insert, select, update on classes to purser_indexer;

create table coverage (
  network_id integer not null,
  account felt not null,
  kind text not null,
  from_block block_height not null,
  to_block block_height,
  constraint coverage_pkey PRIMARY KEY (network_id, account, kind, from_block),
  constraint coverage_network_id_fkey FOREIGN KEY (network_id) REFERENCES networks(network_id),
  constraint coverage_kind_check CHECK (kind = ANY (ARRAY['EVENTS'::text, 'STATE'::text])),
  constraint coverage_not_empty CHECK (to_block::bigint >= from_block::bigint)
);
CREATE UNIQUE INDEX coverage_open_range ON public.coverage USING btree (network_id, account, kind) WHERE (to_block IS NULL);
grant select on coverage to purser_api;
grant delete, insert, select, update on coverage to purser_indexer;

create table cursors (
  network_id integer not null,
  block_number block_height not null,
  block_hash felt not null,
  updated_at timestamp with time zone default now() not null,
  generation integer default 0 not null,
  constraint cursors_pkey PRIMARY KEY (network_id),
  constraint cursors_block FOREIGN KEY (network_id, block_hash) REFERENCES blocks(network_id, block_hash),
  constraint cursors_network_id_fkey FOREIGN KEY (network_id) REFERENCES networks(network_id)
);
CREATE TRIGGER cursors_notify AFTER INSERT OR UPDATE OF block_hash ON cursors FOR EACH ROW EXECUTE FUNCTION notify_cursor();
grant select on cursors to purser_api;
grant delete, insert, select, update on cursors to purser_indexer;

create table dead_letters (
  network_id integer not null,
  block_hash felt not null,
  transaction_index integer not null,
  event_index integer not null,
  block_number block_height not null,
  transaction_hash felt,
  account felt not null,
  code text not null,
  reason text not null,
  raw jsonb not null,
  recorded_at timestamp with time zone default now() not null,
  constraint dead_letters_pkey PRIMARY KEY (network_id, block_number, transaction_index, event_index, account, block_hash),
  constraint dead_letters_event_index_check CHECK (event_index >= 0),
  constraint dead_letters_transaction_index_check CHECK (transaction_index >= 0)
);
CREATE INDEX dead_letters_by_account ON public.dead_letters USING btree (network_id, account, block_number);
alter table dead_letters enable row level security;
create policy of_followers on dead_letters for select to purser_api
  using (EXISTS ( SELECT
   FROM follows f
  WHERE f.network_id = dead_letters.network_id AND f.account::text = dead_letters.account::text));
create policy of_indexer on dead_letters to purser_indexer
  using true
  with check true;
grant select on dead_letters to purser_api;
grant delete, insert, select, update on dead_letters to purser_indexer;

create table debits (
  network_id integer not null,
  account felt not null,
  block_number block_height not null,
  transaction_index integer not null,
  use_index integer not null,
  call_index integer not null,
  block_hash felt not null,
  transaction_hash felt not null,
  session_key felt not null,
  token felt not null,
  selector felt not null,
  counterparty felt not null,
  amount uint256 not null,
  spent_before uint256 not null,
  spent_after uint256 not null,
  window_start_seconds uint64 not null,
  window_started boolean not null,
  cause text not null,
  moved_amount uint256 not null,
  constraint debits_pkey PRIMARY KEY (network_id, account, block_number, transaction_index, use_index, call_index),
  constraint debits_call_index_check CHECK (call_index >= 0),
  constraint debits_cause_check CHECK (cause = ANY (ARRAY['MATCHED'::text, 'SELF_TRANSFER'::text, 'APPROVE_ONLY'::text, 'FAILED_INNER_CALL'::text, 'ZERO_AMOUNT'::text, 'NOT_STANDARD_TRANSFER'::text, 'NO_TRANSFER_SEEN'::text])),
  constraint debits_transaction_index_check CHECK (transaction_index >= 0),
  constraint debits_use_index_check CHECK (use_index >= 0)
);
CREATE INDEX debits_by_block ON public.debits USING btree (network_id, block_number);
CREATE INDEX debits_by_cause ON public.debits USING btree (network_id, account, cause, block_number, transaction_index, use_index, call_index);
CREATE INDEX debits_by_session ON public.debits USING btree (network_id, account, session_key, block_number, transaction_index, use_index, call_index);
CREATE INDEX debits_by_token ON public.debits USING btree (network_id, account, token, block_number, transaction_index, use_index, call_index);
CREATE INDEX debits_by_transaction ON public.debits USING hash (transaction_hash);
CREATE TRIGGER debits_add_to_months AFTER INSERT ON debits REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION add_debits_to_months();
CREATE TRIGGER debits_take_from_months AFTER DELETE ON debits REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION take_debits_from_months();
CREATE TRIGGER debits_update_1_add AFTER UPDATE ON debits REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION add_debits_to_months();
CREATE TRIGGER debits_update_2_take AFTER UPDATE ON debits REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION take_debits_from_months();
grant select on debits to purser_api;
grant delete, insert, select, update on debits to purser_indexer;

create table deployer_searches (
  network_id integer not null,
  deployer felt not null,
  searched_to block_height not null,
  constraint deployer_searches_pkey PRIMARY KEY (network_id, deployer)
);
grant delete, insert, select, update on deployer_searches to purser_indexer;

create table deployments (
  network_id integer not null,
  account felt not null,
  deployer felt not null,
  block_number block_height not null,
  constraint deployments_pkey PRIMARY KEY (network_id, account)
);
CREATE INDEX deployments_by_deployer ON public.deployments USING btree (network_id, deployer, account);
CREATE TRIGGER deployments_follow AFTER INSERT ON deployments REFERENCING NEW TABLE AS deployed FOR EACH STATEMENT EXECUTE FUNCTION follow_deployed();
grant delete, insert, select, update on deployments to purser_indexer;

create table exports (
  organisation_id integer not null,
  export_id text default ('exp_'::text || replace((gen_random_uuid())::text, '-'::text, ''::text)) not null,
  network_id integer not null,
  format text not null,
  filter jsonb not null,
  scope jsonb,
  token_hash bytea not null,
  created_by text not null,
  creator_name text not null,
  created_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  constraint exports_pkey PRIMARY KEY (organisation_id, export_id),
  constraint exports_token_hash_key UNIQUE (token_hash),
  constraint exports_network_id_fkey FOREIGN KEY (network_id) REFERENCES networks(network_id),
  constraint exports_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(organisation_id),
  constraint exports_end CHECK (expires_at <= (created_at + '7 days'::interval)),
  constraint exports_format_check CHECK (format = ANY (ARRAY['CSV'::text, 'JSONL'::text])),
  constraint exports_token_hash_check CHECK (length(token_hash) = 32)
);
CREATE INDEX exports_by_creation ON public.exports USING btree (organisation_id, created_at, export_id);
CREATE INDEX exports_by_end ON public.exports USING btree (organisation_id, expires_at, export_id);
CREATE INDEX exports_of_maker_by_creation ON public.exports USING btree (organisation_id, created_by, created_at, export_id);
CREATE INDEX exports_of_maker_by_end ON public.exports USING btree (organisation_id, created_by, expires_at, export_id);
alter table exports enable row level security;
alter table exports force row level security;
create policy of_organisation on exports to purser_api
  using organisation_id = current_organisation()
  with check organisation_id = current_organisation();
create policy of_owner on exports to current_user
  using true
  with check true;
grant insert, select (organisation_id, export_id, network_id, format, filter, scope, created_by, creator_name, created_at, expires_at, revoked_at), update (revoked_at) on exports to purser_api;

create table fact_tallies (
  network_id integer not null,
  block_hash felt not null,
  block_number block_height not null,
  fact_count bigint not null,
  checksum numeric not null,
  changed_in xid8 default pg_current_xact_id() not null,
  constraint fact_tallies_pkey PRIMARY KEY (network_id, block_hash),
  constraint fact_tallies_fact_count_check CHECK (fact_count > 0)
);
CREATE INDEX fact_tallies_by_block ON public.fact_tallies USING btree (network_id, block_number);
grant select on fact_tallies to purser_api;
grant delete, insert, select, update on fact_tallies to purser_indexer;

create table facts (
  network_id integer not null,
  block_hash felt not null,
  transaction_index integer not null,
  event_index integer not null,
  block_number block_height not null,
  transaction_hash felt,
  account felt not null,
  kind text not null,
  session_key felt,
  token felt,
  payload jsonb not null,
  constraint facts_pkey PRIMARY KEY (network_id, block_number, transaction_index, event_index, account, block_hash),
  constraint facts_event_index_check CHECK (event_index >= 0),
  constraint facts_kind_check CHECK (kind ~ '^[A-Z][A-Za-z]*$'::text),
  constraint facts_transaction_index_check CHECK (transaction_index >= 0)
);
CREATE INDEX facts_by_account ON public.facts USING btree (network_id, account, block_number);
CREATE TRIGGER facts_refuse_change BEFORE DELETE OR UPDATE ON facts FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER facts_refuse_truncate BEFORE TRUNCATE ON facts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER facts_tally AFTER INSERT ON facts REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION tally_facts();
grant select on facts to purser_api;
grant delete, insert, select, update on facts to purser_indexer;

create table follow_rules (
  organisation_id integer not null,
  rule_id bigint generated always as identity not null,
  network_id integer,
  kind text not null,
  class_hash felt,
  label text,
  team text,
  cost_centre text,
  created_at timestamp with time zone default now() not null,
  public_id text default ('rule_'::text || replace((gen_random_uuid())::text, '-'::text, ''::text)) not null,
  deployer felt,
  constraint follow_rules_pkey PRIMARY KEY (organisation_id, rule_id),
  constraint follow_rules_public_id_key UNIQUE (public_id),
  constraint follow_rules_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(organisation_id),
  constraint follow_rules_class CHECK ((kind = 'CLASS'::text) = (class_hash IS NOT NULL)),
  constraint follow_rules_cost_centre_check CHECK (length(cost_centre) >= 1 AND length(cost_centre) <= 100),
  constraint follow_rules_deployer CHECK ((kind = 'DEPLOYER'::text) = (deployer IS NOT NULL)),
  constraint follow_rules_kind_check CHECK (kind = ANY (ARRAY['EVERYTHING'::text, 'CLASS'::text, 'DEPLOYER'::text])),
  constraint follow_rules_label_check CHECK (length(label) >= 1 AND length(label) <= 200),
  constraint follow_rules_team_check CHECK (length(team) >= 1 AND length(team) <= 100)
);
CREATE INDEX follow_rules_by_kind ON public.follow_rules USING btree (kind, class_hash, deployer);
alter table follow_rules enable row level security;
alter table follow_rules force row level security;
create policy of_indexer on follow_rules for select to purser_indexer
  using true;
create policy of_organisation on follow_rules to purser_api
  using organisation_id = current_organisation() AND NOT scope_is_limited()
  with check organisation_id = current_organisation() AND NOT scope_is_limited();
create policy of_owner on follow_rules to current_user
  using true
  with check true;
grant delete, insert, select, update on follow_rules to purser_api;
grant select on follow_rules to purser_indexer;

create table follows (
  organisation_id integer not null,
  network_id integer not null,
  account felt not null,
  label text,
  team text,
  cost_centre text,
  source text not null,
  added_at timestamp with time zone default now() not null,
  constraint follows_pkey PRIMARY KEY (organisation_id, network_id, account),
  constraint follows_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(organisation_id),
  constraint follows_cost_centre_check CHECK (length(cost_centre) >= 1 AND length(cost_centre) <= 100),
  constraint follows_label_check CHECK (length(label) >= 1 AND length(label) <= 200),
  constraint follows_source_check CHECK (source = ANY (ARRAY['ADDED'::text, 'IMPORT'::text, 'RULE'::text, 'READ'::text, 'SIGN_IN'::text])),
  constraint follows_team_check CHECK (length(team) >= 1 AND length(team) <= 100)
);
CREATE INDEX follows_by_account ON public.follows USING btree (network_id, account);
CREATE INDEX follows_by_cost_centre ON public.follows USING btree (organisation_id, network_id, cost_centre, account);
CREATE INDEX follows_by_label ON public.follows USING btree (organisation_id, network_id, label, account);
CREATE INDEX follows_by_team ON public.follows USING btree (organisation_id, network_id, team, account);
alter table follows enable row level security;
alter table follows force row level security;
create policy of_indexer on follows for select to purser_indexer
  using true;
create policy of_organisation on follows to purser_api
  using organisation_id = current_organisation() AND
CASE
    WHEN ( SELECT scope_is_limited() AS scope_is_limited) THEN (((network_id || '/'::text) || account::text) = ANY ((( SELECT scope_list('purser.scope_accounts'::text) AS scope_list))::text[])) OR (label = ANY ((( SELECT scope_list('purser.scope_labels'::text) AS scope_list))::text[]))
    ELSE true
END
  with check organisation_id = current_organisation() AND NOT scope_is_limited();
create policy of_owner on follows to current_user
  using true
  with check true;
grant delete, insert, select, update on follows to purser_api;
grant select on follows to purser_indexer;

create table group_members (
  organisation_id integer not null,
  group_id text not null,
  network_id integer not null,
  account felt not null,
  added_at timestamp with time zone default now() not null,
  constraint group_members_pkey PRIMARY KEY (organisation_id, group_id, network_id, account),
  constraint group_members_organisation_id_group_id_fkey FOREIGN KEY (organisation_id, group_id) REFERENCES groups(organisation_id, group_id) ON DELETE CASCADE,
  constraint group_members_organisation_id_network_id_account_fkey FOREIGN KEY (organisation_id, network_id, account) REFERENCES follows(organisation_id, network_id, account) ON DELETE CASCADE
);
CREATE INDEX group_members_by_account ON public.group_members USING btree (organisation_id, network_id, account, group_id);
alter table group_members enable row level security;
alter table group_members force row level security;
create policy of_organisation on group_members to purser_api
  using organisation_id = current_organisation() AND (EXISTS ( SELECT
   FROM follows f
  WHERE f.organisation_id = group_members.organisation_id AND f.network_id = group_members.network_id AND f.account::text = group_members.account::text))
  with check organisation_id = current_organisation() AND NOT scope_is_limited();
create policy of_owner on group_members to current_user
  using true
  with check true;
grant delete, insert, select on group_members to purser_api;

create table groups (
  organisation_id integer not null,
  group_id text default ('grp_'::text || replace((gen_random_uuid())::text, '-'::text, ''::text)) not null,
  name text not null,
  created_at timestamp with time zone default now() not null,
  constraint groups_pkey PRIMARY KEY (organisation_id, group_id),
  constraint groups_name_once UNIQUE (organisation_id, name),
  constraint groups_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(organisation_id),
  constraint groups_name_check CHECK (length(name) >= 1 AND length(name) <= 100)
);
alter table groups enable row level security;
alter table groups force row level security;
create policy of_organisation on groups to purser_api
  using organisation_id = current_organisation() AND (NOT scope_is_limited() OR (EXISTS ( SELECT
   FROM group_members m
  WHERE m.organisation_id = groups.organisation_id AND m.group_id = groups.group_id)))
  with check organisation_id = current_organisation() AND NOT scope_is_limited();
create policy of_owner on groups to current_user
  using true
  with check true;
grant delete, insert, select, update on groups to purser_api;

create table incidents (
  incident_id bigint generated always as identity not null,
  network_id integer not null,
  kind text not null,
  account felt,
  block_number block_height,
  block_hash felt,
  details jsonb not null,
  opened_at timestamp with time zone default now() not null,
  occurrences integer default 1 not null,
  resolved_at timestamp with time zone,
  resolution text,
  constraint incidents_pkey PRIMARY KEY (incident_id),
  constraint incidents_network_id_fkey FOREIGN KEY (network_id) REFERENCES networks(network_id),
  constraint incidents_kind_check CHECK (kind = ANY (ARRAY['ATTRIBUTION_FAILED'::text, 'FINALITY_VIOLATION'::text, 'DRIFT'::text, 'INCOMPLETE_EVENTS'::text, 'DIGEST_MISMATCH'::text])),
  constraint incidents_occurrences_check CHECK (occurrences > 0),
  constraint incidents_resolved_with_reason CHECK ((resolved_at IS NULL) = (resolution IS NULL))
);
CREATE INDEX incidents_by_network ON public.incidents USING btree (network_id, incident_id);
CREATE UNIQUE INDEX incidents_open ON public.incidents USING btree (network_id, kind, account) NULLS NOT DISTINCT WHERE (resolved_at IS NULL);
alter table incidents enable row level security;
create policy of_followers on incidents for select to purser_api
  using account IS NULL OR (EXISTS ( SELECT
   FROM follows f
  WHERE f.network_id = incidents.network_id AND f.account::text = incidents.account::text));
create policy of_indexer on incidents to purser_indexer
  using true
  with check true;
grant select on incidents to purser_api;
grant delete, insert, select, update on incidents to purser_indexer;

create table members (
  organisation_id integer not null,
  member_id text default ('mem_'::text || replace((gen_random_uuid())::text, '-'::text, ''::text)) not null,
  name text not null,
  role text not null,
  issuer text,
  subject text,
  network_id integer,
  account felt,
  scope_accounts text[],
  scope_labels text[],
  disabled_at timestamp with time zone,
  created_at timestamp with time zone default now() not null,
  constraint members_pkey PRIMARY KEY (organisation_id, member_id),
  constraint members_organisation_id_issuer_subject_key UNIQUE (organisation_id, issuer, subject),
  constraint members_organisation_id_network_id_account_key UNIQUE (organisation_id, network_id, account),
  constraint members_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(organisation_id),
  constraint members_name_check CHECK (length(name) >= 1 AND length(name) <= 200),
  constraint members_one_identity CHECK (issuer IS NOT NULL AND subject IS NOT NULL AND network_id IS NULL AND account IS NULL OR issuer IS NULL AND subject IS NULL AND network_id IS NOT NULL AND account IS NOT NULL),
  constraint members_role_check CHECK (role = ANY (ARRAY['ADMIN'::text, 'FINANCE'::text, 'APPROVER'::text, 'AUDITOR'::text, 'INTEGRATOR'::text]))
);
CREATE INDEX members_by_account ON public.members USING btree (network_id, account);
CREATE INDEX members_by_subject ON public.members USING btree (issuer, subject);
CREATE TRIGGER members_notify AFTER DELETE OR UPDATE ON members FOR EACH ROW EXECUTE FUNCTION notify_access_change('member_id');
alter table members enable row level security;
alter table members force row level security;
create policy of_organisation on members to purser_api
  using organisation_id = current_organisation() AND NOT scope_is_limited()
  with check organisation_id = current_organisation() AND NOT scope_is_limited();
create policy of_owner on members to current_user
  using true
  with check true;
grant insert, select, update on members to purser_api;

create table movements (
  network_id integer not null,
  account felt not null,
  block_number block_height not null,
  transaction_index integer not null,
  event_index integer not null,
  block_hash felt not null,
  transaction_hash felt not null,
  token felt not null,
  direction text not null,
  counterparty felt not null,
  amount uint256 not null,
  sender felt,
  cause text not null,
  session_key felt,
  use_index integer,
  call_index integer,
  constraint movements_pkey PRIMARY KEY (network_id, account, block_number, transaction_index, event_index),
  constraint movements_call_of_a_use CHECK (call_index IS NULL OR use_index IS NOT NULL),
  constraint movements_cause_check CHECK (cause = ANY (ARRAY['MATCHED'::text, 'NOT_STANDARD_TRANSFER'::text, 'SELF_TRANSFER'::text, 'NO_POLICY'::text, 'DEBIT_UNKNOWN'::text, 'UNCOUNTED_SELECTOR'::text, 'PAYMASTER_REPAYMENT'::text, 'ALLOWANCE_DRAWN'::text, 'OWNER'::text, 'REFUND'::text, 'RECEIVED'::text, 'UNEXPLAINED'::text])),
  constraint movements_direction_check CHECK (direction = ANY (ARRAY['OUT'::text, 'IN'::text, 'SELF'::text])),
  constraint movements_event_index_check CHECK (event_index >= 0),
  constraint movements_transaction_index_check CHECK (transaction_index >= 0),
  constraint movements_use_of_a_key CHECK (use_index IS NULL OR session_key IS NOT NULL)
);
CREATE INDEX movements_by_block ON public.movements USING btree (network_id, block_number);
CREATE INDEX movements_by_cause ON public.movements USING btree (network_id, account, cause, block_number, transaction_index, event_index);
CREATE INDEX movements_by_session ON public.movements USING btree (network_id, account, session_key, block_number, transaction_index, event_index) WHERE (session_key IS NOT NULL);
CREATE INDEX movements_by_token ON public.movements USING btree (network_id, account, token, block_number, transaction_index, event_index);
CREATE INDEX movements_by_transaction ON public.movements USING hash (transaction_hash);
CREATE TRIGGER movements_add_to_months AFTER INSERT ON movements REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION add_movements_to_months();
CREATE TRIGGER movements_take_from_months AFTER DELETE ON movements REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION take_movements_from_months();
CREATE TRIGGER movements_update_1_add AFTER UPDATE ON movements REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION add_movements_to_months();
CREATE TRIGGER movements_update_2_take AFTER UPDATE ON movements REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION take_movements_from_months();
grant select on movements to purser_api;
grant delete, insert, select, update on movements to purser_indexer;

create table networks (
  network_id integer generated always as identity not null,
  chain_id felt not null,
  genesis_hash felt not null,
  label text not null,
  first_block block_height,
  alerts_from_block block_height,
  searched_from_genesis boolean default false not null,
  created_at timestamp with time zone default now() not null,
  accepts_reorg_below_finality boolean default false not null,
  constraint networks_pkey PRIMARY KEY (network_id),
  constraint networks_identity UNIQUE (chain_id, genesis_hash)
);
grant select on networks to purser_api;
grant delete, insert, select, update on networks to purser_indexer;

create table organisations (
  organisation_id integer generated always as identity not null,
  public_id text default ('org_'::text || replace((gen_random_uuid())::text, '-'::text, ''::text)) not null,
  name text not null,
  created_at timestamp with time zone default now() not null,
  kind text default 'SHARED'::text not null,
  network_id integer,
  account felt,
  time_zone text default 'UTC'::text not null,
  constraint organisations_pkey PRIMARY KEY (organisation_id),
  constraint organisations_account_once UNIQUE (network_id, account),
  constraint organisations_public_id_key UNIQUE (public_id),
  constraint organisations_kind_check CHECK (kind = ANY (ARRAY['SHARED'::text, 'PERSONAL'::text])),
  constraint organisations_name_check CHECK (length(name) >= 1 AND length(name) <= 100),
  constraint organisations_personal CHECK ((kind = 'PERSONAL'::text) = (account IS NOT NULL) AND (account IS NULL) = (network_id IS NULL)),
  constraint organisations_time_zone_check CHECK (length(time_zone) >= 1 AND length(time_zone) <= 100)
);
alter table organisations enable row level security;
alter table organisations force row level security;
create policy of_organisation on organisations to purser_api
  using organisation_id = current_organisation()
  with check organisation_id = current_organisation();
create policy of_owner on organisations to current_user
  using true
  with check true;
grant select, update (name, time_zone) on organisations to purser_api;

create table policy_keys (
  network_id integer not null,
  account felt not null,
  session_key felt not null,
  token felt not null,
  slot_base felt not null,
  constraint policy_keys_pkey PRIMARY KEY (network_id, account, session_key, token)
);
grant select on policy_keys to purser_api;
grant delete, insert, select, update on policy_keys to purser_indexer;

create table policy_versions (
  network_id integer not null,
  account felt not null,
  session_key felt not null,
  token felt not null,
  valid_from_block block_height not null,
  valid_to_block block_height,
  max_per_call uint256 not null,
  max_per_window uint256 not null,
  window_seconds uint64 not null,
  spent_in_window uint256 not null,
  window_start_seconds uint64 not null,
  lifecycle text not null,
  lifecycle_block block_height not null,
  lifecycle_tx felt,
  constraint policy_versions_pkey PRIMARY KEY (network_id, account, session_key, token, valid_from_block),
  constraint policy_versions_lifecycle_check CHECK (lifecycle = ANY (ARRAY['SET'::text, 'REMOVED'::text])),
  constraint policy_versions_not_empty CHECK (valid_to_block::bigint > valid_from_block::bigint)
);
CREATE INDEX policy_versions_by_start ON public.policy_versions USING btree (network_id, valid_from_block);
CREATE UNIQUE INDEX policy_versions_current ON public.policy_versions USING btree (network_id, account, session_key, token) WHERE (valid_to_block IS NULL);
grant select on policy_versions to purser_api;
grant delete, insert, select, update on policy_versions to purser_indexer;

create unlogged table rate_leases (
  principal text not null,
  units double precision not null,
  filled_at timestamp with time zone not null,
  constraint rate_leases_pkey PRIMARY KEY (principal),
  constraint rate_leases_principal_check CHECK (length(principal) >= 1 AND length(principal) <= 200)
);

create table row_reviews (
  organisation_id integer not null,
  network_id integer not null,
  account felt not null,
  row_kind text not null,
  transaction_hash felt not null,
  row_index integer not null,
  call_index integer not null,
  state text not null,
  note text,
  reviewed_by text not null,
  reviewer_name text not null,
  reviewed_at timestamp with time zone default now() not null,
  constraint row_reviews_pkey PRIMARY KEY (organisation_id, network_id, account, row_kind, transaction_hash, row_index, call_index),
  constraint row_reviews_network_id_fkey FOREIGN KEY (network_id) REFERENCES networks(network_id),
  constraint row_reviews_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(organisation_id),
  constraint row_reviews_call_index_check CHECK (call_index >= '-1'::integer),
  constraint row_reviews_explained CHECK (state <> 'EXPLAINED'::text OR note IS NOT NULL),
  constraint row_reviews_note_check CHECK (length(note) >= 1 AND length(note) <= 2000),
  constraint row_reviews_row_index_check CHECK (row_index >= 0),
  constraint row_reviews_row_kind_check CHECK (row_kind = ANY (ARRAY['DEBIT'::text, 'MOVEMENT'::text])),
  constraint row_reviews_state_check CHECK (state = ANY (ARRAY['REVIEWED'::text, 'FLAGGED'::text, 'EXPLAINED'::text]))
);
alter table row_reviews enable row level security;
alter table row_reviews force row level security;
create policy of_organisation on row_reviews to purser_api
  using organisation_id = current_organisation() AND (NOT scope_is_limited() OR (EXISTS ( SELECT
   FROM follows f
  WHERE f.network_id = row_reviews.network_id AND f.account::text = row_reviews.account::text)))
  with check organisation_id = current_organisation() AND (EXISTS ( SELECT
   FROM follows f
  WHERE f.network_id = row_reviews.network_id AND f.account::text = row_reviews.account::text));
create policy of_owner on row_reviews to current_user
  using true
  with check true;
grant delete, insert, select, update on row_reviews to purser_api;

create table schema_migrations (
  version integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone default now() not null,
  constraint schema_migrations_pkey PRIMARY KEY (version)
);
grant select on schema_migrations to purser_api;
grant select on schema_migrations to purser_indexer;

create table session_keys (
  network_id integer not null,
  account felt not null,
  session_key felt not null,
  slot_base felt not null,
  entrypoints_base felt not null,
  constraint session_keys_pkey PRIMARY KEY (network_id, account, session_key)
);
grant select on session_keys to purser_api;
grant delete, insert, select, update on session_keys to purser_indexer;

create table session_versions (
  network_id integer not null,
  account felt not null,
  session_key felt not null,
  valid_from_block block_height not null,
  valid_to_block block_height,
  valid_until_seconds uint64 not null,
  max_calls bigint not null,
  calls_used bigint not null,
  allowed_entrypoints text[] default '{}'::text[] not null,
  allowed_entrypoints_len bigint not null,
  entrypoints_known boolean not null,
  lifecycle text not null,
  lifecycle_block block_height not null,
  lifecycle_tx felt,
  constraint session_versions_pkey PRIMARY KEY (network_id, account, session_key, valid_from_block),
  constraint session_versions_allowed_entrypoints_len_check CHECK (allowed_entrypoints_len >= 0 AND allowed_entrypoints_len <= '4294967295'::bigint),
  constraint session_versions_calls_used_check CHECK (calls_used >= 0 AND calls_used <= '4294967295'::bigint),
  constraint session_versions_entrypoints_are_felts CHECK (array_to_string(allowed_entrypoints, ','::text, '*'::text) ~ '^(0x(0|[1-9a-f][0-9a-f]*)(,0x(0|[1-9a-f][0-9a-f]*))*)?$'::text),
  constraint session_versions_lifecycle_check CHECK (lifecycle = ANY (ARRAY['REGISTERED'::text, 'REVOKED'::text])),
  constraint session_versions_max_calls_check CHECK (max_calls >= 0 AND max_calls <= '4294967295'::bigint),
  constraint session_versions_not_empty CHECK (valid_to_block::bigint > valid_from_block::bigint)
);
CREATE INDEX session_versions_by_expiry ON public.session_versions USING btree (network_id, valid_until_seconds, account, session_key) WHERE (valid_to_block IS NULL);
CREATE INDEX session_versions_by_remaining_calls ON public.session_versions USING btree (network_id, GREATEST((max_calls - calls_used), (0)::bigint), account, session_key) WHERE (valid_to_block IS NULL);
CREATE INDEX session_versions_by_start ON public.session_versions USING btree (network_id, valid_from_block);
CREATE UNIQUE INDEX session_versions_current ON public.session_versions USING btree (network_id, account, session_key) WHERE (valid_to_block IS NULL);
grant select on session_versions to purser_api;
grant delete, insert, select, update on session_versions to purser_indexer;

create table sign_in_challenges (
  challenge_id text default ('chl_'::text || replace((gen_random_uuid())::text, '-'::text, ''::text)) not null,
  network_id integer not null,
  account felt not null,
  service text not null,
  nonce felt not null,
  issued_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint sign_in_challenges_pkey PRIMARY KEY (challenge_id)
);
CREATE INDEX sign_in_challenges_by_account ON public.sign_in_challenges USING btree (network_id, account, expires_at);
CREATE INDEX sign_in_challenges_by_expiry ON public.sign_in_challenges USING btree (expires_at);

create table tokens (
  network_id integer not null,
  address felt not null,
  symbol text,
  name text,
  decimals smallint,
  read_at_block block_height not null,
  read_at timestamp with time zone default now() not null,
  constraint tokens_pkey PRIMARY KEY (network_id, address),
  constraint tokens_network_id_fkey FOREIGN KEY (network_id) REFERENCES networks(network_id),
  constraint tokens_decimals_check CHECK (decimals >= 0 AND decimals <= 255),
  constraint tokens_name_check CHECK (length(name) >= 1 AND length(name) <= 200),
  constraint tokens_symbol_check CHECK (length(symbol) >= 1 AND length(symbol) <= 100)
);
grant select on tokens to purser_api;
grant delete, insert, select, update on tokens to purser_indexer;

create table unfollows (
  organisation_id integer not null,
  network_id integer not null,
  account felt not null,
  unfollowed_at timestamp with time zone default now() not null,
  constraint unfollows_pkey PRIMARY KEY (organisation_id, network_id, account),
  constraint unfollows_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(organisation_id)
);
alter table unfollows enable row level security;
alter table unfollows force row level security;
create policy of_organisation on unfollows to purser_api
  using organisation_id = current_organisation() AND NOT scope_is_limited()
  with check organisation_id = current_organisation() AND NOT scope_is_limited();
create policy of_owner on unfollows to current_user
  using true
  with check true;
grant delete, insert, select on unfollows to purser_api;

create table uses (
  network_id integer not null,
  account felt not null,
  block_number block_height not null,
  transaction_index integer not null,
  event_index integer not null,
  block_hash felt not null,
  transaction_hash felt,
  session_key felt not null,
  outcome text not null,
  calls_burned bigint not null,
  path text,
  attribution text,
  sender felt,
  top_level boolean,
  signature_valid_until_seconds uint256,
  outside_nonce felt,
  outside_caller felt,
  calls jsonb,
  calls_used_before bigint,
  calls_used_after bigint,
  max_calls bigint,
  debits jsonb,
  refusal jsonb,
  revert_reason text,
  fee_amount uint256,
  fee_unit text,
  fee_payer felt,
  fee_shared boolean,
  unattributed jsonb,
  constraint uses_pkey PRIMARY KEY (network_id, account, block_number, transaction_index, event_index),
  constraint uses_attributed_to_a_transaction CHECK ((outcome = 'UNATTRIBUTED'::text) = (transaction_hash IS NULL) AND (outcome = 'UNATTRIBUTED'::text) = (path IS NULL) AND (outcome = 'UNATTRIBUTED'::text) = (unattributed IS NOT NULL)),
  constraint uses_attribution_check CHECK (attribution = ANY (ARRAY['REPLAY'::text, 'TRACE'::text])),
  constraint uses_event_index_check CHECK (event_index >= 0),
  constraint uses_outcome_check CHECK (outcome = ANY (ARRAY['SUCCEEDED'::text, 'REVERTED'::text, 'FAILED_INSIDE'::text, 'UNATTRIBUTED'::text])),
  constraint uses_path_check CHECK (path = ANY (ARRAY['INVOKE'::text, 'OUTSIDE_EXECUTION'::text])),
  constraint uses_transaction_index_check CHECK (transaction_index >= 0)
);
CREATE INDEX uses_by_block ON public.uses USING btree (network_id, block_number);
CREATE INDEX uses_by_session ON public.uses USING btree (network_id, account, session_key, block_number, transaction_index, event_index);
CREATE INDEX uses_by_transaction ON public.uses USING btree (network_id, transaction_hash) WHERE (transaction_hash IS NOT NULL);
grant select on uses to purser_api;
grant delete, insert, select, update on uses to purser_indexer;

create table webhook_deliveries (
  delivery_id bigint generated always as identity not null,
  network_id integer not null,
  alert_id text not null,
  status text default 'PENDING'::text not null,
  attempt_count integer default 0 not null,
  next_attempt_at timestamp with time zone default now() not null,
  leased_until timestamp with time zone,
  last_attempt_at timestamp with time zone,
  last_status_code integer,
  last_error text,
  created_at timestamp with time zone default now() not null,
  delivered_at timestamp with time zone,
  constraint webhook_deliveries_pkey PRIMARY KEY (delivery_id),
  constraint webhook_deliveries_alert FOREIGN KEY (network_id, alert_id) REFERENCES alerts(network_id, alert_id),
  constraint webhook_deliveries_attempt_count_check CHECK (attempt_count >= 0),
  constraint webhook_deliveries_status_check CHECK (status = ANY (ARRAY['PENDING'::text, 'DELIVERED'::text, 'FAILED'::text]))
);
CREATE INDEX webhook_deliveries_by_alert ON public.webhook_deliveries USING btree (network_id, alert_id);
CREATE INDEX webhook_deliveries_due ON public.webhook_deliveries USING btree (next_attempt_at) WHERE (status = 'PENDING'::text);
grant delete, insert, select, update on webhook_deliveries to purser_indexer;

create view account_records as
 SELECT network_id,
    address AS account,
    COALESCE(recorded_from_block, followed_from_block) AS recorded_from
   FROM accounts
  WHERE status = 'FOLLOWED'::text;
grant select on account_records to purser_api;

grant execute on function apply_follow_rule(text) to purser_api;
grant execute on function audit_append(text,text,text,text,text,text,jsonb,jsonb,text) to purser_api;
grant execute on function audit_append_all(text,text,text,jsonb,text) to purser_api;
grant execute on function audit_hash(bytea,text[]) to purser_api;
grant execute on function current_organisation() to purser_api;
grant execute on function ensure_personal_organisation(integer,text) to purser_api;
grant execute on function fact_checksum(text,integer,integer,text,text,text,text,text,jsonb) to purser_api, purser_indexer;
grant execute on function find_api_key(text) to purser_api;
grant execute on function find_export_link(bytea) to purser_api;
grant execute on function find_memberships_by_account(integer,text) to purser_api;
grant execute on function find_memberships_by_subject(text,text) to purser_api;
grant execute on function find_organisation(text) to purser_api;
grant execute on function give_back_challenge(text) to purser_api;
grant execute on function month_of(numeric) to purser_indexer;
grant execute on function open_challenge(integer,text,text,text,integer) to purser_api;
grant execute on function remove_ended_sign_in_keys(integer) to purser_api;
grant execute on function request_accounts(integer,text[]) to purser_api;
grant execute on function scope_is_limited() to purser_api;
grant execute on function scope_list(text) to purser_api;
grant execute on function take_units(text,integer,double precision,double precision,double precision,timestamp with time zone) to purser_api;
grant execute on function touch_api_keys(text[]) to purser_api;
grant execute on function use_challenge(text,text) to purser_api;

comment on domain block_height is 'A block number. Bounded so that it is exact as a JavaScript number.';
comment on domain felt is 'A field element in its one printed form: 0x, lower case, no leading zeros. Text equality is numeric equality.';
comment on function add_debits_to_months is 'Adds the debits of a statement to the sums of their months.';
comment on function add_movements_to_months is 'Adds the movements of a statement to the sums of their months.';
comment on function apply_follow_rule is 'Lets the organisation that is set follow what a rule of its own finds among the accounts that are known. Answers how many are new.';
comment on function audit_append is 'Adds an entry to the chain of the organisation that is set, in the transaction of the change. Answers its sequence.';
comment on function audit_append_all is 'Adds entries in their order, each an object with action, objectKind, objectId, before and after. Answers the last sequence.';
comment on function audit_hash is 'SHA-256 of the hash before and of every field with its length, so that nothing can move from one field to the next.';
comment on function current_organisation is 'The organisation that the transaction asks for; null: none, so it sees no row of any.';
comment on function ensure_personal_organisation is 'The organisation of one account, which follows that account and has its owner as its admin. Only after he has shown who he is.';
comment on function fact_checksum is 'The first 64 bits of the SHA-256 of everything that a fact says.';
comment on function find_api_key is 'All that admitting a key needs, its hash too. Of a key of a member, role and scope are the member''s as they are now. Revoked, expired and disabled ones are found as well: the caller says why it refuses.';
comment on function find_export_link is 'The export behind a link, before it is known whose it is. No row: unknown, at its end, taken back, or of a key that is.';
comment on function find_memberships_by_account is 'Where an account is a member, for who has shown that it is his.';
comment on function find_memberships_by_subject is 'Where the subject of a token is a member.';
comment on function find_organisation is 'Which organisation has that public id, for its audit log; null: none.';
comment on function follow_class is 'Lets organisations follow the account by their rules of kind CLASS.';
comment on function follow_deployed is 'Lets organisations follow deployed accounts by their rules of kind DEPLOYER.';
comment on function follow_everything is 'Lets organisations follow new accounts by their rules of kind EVERYTHING.';
comment on function give_back_challenge is 'After one that nobody could judge, because no node answered.';
comment on function month_of is 'The first day of the month in UTC. Times that no calendar holds count as the end of the year 9999.';
comment on function notify_access_change is 'Tells every process that it must no longer remember the key or member.';
comment on function notify_cursor is 'Says that the cursor of a network moved, ahead or back. It may be missed: listeners look every few seconds all the same.';
comment on function open_challenge is 'A challenge of five minutes; no row where the account has as many open as it may.';
comment on function refuse_change is 'Keeps history: a table with this trigger can only be added to.';
comment on function remove_ended_sign_in_keys is 'Removes keys that sign-ins made and that ended 7 days ago, the oldest first; answers how many. The audit log names them on.';
comment on function request_accounts is 'Asks the indexer for accounts. One that is followed or waiting already stays as it is; a rejected one is tried again.';
comment on function scope_is_limited is 'Whether who asks may see some accounts of the organisation only.';
comment on function scope_list is 'The accounts or the labels that a limited scope lets through.';
comment on function take_debits_from_months is 'Takes the debits of a statement off the sums of their months.';
comment on function take_movements_from_months is 'Takes the movements of a statement off the sums of their months.';
comment on function take_units is 'Gives a process units of who asks: what the question lacks beside those that it holds, or as many as are wanted and there. granted is 0 where there are too few.';
comment on function tally_facts is 'Adds the facts of a statement to the tallies of their blocks.';
comment on function touch_api_keys is 'Notes that keys were used, to the minute.';
comment on function use_challenge is 'Takes a challenge, once: whoever comes second gets no row.';
comment on table account_months is 'Sums of debits and movements by account, token and month in UTC, kept by triggers of these two. A month without a row of either has none here.';
comment on column account_months.moved is 'What went out, what went from an account to itself included.';
comment on column account_months.receipts is 'Movements in: rows of the ledger that are in neither of the other counts.';
comment on view account_records is 'From which block on every transaction of a followed account was looked at.';
comment on column account_versions.class_hash is 'Null before the account is deployed.';
comment on column account_versions.public_key is 'The owner''s key, where the class keeps one in a known slot.';
comment on column account_versions.signature_mode is 'The stored session signature mode; null where the class has none.';
comment on column accounts.source is 'Who asked for it: the operator''s list, an event seen on chain, or a reader.';
comment on column accounts.reason_code is 'Why it is REJECTED, or still PENDING.';
comment on column accounts.attempts is 'How often in a row it could not be followed.';
comment on column accounts.next_try_at is 'Not looked at before that while it is PENDING or REJECTED: one that fails again and again must not hold up the others.';
comment on column accounts.attribution is 'QUARANTINED: calls of its keys were counted that no transaction explains. Its state is exact all the same.';
comment on column accounts.recorded_from_block is 'Facts below are those of blocks that changed the state of the account only, as a back-fill finds them. Null: there are no others than of followed_from_block on.';
comment on table alerts is 'One row per crossing, whatever the number of deliveries.';
comment on column alerts.alert_id is 'Computed from the cause, so that folding a block again finds the same alert.';
comment on column alerts.sequence is 'Order of the pull feed. Rolled-back transactions leave holes.';
comment on column alerts.retracts_alert_id is 'The alert whose cause a reorg undid.';
comment on table api_keys is 'What a key may do. The key itself is nowhere: its keyed hash is.';
comment on column api_keys.key_id is 'The part of the key that is not secret.';
comment on column api_keys.kind is 'DEMO: taken in the sandbox only. SIGN_IN: made for a member, whose role counts.';
comment on column api_keys.hash is 'Never readable by the API''s role, which compares what find_api_key gives it.';
comment on column api_keys.pepper_id is 'Which pepper the hash was made with.';
comment on column api_keys.replaced_by is 'Rotated: it works on until expires_at.';
comment on column api_keys.units_per_minute is 'Null: as the deployment has set it for all.';
comment on table approvals is 'Whom a session key let draw which token, counted by a budget or not. What is left of it is asked of the token.';
comment on table audit_entries is 'Insert only, through audit_append only. Texts are hashed as they stand.';
comment on column audit_entries.at_text is 'ISO 8601 in UTC with microseconds.';
comment on column audit_entries.before_text is 'The object as JSON before the change; null: it was not there.';
comment on column audit_entries.hash is 'audit_hash of previous_hash and of every other column but itself.';
comment on table audit_heads is 'Where each chain ends. The row is locked while an entry is added.';
comment on table backfill_jobs is 'Work on the history of an account before the block it was adopted at. What it has committed stands in coverage.';
comment on column backfill_jobs.from_block is 'The first block whose history is wanted.';
comment on column backfill_jobs.every_block is 'Every block is read, also where searching would be cheaper.';
comment on column backfill_jobs.state is 'INCOMPLETE: something contradicted what was found; what is committed was proven before. The reason says what.';
comment on column backfill_jobs.calls_left is 'About how many calls to nodes are left; null before that is known.';
comment on column backfill_jobs.covered_to is 'The history is committed from from_block up to here.';
comment on column backfill_jobs.search is 'The search for blocks that changed something, as far as it got, so that a process that is killed goes on there.';
comment on table blocks is 'Headers seen. Finality and being canonical stand here and are joined, so a branch that comes back is canonical again.';
comment on column blocks.canonical is 'False once a reorg left the block; the row and its facts stay.';
comment on table classes is 'What the ABI of a declared class settles: entry points and event shapes. Rules come from class profiles, not from here.';
comment on table coverage is 'Which blocks have been read for an account, as disjoint ranges. A history that arrives after the head is a range of its own until it is joined.';
comment on column coverage.to_block is 'Inclusive. Null: up to the cursor, and moving with it.';
comment on table cursors is 'The newest block whose effects are all committed. Moved only by compare-and-set, in the transaction that writes those effects.';
comment on column cursors.generation is 'Rises when the read models were put right from the facts: whoever folds on from what it remembers of them finds the cursor moved and reads anew.';
comment on table dead_letters is 'What looked like ours and could not be decoded, kept raw with its reason. Counted, never skipped in silence.';
comment on table debits is 'What the account counted against a policy, call by call. Folded from facts; cut on a reorg.';
comment on column debits.use_index is 'Event index of the fact of the use (SessionCallConsumed).';
comment on column debits.counterparty is 'First argument of the call: the recipient, or the spender that was approved.';
comment on column debits.cause is 'MATCHED: the movement it counted is there. Else why none of that amount is.';
comment on column debits.moved_amount is 'What moved for it; 0 where nothing did.';
comment on table deployer_searches is 'Up to which final block the deployments of a deployer have been looked for.';
comment on table deployments is 'Contracts that a deployer of some rule of follow_rules deployed through the universal deployer. Kept through reorgs: a contract that is not there is never read.';
comment on table exports is 'Links to an export. What is behind one is read when it is opened, as far as who made it could see.';
comment on column exports.scope is 'The accounts and labels that who made it was limited to; null: not limited.';
comment on column exports.token_hash is 'SHA-256 of the secret in the link, which is kept nowhere.';
comment on table fact_tallies is 'How many facts were ever added to a block, and the sum of their checksums: a fact that goes missing or is altered no longer adds up. Written by a trigger, so that whoever adds facts adds to the tally.';
comment on column fact_tallies.changed_in is 'The transaction that added the last fact: tells a rebuild what came meanwhile.';
comment on table facts is 'Insert only. Whether a fact counts is asked of its block (blocks.canonical, blocks.finality), never stored here. The key is the place on the chain in the order of the chain, so that what is indexed in order is appended.';
comment on column facts.transaction_index is 'Place in the block. 2147483647 for facts derived from the state diff of the block, which has no transaction.';
comment on column facts.event_index is 'Place in the transaction; for derived facts their ordinal for the account in the block.';
comment on column facts.kind is 'Past tense, as on chain (SessionKeyAdded) or derived (SessionCallConsumed).';
comment on column facts.payload is 'Felts as printed, numbers beyond 2^53 as decimal strings. Only ever grows new members.';
comment on table follow_rules is 'What an organisation follows as soon as it is seen. Applied by triggers, whoever writes the account.';
comment on column follow_rules.network_id is 'Null: every network.';
comment on column follow_rules.label is 'Given, like team and cost_centre, to what the rule finds.';
comment on column follow_rules.public_id is 'What is shown outside.';
comment on column follow_rules.deployer is 'Who called the universal deployer.';
comment on table follows is 'The gate: an organisation sees an account, and whatever is told of it, while it follows it. Whether the account is indexed stands in accounts; a network that is not there matches nothing.';
comment on column follows.label is 'The organisation''s own name for it; another organisation never sees it.';
comment on column follows.source is 'RULE: a row of follow_rules found it.';
comment on table group_members is 'Accounts of groups. One that is no longer followed leaves its groups.';
comment on table groups is 'Accounts that an organisation looks at together. An account may be in several.';
comment on table incidents is 'At most one is open for a network, kind and account; found again, it is counted. Closed ones stay.';
comment on column incidents.account is 'Null where it concerns the whole network.';
comment on column incidents.block_number is 'The first block that showed it.';
comment on column incidents.occurrences is 'How often it was found while open.';
comment on table members is 'A person, or an account that signs in, in one organisation. Who has no row is not let in.';
comment on column members.subject is 'As the issuer of its tokens (OpenID Connect) names it.';
comment on column members.scope_accounts is 'As network id, a slash, address. Null in both lists: every account of the organisation.';
comment on column members.disabled_at is 'Its keys and tokens are refused from then on.';
comment on table movements is 'ERC-20 transfers out of followed accounts, as the tokens told of them, and those that came in beside one. A transaction''s own fee is none. Folded from facts; cut on a reorg.';
comment on column movements.counterparty is 'Who got it; where direction is IN, who gave it.';
comment on column movements.session_key is 'Null where no key moved it, or it is not known which.';
comment on column movements.use_index is 'Of the use that moved it, and with call_index of its debit.';
comment on table networks is 'A network is its chain id and the hash of its block 0: a development chain may call itself SN_SEPOLIA too.';
comment on column networks.network_id is 'Part of every key: rows of two chains never share one.';
comment on column networks.first_block is 'The first block that is read one by one; nothing below is compared with the node.';
comment on column networks.alerts_from_block is 'The first block after the head at the first start: what happened before is kept as alerts and not sent.';
comment on column networks.searched_from_genesis is 'Every block from 0 was searched for session events: an account met for the first time has no past there.';
comment on column networks.accepts_reorg_below_finality is 'Somebody accepted that final blocks were replaced. Taken back by the one roll-back that it allows.';
comment on table organisations is 'Whose keys, people, labels and audit log are kept apart from those of all others.';
comment on column organisations.public_id is 'What is shown outside.';
comment on column organisations.kind is 'PERSONAL: of one account, whose owner signed in with it. It follows this account and has no other people.';
comment on column organisations.account is 'Of a personal one: whose it is.';
comment on column organisations.time_zone is 'A name of the IANA database: where the days begin of a period that names no zone.';
comment on column policy_keys.slot_base is 'First of the eight slots of SpendingPolicy.';
comment on column policy_versions.max_per_window is '0 is the contract''s word for no limit, not for none allowed.';
comment on column policy_versions.spent_in_window is 'As stored on chain; what counts at a time is computed by the window rule of the class.';
comment on column policy_versions.lifecycle_tx is 'Null where the change was seen in a state diff only.';
comment on table rate_leases is 'Units that no process has taken yet, by who may ask for them. Reached through take_units only.';
comment on column rate_leases.units is 'As they were at filled_at; they come back evenly, up to what a minute allows. Below zero: owed.';
comment on table row_reviews is 'What an organisation said of a row of a ledger, as it stands now; what it said before stands in audit_entries. Keyed by the transaction, so it is there again when the row is: after a rebuild, and after a reorg that takes the transaction up again.';
comment on column row_reviews.row_index is 'Use index of a debit, event index of a movement.';
comment on column row_reviews.call_index is 'Of a debit; -1 for a movement.';
comment on table session_keys is 'Every session key ever seen, with its storage slots: hashing them is slow, so it is done once.';
comment on column session_keys.slot_base is 'First of the four slots of SessionData.';
comment on column session_keys.entrypoints_base is 'Hash of the map and the key; one more hash with the index gives an entry.';
comment on column session_versions.valid_until_seconds is 'As stored on chain: 0 once revoked.';
comment on column session_versions.allowed_entrypoints is 'Selectors in list order. Empty and known: every selector but the admin ones.';
comment on column session_versions.allowed_entrypoints_len is 'The length that storage states, also where the entries are not known.';
comment on column session_versions.entrypoints_known is 'False while the list has not been read, e.g. history that starts after the grant.';
comment on column session_versions.lifecycle is 'The last of the two that happened; expiry and exhaustion are asked, not stored.';
comment on column session_versions.lifecycle_tx is 'Null where the change was seen in a state diff only.';
comment on table sign_in_challenges is 'What an account was asked to sign. Reached through functions only; taken once, by the row lock of use_challenge.';
comment on column sign_in_challenges.service is 'The origin that it was made for: another one does not take it.';
comment on table tokens is 'What contracts that moved or were budgeted say of themselves, read once. Any contract says anything. Null: it did not say.';
comment on column tokens.decimals is 'Null: amounts are told in the smallest unit only.';
comment on table unfollows is 'Accounts that an organisation no longer wants: its rules pass them over, until somebody follows them by name again.';
comment on table uses is 'Read model of the facts SessionCallConsumed, SessionCallDenied and SessionCallUnattributed, at their place. Canonical blocks only: rows above the common ancestor go with a reorg.';
comment on column uses.outcome is 'Of the transaction; FAILED_INSIDE: taken back inside one that succeeded; UNATTRIBUTED: no transaction explains it.';
comment on column uses.calls_burned is 'What it took of the key''s calls: 1, 0 where it was taken back; where unattributed any number.';
comment on column uses.attribution is 'Told by calldata and receipts that explain the state diff, or by the trace of the transaction.';
comment on column uses.calls is 'Inner calls with whether each failed (null: nothing tells). Null where the calldata is not the standard''s.';
comment on column uses.calls_used_before is 'Null where other calls of the key in the block are not explained.';
comment on column uses.debits is 'Null where the window rule of the class is not verified; empty where nothing was debited.';
comment on column uses.refusal is 'By the rules on the state before it. Null where it succeeded, or no rule of the account refuses it.';
comment on column uses.fee_shared is 'The fee of the transaction stands on the account''s first use in it; this is another one.';
comment on column webhook_deliveries.status is 'FAILED: the schedule of attempts ran out, or the receiver said it is gone.';
comment on column webhook_deliveries.leased_until is 'Claimed by a worker until then. A worker that dies leaves the row to the next one: a documented duplicate.';
