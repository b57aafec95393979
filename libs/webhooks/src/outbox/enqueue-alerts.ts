import { sql } from 'kysely';
import type { Alert } from '#libs/alerts';
import type { Trx } from '#libs/database';
import { feltToHex } from '#libs/felt';

/** Postgres tells the workers when the transaction that queued something commits. */
export const DELIVERIES_CHANNEL = 'webhook_deliveries';

export interface EnqueueOptions {
  /** False in back-fill: what is long past is kept for the pull feed and not sent. */
  readonly deliver: boolean;
}

/** Rows per statement: far below the 65,535 parameters that one may have. */
const CHUNK = 1_000;

/** `last_error` of a delivery whose block a reorg left before anybody was told. */
const ORPHANED = 'ORPHANED';

/**
 * Keeps the alerts and queues one delivery for each that is new, in the transaction of the block that caused them.
 * An alert already kept is left alone, so folding a block again sends nothing twice.
 * @returns how many were new.
 */
export const enqueueAlerts = async (
  trx: Trx,
  networkId: number,
  alerts: readonly Alert[],
  options: EnqueueOptions,
): Promise<number> => {
  let added = 0;
  for (let start = 0; start < alerts.length; start += CHUNK) {
    added += await enqueueChunk(trx, networkId, alerts.slice(start, start + CHUNK), options);
  }
  if (added > 0 && options.deliver) await sql`select pg_notify(${DELIVERIES_CHANNEL}, '')`.execute(trx);
  return added;
};

const enqueueChunk = async (
  trx: Trx,
  networkId: number,
  alerts: readonly Alert[],
  { deliver }: EnqueueOptions,
): Promise<number> => {
  const added = await trx
    .insertInto('alerts')
    .values(alerts.map((alert) => alertRow(networkId, alert)))
    .onConflict((conflict) => conflict.columns(['network_id', 'alert_id']).doNothing())
    .returning('alert_id')
    .execute();
  if (deliver && added.length > 0) {
    await trx
      .insertInto('webhook_deliveries')
      .values(added.map(({ alert_id }) => ({ network_id: networkId, alert_id })))
      .execute();
  }
  if (added.length < alerts.length) await resumeCancelled(trx, networkId, alerts);
  return added.length;
};

// A branch that comes back finds its alert kept and its delivery cancelled.
const resumeCancelled = (trx: Trx, networkId: number, alerts: readonly Alert[]): Promise<unknown> =>
  trx
    .updateTable('webhook_deliveries')
    .set({ status: 'PENDING', last_error: null, next_attempt_at: sql<Date>`now()` })
    .where('network_id', '=', networkId)
    .where(
      'alert_id',
      'in',
      alerts.map(({ alertId }) => alertId),
    )
    .where('status', '=', 'FAILED')
    .where('last_error', '=', ORPHANED)
    .execute();

/**
 * Takes back what is not delivered yet of alerts above a block, in the transaction of the reorg.
 * The alerts stay, on blocks that are no longer canonical. @returns how many deliveries were cancelled.
 */
export const cancelDeliveriesAbove = async (
  trx: Trx,
  networkId: number,
  blockNumber: number,
): Promise<number> => {
  const result = await trx
    .updateTable('webhook_deliveries as delivery')
    .from('alerts as alert')
    .set({ status: 'FAILED', last_error: ORPHANED })
    .where('delivery.network_id', '=', networkId)
    .where('delivery.status', '=', 'PENDING')
    .whereRef('alert.network_id', '=', 'delivery.network_id')
    .whereRef('alert.alert_id', '=', 'delivery.alert_id')
    .where('alert.block_number', '>', blockNumber)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
};

const alertRow = (networkId: number, alert: Alert) => ({
  network_id: networkId,
  alert_id: alert.alertId,
  kind: alert.type,
  account: feltToHex(alert.account),
  session_key: feltToHex(alert.sessionKey),
  block_number: alert.blockNumber,
  block_hash: feltToHex(alert.blockHash),
  payload: sql<string>`${JSON.stringify({ blockTimestamp: alert.timestampSeconds.toString(), ...alert.data })}::text::jsonb`,
});
