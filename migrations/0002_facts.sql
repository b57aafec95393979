-- The event store: what the chain said, inserted once and never changed.

create table facts (
  network_id integer not null,
  block_hash felt not null,
  transaction_index integer not null check (transaction_index >= 0),
  event_index integer not null check (event_index >= 0),
  block_number block_height not null,
  transaction_hash felt,
  account felt not null,
  kind text not null check (kind ~ '^[A-Z][A-Za-z]*$'),
  session_key felt,
  token felt,
  payload jsonb not null,
  primary key (network_id, account, block_number, block_hash, transaction_index, event_index)
);
comment on table facts is
  'Insert only. Whether a fact counts is asked of its block (blocks.canonical, blocks.finality), never stored here. '
  'The key is the place on the chain; account and block_number lead it so that it serves the reading of an account too.';
comment on column facts.transaction_index is
  'Place in the block. 2147483647 for facts derived from the state diff of the block, which has no transaction.';
comment on column facts.event_index is 'Place in the transaction; for derived facts their ordinal for the account in the block.';
comment on column facts.kind is 'Past tense, as on chain (SessionKeyAdded) or derived (SessionCallConsumed).';
comment on column facts.payload is 'Felts as printed, numbers beyond 2^53 as decimal strings. Only ever grows new members.';

create index facts_by_session on facts (network_id, account, session_key, block_number) where session_key is not null;
create index facts_by_block on facts (network_id, block_number);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is insert only: % refused', tg_table_name, tg_op
    using errcode = 'restrict_violation';
end
$$;
comment on function refuse_change is 'Keeps history: a table with this trigger can only be added to.';

create trigger facts_refuse_change before update or delete on facts
  for each row execute function refuse_change();
create trigger facts_refuse_truncate before truncate on facts
  for each statement execute function refuse_change();

create table dead_letters (
  network_id integer not null,
  block_hash felt not null,
  transaction_index integer not null check (transaction_index >= 0),
  event_index integer not null check (event_index >= 0),
  block_number block_height not null,
  transaction_hash felt,
  account felt not null,
  code text not null,
  reason text not null,
  raw jsonb not null,
  recorded_at timestamptz not null default now(),
  primary key (network_id, account, block_number, block_hash, transaction_index, event_index)
);
comment on table dead_letters is
  'What looked like ours and could not be decoded, kept raw with its reason. Counted, never skipped in silence.';

create index dead_letters_by_block on dead_letters (network_id, block_number);

create table coverage (
  network_id integer not null references networks,
  account felt not null,
  kind text not null check (kind in ('EVENTS', 'STATE')),
  from_block block_height not null,
  to_block block_height,
  primary key (network_id, account, kind, from_block),
  constraint coverage_not_empty check (to_block >= from_block)
);
comment on table coverage is
  'Which blocks have been read for an account, as disjoint ranges that never touch. History may arrive after the head.';
comment on column coverage.to_block is 'Inclusive. Null: up to the cursor, and moving with it.';

create unique index coverage_open_range on coverage (network_id, account, kind) where to_block is null;
