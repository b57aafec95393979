import { systemClock } from '#libs/chain';
import type { Settings } from '#libs/config';
import type { DatabaseConnection } from '#libs/database';
import { createHttpWebhookSender, createWebhookWorker } from '#libs/webhooks';
import type { Logger } from 'pino';

const SCOPES = { public: 'PUBLIC', loopback: 'LOOPBACK', private: 'PRIVATE' } as const;

/** Delivers alerts until the signal, where the settings name a receiver. */
export const runWebhooks = async (
  settings: Settings,
  { db, sql }: DatabaseConnection,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> => {
  if (settings.webhook === undefined || !settings.roles.includes('notifier')) return;
  const sender = createHttpWebhookSender({ scope: SCOPES[settings.webhookTargets] });
  const worker = createWebhookWorker({
    db,
    sql,
    endpoint: settings.webhook,
    sender,
    clock: systemClock,
    random: Math.random,
    log: logger,
  });
  try {
    await worker.run(signal);
  } finally {
    await sender.close();
  }
};
