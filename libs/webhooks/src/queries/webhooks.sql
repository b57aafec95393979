-- Statements of webhooks, written by scripts/generate.ts

-- enqueueAlerts
insert into "alerts" ("network_id", "alert_id", "kind", "account", "session_key", "block_number", "block_hash", "payload")
values ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb)
on conflict ("network_id", "alert_id") do nothing
returning "alert_id";
insert into "webhook_deliveries" ("network_id", "alert_id")
values ($1, $2);
select pg_notify($1, '');

-- enqueueAlerts, known already
insert into "alerts" ("network_id", "alert_id", "kind", "account", "session_key", "block_number", "block_hash", "payload")
values ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb)
on conflict ("network_id", "alert_id") do nothing
returning "alert_id";
update "webhook_deliveries"
set "status" = $1, "last_error" = $2, "next_attempt_at" = now()
where "network_id" = $3
  and "alert_id" in ($4)
  and "status" = $5
  and "last_error" = $6;

-- cancelDeliveriesAbove
update "webhook_deliveries" as "delivery"
set "status" = $1, "last_error" = $2
from "alerts" as "alert"
where "delivery"."network_id" = $3
  and "delivery"."status" = $4
  and "alert"."network_id" = "delivery"."network_id"
  and "alert"."alert_id" = "delivery"."alert_id"
  and "alert"."block_number" > $5;

-- claimDueDeliveries
with "due" as (select "delivery_id" from "webhook_deliveries" where "status" = 'PENDING' and "next_attempt_at" <= $1 and ("leased_until" is null or "leased_until" <= $2) order by "next_attempt_at", "delivery_id" limit $3 for update skip locked) update "webhook_deliveries" as "delivery"
set "leased_until" = $4, "last_attempt_at" = $5, "attempt_count" = "attempt_count" + $6
from "due"
inner join "alerts" as "alert"
  on true
inner join "networks" as "network"
  on "network"."network_id" = "alert"."network_id"
where "delivery"."delivery_id" = "due"."delivery_id"
  and "alert"."network_id" = "delivery"."network_id"
  and "alert"."alert_id" = "delivery"."alert_id"
returning "delivery"."delivery_id" as "deliveryId", "delivery"."attempt_count" as "attempt", "alert"."alert_id" as "alertId", "alert"."kind", "network"."chain_id" as "chainId", "alert"."account", "alert"."session_key" as "sessionKey", "alert"."token", "alert"."block_number" as "blockNumber", "alert"."block_hash" as "blockHash", "alert"."payload";

-- recordDelivered
update "webhook_deliveries"
set "status" = $1, "delivered_at" = $2, "last_status_code" = $3, "last_error" = $4, "leased_until" = $5
where "delivery_id" = $6
  and "attempt_count" = $7;

-- recordFailedAttempt, to be tried again
update "webhook_deliveries"
set "next_attempt_at" = $1, "last_status_code" = $2, "last_error" = $3, "leased_until" = $4
where "delivery_id" = $5
  and "attempt_count" = $6
  and "status" = $7;

-- recordFailedAttempt, given up
update "webhook_deliveries"
set "status" = $1, "last_status_code" = $2, "last_error" = $3, "leased_until" = $4
where "delivery_id" = $5
  and "attempt_count" = $6
  and "status" = $7;
