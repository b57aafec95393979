-- Questions over everything that an organisation follows: what the planner has to know for them.

-- Lets through what it let through before. The planner counts on half of what is followed, and not on one row in twenty, which made
-- it look up one by one what it had to read whole; and the scope is asked for once and not for each row.
alter policy of_organisation on follows using (
  organisation_id = current_organisation()
  and case
    when (select scope_is_limited()) then
      network_id || '/' || account = any ((select scope_list('purser.scope_accounts'))::text[])
      or label = any ((select scope_list('purser.scope_labels'))::text[])
    else true
  end
);

-- As the large tables it has no policy, which would be a look-up for each row: its statements join follows. It says of followed accounts
-- what coverage says of them too, and nothing of those that are only asked for.
create view account_records as
  select network_id, address as account, coalesce(recorded_from_block, followed_from_block) as recorded_from
  from accounts where status = 'FOLLOWED';
comment on view account_records is 'From which block on every transaction of a followed account was looked at.';

grant select on account_records to purser_api;
