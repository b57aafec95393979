-- Lists by remaining calls, read in order instead of sorting every key that there is.

create index session_versions_by_remaining_calls
  on session_versions (network_id, greatest(max_calls - calls_used, 0), account, session_key)
  where valid_to_block is null;
