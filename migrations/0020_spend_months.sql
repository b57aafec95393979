-- What accounts spent by month: sums of both ledgers, so that a question about whole months reads a row for each account.

create function month_of(seconds numeric) returns date language sql immutable parallel safe
  return date_trunc('month', to_timestamp(least(seconds, 253402300799)::float8) at time zone 'UTC')::date;
comment on function month_of is 'The first day of the month in UTC. Times that no calendar holds count as the end of the year 9999.';

-- No column is checked against being negative: a roll-back must pass where a sum was spoiled. `purser verify` finds it.
create table account_months (
  network_id integer not null,
  month date not null,
  account felt not null,
  token felt not null,
  debited numeric not null default 0,
  debits bigint not null default 0,
  moved numeric not null default 0,
  movements bigint not null default 0,
  received numeric not null default 0,
  receipts bigint not null default 0,
  primary key (network_id, month, account, token)
) with (fillfactor = 80);
comment on table account_months is
  'Sums of debits and movements by account, token and month in UTC, kept by triggers of these two. A month without a row of '
  'either has none here.';
comment on column account_months.moved is 'What went out, what went from an account to itself included.';
comment on column account_months.receipts is 'Movements in: rows of the ledger that are in neither of the other counts.';

grant select on account_months to purser_api;
grant select, insert, update, delete on account_months to purser_indexer;

-- Each row looks up its block by the key, and no join does: the plan is kept while the table of blocks grows, and one row is the
-- usual case at the head. A row of a block that is not stored has no month, and is refused.
create function add_debits_to_months() returns trigger language plpgsql as $$
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
$$;
comment on function add_debits_to_months is 'Adds the debits of a statement to the sums of their months.';

create function take_debits_from_months() returns trigger language plpgsql as $$
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
$$;
comment on function take_debits_from_months is 'Takes the debits of a statement off the sums of their months.';

create function add_movements_to_months() returns trigger language plpgsql as $$
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
$$;
comment on function add_movements_to_months is 'Adds the movements of a statement to the sums of their months.';

create function take_movements_from_months() returns trigger language plpgsql as $$
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
$$;
comment on function take_movements_from_months is 'Takes the movements of a statement off the sums of their months.';

create trigger debits_add_to_months after insert on debits referencing new table as added
  for each statement execute function add_debits_to_months();
create trigger debits_take_from_months after delete on debits referencing old table as removed
  for each statement execute function take_debits_from_months();
-- Triggers of one event run by their names: what a row is now is added before what it was is taken off.
create trigger debits_update_1_add after update on debits referencing new table as added
  for each statement execute function add_debits_to_months();
create trigger debits_update_2_take after update on debits referencing old table as removed
  for each statement execute function take_debits_from_months();

create trigger movements_add_to_months after insert on movements referencing new table as added
  for each statement execute function add_movements_to_months();
create trigger movements_take_from_months after delete on movements referencing old table as removed
  for each statement execute function take_movements_from_months();
create trigger movements_update_1_add after update on movements referencing new table as added
  for each statement execute function add_movements_to_months();
create trigger movements_update_2_take after update on movements referencing old table as removed
  for each statement execute function take_movements_from_months();

insert into account_months (network_id, month, account, token, debited, debits, moved, movements, received, receipts)
select r.network_id, month_of(b.timestamp_seconds), r.account, r.token,
  sum(r.debited), sum(r.debits), sum(r.moved), sum(r.movements), sum(r.received), sum(r.receipts)
from (
  select network_id, block_hash, account, token, sum(amount) as debited, count(*) as debits,
    0 as moved, 0 as movements, 0 as received, 0 as receipts
  from debits group by 1, 2, 3, 4
  union all
  select network_id, block_hash, account, token, 0, 0,
    coalesce(sum(amount) filter (where direction <> 'IN'), 0), count(*) filter (where direction <> 'IN'),
    coalesce(sum(amount) filter (where direction = 'IN'), 0), count(*) filter (where direction = 'IN')
  from movements group by 1, 2, 3, 4
) r
join blocks b on b.network_id = r.network_id and b.block_hash = r.block_hash
group by 1, 2, 3, 4
order by 1, 2, 3, 4;

revoke execute on function
  month_of(numeric), add_debits_to_months(), take_debits_from_months(), add_movements_to_months(), take_movements_from_months()
  from public;
grant execute on function month_of(numeric) to purser_indexer;
