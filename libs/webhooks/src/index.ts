export {
  cancelDeliveriesAbove,
  DELIVERIES_CHANNEL,
  enqueueAlerts,
  type EnqueueOptions,
} from './outbox/enqueue-alerts.ts';
export { isAuthentic } from './message/verify-message.ts';
export type { WebhookClock, WebhookLog } from './delivery/deliver.ts';
export {
  createWebhookWorker,
  type WebhookWorker,
  type WebhookWorkerOptions,
} from './delivery/webhook-worker.ts';
export type { TargetScope } from './sender/address-policy.ts';
export { createHttpWebhookSender, type HttpWebhookSenderOptions } from './sender/http-webhook-sender.ts';
export type { WebhookAnswer, WebhookRequest, WebhookSender } from './sender/webhook-sender.ts';
export { WebhookError, type WebhookErrorCode } from './webhook.error.ts';
