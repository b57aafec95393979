-- What finance asks and leaves behind: what tokens are called, what was looked at, what was taken out.

create table tokens (
  network_id integer not null references networks,
  address felt not null,
  symbol text check (length(symbol) between 1 and 100),
  name text check (length(name) between 1 and 200),
  decimals smallint check (decimals between 0 and 255),
  read_at_block block_height not null,
  read_at timestamptz not null default now(),
  primary key (network_id, address)
);
comment on table tokens is
  'What contracts that moved or were budgeted say of themselves, read once. Any contract says anything. Null: it did not say.';
comment on column tokens.decimals is 'Null: amounts are told in the smallest unit only.';

grant select on tokens to purser_api;
grant select, insert, update, delete on tokens to purser_indexer;

create table row_reviews (
  organisation_id integer not null references organisations,
  network_id integer not null references networks,
  account felt not null,
  row_kind text not null check (row_kind in ('DEBIT', 'MOVEMENT')),
  transaction_hash felt not null,
  row_index integer not null check (row_index >= 0),
  call_index integer not null check (call_index >= -1),
  state text not null check (state in ('REVIEWED', 'FLAGGED', 'EXPLAINED')),
  note text check (length(note) between 1 and 2000),
  reviewed_by text not null,
  reviewer_name text not null,
  reviewed_at timestamptz not null default now(),
  primary key (organisation_id, network_id, account, row_kind, transaction_hash, row_index, call_index),
  constraint row_reviews_explained check (state <> 'EXPLAINED' or note is not null)
);
comment on table row_reviews is
  'What an organisation said of a row of a ledger, as it stands now; what it said before stands in audit_entries. Keyed by the '
  'transaction, so it is there again when the row is: after a rebuild, and after a reorg that takes the transaction up again.';
comment on column row_reviews.row_index is 'Use index of a debit, event index of a movement.';
comment on column row_reviews.call_index is 'Of a debit; -1 for a movement.';

create index row_reviews_by_state on row_reviews (organisation_id, network_id, state, reviewed_at desc);

create table exports (
  organisation_id integer not null references organisations,
  export_id text not null default 'exp_' || replace(gen_random_uuid()::text, '-', ''),
  network_id integer not null references networks,
  format text not null check (format in ('CSV', 'JSONL')),
  filter jsonb not null,
  scope jsonb,
  token_hash bytea not null unique check (length(token_hash) = 32),
  created_by text not null,
  creator_name text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  primary key (organisation_id, export_id),
  constraint exports_end check (expires_at <= created_at + interval '7 days')
);
comment on table exports is 'Links to an export. What is behind one is read when it is opened, as far as who made it could see.';
comment on column exports.scope is 'The accounts and labels that who made it was limited to; null: not limited.';
comment on column exports.token_hash is 'SHA-256 of the secret in the link, which is kept nowhere.';

alter table row_reviews enable row level security;
alter table row_reviews force row level security;
-- Who sees only some accounts sees, and says something of, the rows of those.
create policy of_organisation on row_reviews to purser_api
  using (
    organisation_id = current_organisation()
    and (not scope_is_limited() or exists (
      select from follows f where f.network_id = row_reviews.network_id and f.account = row_reviews.account))
  )
  with check (
    organisation_id = current_organisation()
    and exists (select from follows f where f.network_id = row_reviews.network_id and f.account = row_reviews.account)
  );
create policy of_owner on row_reviews to current_user using (true) with check (true);

alter table exports enable row level security;
alter table exports force row level security;
create policy of_organisation on exports to purser_api
  using (organisation_id = current_organisation()) with check (organisation_id = current_organisation());
create policy of_owner on exports to current_user using (true) with check (true);

grant select, insert, update, delete on row_reviews to purser_api;
-- Never readable: what a link hashes to is only compared, by find_export_link.
grant select (organisation_id, export_id, network_id, format, filter, scope, created_by, creator_name, created_at, expires_at, revoked_at)
  on exports to purser_api;
grant insert, update (revoked_at) on exports to purser_api;

create function find_export_link(hash bytea) returns table (
  organisation_id integer, export_id text, network_id integer, format text, filter jsonb, scope jsonb, created_by text,
  creator_name text, expires_at timestamptz
) language sql stable security definer set search_path = public, pg_temp
begin atomic
  select e.organisation_id, e.export_id, e.network_id, e.format, e.filter, e.scope, e.created_by, e.creator_name, e.expires_at
  from exports e
  where e.token_hash = hash and e.revoked_at is null and e.expires_at > now()
    and not exists (
      select from api_keys k
      where k.key_id = e.created_by and (k.revoked_at is not null or k.expires_at <= now())
    );
end;
comment on function find_export_link is 'The export behind a link, before it is known whose it is. No row: unknown, at its end, taken back, or of a key that is.';
revoke execute on function find_export_link(bytea) from public;
grant execute on function find_export_link(bytea) to purser_api;
