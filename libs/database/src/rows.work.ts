import type { Generated, GeneratedAlways } from 'kysely';
import type { Defaulted, FeltText, Json } from './rows.ts';

export interface AlertsTable {
  network_id: number;
  alert_id: string;
  sequence: GeneratedAlways<number>;
  kind: string;
  account: FeltText;
  session_key: FeltText | null;
  token: FeltText | null;
  block_number: number;
  block_hash: FeltText;
  retracts_alert_id: string | null;
  payload: Json;
  created_at: Defaulted<Date>;
}

export interface WebhookDeliveriesTable {
  delivery_id: GeneratedAlways<number>;
  network_id: number;
  alert_id: string;
  status: Defaulted<'PENDING' | 'DELIVERED' | 'FAILED'>;
  attempt_count: Defaulted<number>;
  next_attempt_at: Defaulted<Date>;
  leased_until: Date | null;
  last_attempt_at: Date | null;
  last_status_code: number | null;
  last_error: string | null;
  created_at: Defaulted<Date>;
  delivered_at: Date | null;
}

export type BackfillState = 'QUEUED' | 'RUNNING' | 'DONE' | 'INCOMPLETE' | 'CANCELLED';

export interface BackfillJobsTable {
  job_id: Generated<number>;
  network_id: number;
  account: FeltText;
  from_block: number;
  every_block: Defaulted<boolean>;
  state: Defaulted<BackfillState>;
  reason_code: string | null;
  calls_made: Defaulted<number>;
  calls_left: number | null;
  calls_per_second: number | null;
  blocks_read: Defaulted<number>;
  covered_to: number | null;
  search: Json | null;
  attempts: Defaulted<number>;
  next_try_at: Defaulted<Date>;
  requested_at: Defaulted<Date>;
  updated_at: Defaulted<Date>;
  finished_at: Date | null;
}
