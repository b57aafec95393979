import { sql } from 'kysely';
import type { Db } from '#libs/database';
import type { QueuedAlert } from '../message/alert-message.ts';

export interface ClaimedDelivery extends QueuedAlert {
  readonly deliveryId: number;
  /** Counted from 1. Also the fence: only who holds the newest claim may write its outcome. */
  readonly attempt: number;
}

export interface ClaimOptions {
  readonly nowMs: number;
  readonly leaseMs: number;
  readonly limit: number;
}

const CLAIMED_COLUMNS = [
  'delivery.delivery_id as deliveryId',
  'delivery.attempt_count as attempt',
  'alert.alert_id as alertId',
  'alert.kind',
  'network.chain_id as chainId',
  'alert.account',
  'alert.session_key as sessionKey',
  'alert.token',
  'alert.block_number as blockNumber',
  'alert.block_hash as blockHash',
  'alert.payload',
] as const;

/** Claims due deliveries for the length of the lease. Rows that another worker holds are passed over. */
export const claimDueDeliveries = async (db: Db, options: ClaimOptions): Promise<ClaimedDelivery[]> => {
  const now = new Date(options.nowMs);
  return db
    .with('due', (cte) =>
      cte
        .selectFrom('webhook_deliveries')
        .select('delivery_id')
        // A literal, so that the index of what is pending fits.
        .where('status', '=', sql.lit('PENDING' as const))
        .where('next_attempt_at', '<=', now)
        .where((where) => where.or([where('leased_until', 'is', null), where('leased_until', '<=', now)]))
        .orderBy('next_attempt_at')
        .orderBy('delivery_id')
        .limit(options.limit)
        .forUpdate()
        .skipLocked(),
    )
    .updateTable('webhook_deliveries as delivery')
    .from('due')
    .innerJoin('alerts as alert', (join) => join.onTrue())
    .innerJoin('networks as network', 'network.network_id', 'alert.network_id')
    .set((update) => ({
      leased_until: new Date(options.nowMs + options.leaseMs),
      last_attempt_at: now,
      attempt_count: update('attempt_count', '+', 1),
    }))
    .whereRef('delivery.delivery_id', '=', 'due.delivery_id')
    .whereRef('alert.network_id', '=', 'delivery.network_id')
    .whereRef('alert.alert_id', '=', 'delivery.alert_id')
    .returning(CLAIMED_COLUMNS)
    .execute() as Promise<ClaimedDelivery[]>;
};

/** The receiver took it. Also recorded where a reorg cancelled the delivery while it was on its way. */
export const recordDelivered = async (
  db: Db,
  { deliveryId, attempt }: ClaimedDelivery,
  outcome: { readonly nowMs: number; readonly statusCode: number },
): Promise<void> => {
  await db
    .updateTable('webhook_deliveries')
    .set({
      status: 'DELIVERED',
      delivered_at: new Date(outcome.nowMs),
      last_status_code: outcome.statusCode,
      last_error: null,
      leased_until: null,
    })
    .where('delivery_id', '=', deliveryId)
    .where('attempt_count', '=', attempt)
    .execute();
};

export interface FailedAttempt {
  readonly error: string;
  readonly statusCode?: number;
  /** Absent: there is no further attempt. */
  readonly nextAttemptMs?: number;
}

export const recordFailedAttempt = async (
  db: Db,
  { deliveryId, attempt }: ClaimedDelivery,
  outcome: FailedAttempt,
): Promise<void> => {
  const next = outcome.nextAttemptMs;
  await db
    .updateTable('webhook_deliveries')
    .set({
      ...(next === undefined ? { status: 'FAILED' as const } : { next_attempt_at: new Date(next) }),
      last_status_code: outcome.statusCode ?? null,
      last_error: outcome.error,
      leased_until: null,
    })
    .where('delivery_id', '=', deliveryId)
    .where('attempt_count', '=', attempt)
    .where('status', '=', 'PENDING')
    .execute();
};
