-- What the index proves itself by: tallies of facts, the generation of the read models.

create function fact_checksum(
  block_hash text, transaction_index integer, event_index integer, transaction_hash text, account text, kind text,
  session_key text, token text, payload jsonb
) returns bigint language sql stable parallel safe as $$
  select ('x' || encode(substr(sha256(convert_to(
    block_hash || '|' || transaction_index || '|' || event_index || '|' || coalesce(transaction_hash, '') || '|' || account
      || '|' || kind || '|' || coalesce(session_key, '') || '|' || coalesce(token, '') || '|' || payload::text,
    'UTF8')), 1, 8), 'hex'))::bit(64)::bigint
$$;
comment on function fact_checksum is 'The first 64 bits of the SHA-256 of everything that a fact says.';

create table fact_tallies (
  network_id integer not null,
  block_hash felt not null,
  block_number block_height not null,
  fact_count bigint not null check (fact_count > 0),
  checksum numeric not null,
  changed_in xid8 not null default pg_current_xact_id(),
  primary key (network_id, block_hash)
);
comment on table fact_tallies is
  'How many facts were ever added to a block, and the sum of their checksums: a fact that goes missing or is altered no '
  'longer adds up. Written by a trigger, so that whoever adds facts adds to the tally.';
comment on column fact_tallies.changed_in is 'The transaction that added the last fact: tells a rebuild what came meanwhile.';
create index fact_tallies_by_block on fact_tallies (network_id, block_number);

create function tally_facts() returns trigger language plpgsql as $$
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
$$;
comment on function tally_facts is 'Adds the facts of a statement to the tallies of their blocks.';

insert into fact_tallies (network_id, block_hash, block_number, fact_count, checksum)
select network_id, block_hash, block_number, count(*),
  sum(fact_checksum(block_hash, transaction_index, event_index, transaction_hash, account, kind, session_key, token, payload))
from facts
group by network_id, block_hash, block_number;

create trigger facts_tally after insert on facts referencing new table as added
  for each statement execute function tally_facts();

alter table cursors add column generation integer not null default 0;
comment on column cursors.generation is
  'Rises when the read models were put right from the facts: whoever folds on from what it remembers of them finds the '
  'cursor moved and reads anew.';

alter table networks add column accepts_reorg_below_finality boolean not null default false;
comment on column networks.accepts_reorg_below_finality is
  'Somebody accepted that final blocks were replaced. Taken back by the one roll-back that it allows.';
