-- What went wrong and waits for somebody: opened in the transaction that found it, closed with a reason.

create table incidents (
  incident_id bigint generated always as identity primary key,
  network_id integer not null references networks,
  kind text not null check (
    kind in ('ATTRIBUTION_FAILED', 'FINALITY_VIOLATION', 'DRIFT', 'INCOMPLETE_EVENTS', 'DIGEST_MISMATCH')
  ),
  account felt,
  block_number block_height,
  block_hash felt,
  details jsonb not null,
  opened_at timestamptz not null default now(),
  occurrences integer not null default 1 check (occurrences > 0),
  resolved_at timestamptz,
  resolution text,
  constraint incidents_resolved_with_reason check ((resolved_at is null) = (resolution is null))
);
comment on table incidents is
  'At most one is open for a network, kind and account; found again, it is counted. Closed ones stay.';
comment on column incidents.account is 'Null where it concerns the whole network.';
comment on column incidents.block_number is 'The first block that showed it.';
comment on column incidents.occurrences is 'How often it was found while open.';

create unique index incidents_open on incidents (network_id, kind, account) nulls not distinct
  where resolved_at is null;
create index incidents_by_network on incidents (network_id, incident_id);
