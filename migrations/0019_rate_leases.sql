-- What each key may still ask in this minute, for all processes on one database together.

-- Not logged: a crash of the server gives everybody a full minute, and nothing else is lost.
create unlogged table rate_leases (
  principal text primary key check (length(principal) between 1 and 200),
  units double precision not null,
  filled_at timestamptz not null
) with (fillfactor = 50);
comment on table rate_leases is 'Units that no process has taken yet, by who may ask for them. Reached through take_units only.';
comment on column rate_leases.units is 'As they were at filled_at; they come back evenly, up to what a minute allows. Below zero: owed.';

-- The row is locked until the transaction ends, so nothing is given twice. A question dearer than a whole minute is let
-- through by a full minute, which owes the rest: else it could never be asked.
create function take_units(who text, per_minute integer, cost double precision, wanted double precision, held double precision, at_time timestamptz)
  returns table (granted double precision, remaining double precision)
  language plpgsql security definer set search_path = public, pg_temp as $$
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
$$;
comment on function take_units is
  'Gives a process units of who asks: what the question lacks beside those that it holds, or as many as are wanted and there. '
  'granted is 0 where there are too few.';
revoke execute on function take_units(text, integer, double precision, double precision, double precision, timestamptz) from public;
grant execute on function take_units(text, integer, double precision, double precision, double precision, timestamptz) to purser_api;
