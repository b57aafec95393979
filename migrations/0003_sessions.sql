-- Accounts followed, and the state of their sessions and policies as versions over block ranges.
-- A version holds from valid_from_block (inclusive) to valid_to_block (exclusive; null while it is current).

create table classes (
  network_id integer not null references networks,
  class_hash felt not null,
  capabilities jsonb not null,
  probed_at timestamptz not null default now(),
  primary key (network_id, class_hash)
);
comment on table classes is
  'What the ABI of a declared class settles: entry points and event shapes. Rules come from class profiles, not from here.';

create table accounts (
  network_id integer not null references networks,
  address felt not null,
  source text not null check (source in ('WATCH', 'DISCOVERY', 'READ')),
  label text,
  status text not null check (status in ('PENDING', 'FOLLOWED', 'REJECTED')),
  reason_code text,
  requested_at timestamptz not null default now(),
  followed_from_block block_height,
  attempts integer not null default 0,
  next_try_at timestamptz not null default now(),
  primary key (network_id, address)
);
comment on column accounts.source is 'Who asked for it: the operator''s list, an event seen on chain, or a reader.';
comment on column accounts.reason_code is 'Why it is REJECTED, or still PENDING.';
comment on column accounts.attempts is 'How often in a row it could not be followed.';
comment on column accounts.next_try_at is
  'Not looked at before that while it is PENDING or REJECTED: one that fails again and again must not hold up the others.';

create index accounts_pending on accounts (network_id, next_try_at) where status = 'PENDING';
create index accounts_rejected on accounts (network_id, next_try_at) where status = 'REJECTED';

create table account_versions (
  network_id integer not null,
  account felt not null,
  valid_from_block block_height not null,
  valid_to_block block_height,
  class_hash felt,
  public_key felt,
  signature_mode smallint,
  primary key (network_id, account, valid_from_block),
  constraint account_versions_not_empty check (valid_to_block > valid_from_block)
);
comment on column account_versions.class_hash is 'Null before the account is deployed.';
comment on column account_versions.public_key is 'The owner''s key, where the class keeps one in a known slot.';
comment on column account_versions.signature_mode is 'The stored session signature mode; null where the class has none.';

create unique index account_versions_current on account_versions (network_id, account) where valid_to_block is null;
create index account_versions_by_start on account_versions (network_id, valid_from_block);
create index account_versions_by_end on account_versions (network_id, valid_to_block) where valid_to_block is not null;

create table session_keys (
  network_id integer not null,
  account felt not null,
  session_key felt not null,
  slot_base felt not null,
  entrypoints_base felt not null,
  primary key (network_id, account, session_key)
);
comment on table session_keys is
  'Every session key ever seen, with its storage slots: hashing them is slow, so it is done once.';
comment on column session_keys.slot_base is 'First of the four slots of SessionData.';
comment on column session_keys.entrypoints_base is 'Hash of the map and the key; one more hash with the index gives an entry.';

create table session_versions (
  network_id integer not null,
  account felt not null,
  session_key felt not null,
  valid_from_block block_height not null,
  valid_to_block block_height,
  valid_until_seconds uint64 not null,
  max_calls bigint not null check (max_calls between 0 and 4294967295),
  calls_used bigint not null check (calls_used between 0 and 4294967295),
  allowed_entrypoints text[] not null default '{}'
    constraint session_versions_entrypoints_are_felts
      check (
        array_to_string(allowed_entrypoints, ',', '*')
        ~ '^(0x(0|[1-9a-f][0-9a-f]*)(,0x(0|[1-9a-f][0-9a-f]*))*)?$'
      ),
  allowed_entrypoints_len bigint not null check (allowed_entrypoints_len between 0 and 4294967295),
  entrypoints_known boolean not null,
  lifecycle text not null check (lifecycle in ('REGISTERED', 'REVOKED')),
  lifecycle_block block_height not null,
  lifecycle_tx felt,
  primary key (network_id, account, session_key, valid_from_block),
  constraint session_versions_not_empty check (valid_to_block > valid_from_block)
);
comment on column session_versions.valid_until_seconds is 'As stored on chain: 0 once revoked.';
comment on column session_versions.allowed_entrypoints is 'Selectors in list order. Empty and known: every selector but the admin ones.';
comment on column session_versions.allowed_entrypoints_len is 'The length that storage states, also where the entries are not known.';
comment on column session_versions.entrypoints_known is 'False while the list has not been read, e.g. history that starts after the grant.';
comment on column session_versions.lifecycle is 'The last of the two that happened; expiry and exhaustion are asked, not stored.';
comment on column session_versions.lifecycle_tx is 'Null where the change was seen in a state diff only.';

create unique index session_versions_current on session_versions (network_id, account, session_key)
  where valid_to_block is null;
create index session_versions_by_expiry on session_versions (network_id, valid_until_seconds, account, session_key)
  where valid_to_block is null;
create index session_versions_by_start on session_versions (network_id, valid_from_block);
create index session_versions_by_end on session_versions (network_id, valid_to_block) where valid_to_block is not null;

create table policy_keys (
  network_id integer not null,
  account felt not null,
  session_key felt not null,
  token felt not null,
  slot_base felt not null,
  primary key (network_id, account, session_key, token)
);
comment on column policy_keys.slot_base is 'First of the eight slots of SpendingPolicy.';

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
  lifecycle text not null check (lifecycle in ('SET', 'REMOVED')),
  lifecycle_block block_height not null,
  lifecycle_tx felt,
  primary key (network_id, account, session_key, token, valid_from_block),
  constraint policy_versions_not_empty check (valid_to_block > valid_from_block)
);
comment on column policy_versions.max_per_window is '0 is the contract''s word for no limit, not for none allowed.';
comment on column policy_versions.spent_in_window is 'As stored on chain; what counts at a time is computed by the window rule of the class.';
comment on column policy_versions.lifecycle_tx is 'Null where the change was seen in a state diff only.';

create unique index policy_versions_current on policy_versions (network_id, account, session_key, token)
  where valid_to_block is null;
create index policy_versions_by_start on policy_versions (network_id, valid_from_block);
create index policy_versions_by_end on policy_versions (network_id, valid_to_block) where valid_to_block is not null;
