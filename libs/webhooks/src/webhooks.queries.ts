import type { Alert } from '#libs/alerts';
import type { GeneratedQueries } from '#libs/database';
import { toAddress, toFelt, toSessionKey } from '#libs/felt';
import {
  claimDueDeliveries,
  type ClaimedDelivery,
  recordDelivered,
  recordFailedAttempt,
} from './delivery/deliveries.repository.ts';
import { cancelDeliveriesAbove, enqueueAlerts } from './outbox/enqueue-alerts.ts';

const alert: Alert = {
  alertId: 'alt_1',
  type: 'session.calls_low',
  account: toAddress(1n),
  sessionKey: toSessionKey(1n),
  blockNumber: 1,
  blockHash: toFelt(1),
  timestampSeconds: 1n,
  data: {},
};
const delivery: ClaimedDelivery = {
  deliveryId: 1,
  attempt: 1,
  alertId: 'alt_1',
  kind: 'session.calls_low',
  chainId: '0x1',
  account: '0x1',
  sessionKey: '0x1',
  token: null,
  blockNumber: 1,
  blockHash: '0x1',
  payload: {},
};
const at = { nowMs: 0 };

export const generatedQueries: GeneratedQueries = {
  repository: 'webhooks',
  methods: {
    enqueueAlerts: {
      run: (trx) => enqueueAlerts(trx, 1, [alert], { deliver: true }),
      answers: [[{ alert_id: 'alt_1' }]],
    },
    'enqueueAlerts, known already': { run: (trx) => enqueueAlerts(trx, 1, [alert], { deliver: true }) },
    cancelDeliveriesAbove: { run: (trx) => cancelDeliveriesAbove(trx, 1, 1) },
    claimDueDeliveries: { run: (trx) => claimDueDeliveries(trx, { ...at, leaseMs: 1, limit: 1 }) },
    recordDelivered: { run: (trx) => recordDelivered(trx, delivery, { ...at, statusCode: 204 }) },
    'recordFailedAttempt, to be tried again': {
      run: (trx) =>
        recordFailedAttempt(trx, delivery, { error: 'HTTP_500', statusCode: 500, nextAttemptMs: 1 }),
    },
    'recordFailedAttempt, given up': {
      run: (trx) => recordFailedAttempt(trx, delivery, { error: 'HTTP_410', statusCode: 410 }),
    },
  },
};
