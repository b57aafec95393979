-- Who waits for new blocks is told in the moment in which they are committed, and looks for himself what they changed.

create function notify_cursor() returns trigger language plpgsql as $$
begin
  perform pg_notify('purser_cursor', new.network_id::text);
  return null;
end
$$;
comment on function notify_cursor is
  'Says that the cursor of a network moved, ahead or back. It may be missed: listeners look every few seconds all the same.';

create trigger cursors_notify after insert or update of block_hash on cursors
  for each row execute function notify_cursor();

revoke execute on function notify_cursor() from public;
