-- The outbox: alerts are decided and queued in the transaction of the block that caused them.

create table alerts (
  network_id integer not null references networks,
  alert_id text not null,
  sequence bigint generated always as identity,
  kind text not null check (kind ~ '^[A-Za-z][A-Za-z_.]*$'),
  account felt not null,
  session_key felt,
  token felt,
  block_number block_height not null,
  block_hash felt not null,
  retracts_alert_id text,
  payload jsonb not null,
  created_at timestamptz not null default now(),
  primary key (network_id, alert_id)
);
comment on table alerts is 'One row per crossing, whatever the number of deliveries.';
comment on column alerts.alert_id is 'Computed from the cause, so that folding a block again finds the same alert.';
comment on column alerts.sequence is 'Order of the pull feed. Rolled-back transactions leave holes.';
comment on column alerts.retracts_alert_id is 'The alert whose cause a reorg undid.';

create unique index alerts_sequence on alerts (sequence);
create index alerts_by_block on alerts (network_id, block_number);
create index alerts_by_account on alerts (network_id, account, sequence);

create table webhook_deliveries (
  delivery_id bigint generated always as identity primary key,
  network_id integer not null,
  alert_id text not null,
  status text not null default 'PENDING' check (status in ('PENDING', 'DELIVERED', 'FAILED')),
  attempt_count integer not null default 0 check (attempt_count >= 0),
  next_attempt_at timestamptz not null default now(),
  leased_until timestamptz,
  last_attempt_at timestamptz,
  last_status_code integer,
  last_error text,
  created_at timestamptz not null default now(),
  delivered_at timestamptz,
  constraint webhook_deliveries_alert foreign key (network_id, alert_id) references alerts
);
comment on column webhook_deliveries.status is 'FAILED: the schedule of attempts ran out, or the receiver said it is gone.';
comment on column webhook_deliveries.leased_until is
  'Claimed by a worker until then. A worker that dies leaves the row to the next one: a documented duplicate.';

create index webhook_deliveries_due on webhook_deliveries (next_attempt_at) where status = 'PENDING';
create index webhook_deliveries_by_alert on webhook_deliveries (network_id, alert_id);
