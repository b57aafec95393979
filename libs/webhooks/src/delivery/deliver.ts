import type { Db } from '#libs/database';
import { alertMessageBody } from '../message/alert-message.ts';
import { signMessage } from '../message/sign-message.ts';
import type { WebhookAnswer, WebhookSender } from '../sender/webhook-sender.ts';
import { WebhookError } from '../webhook.error.ts';
import { decideOutcome, type Outcome } from './decide-outcome.ts';
import { type ClaimedDelivery, recordDelivered, recordFailedAttempt } from './deliveries.repository.ts';

export interface WebhookClock {
  nowMs(): number;
  /** Resolves after the time, or at once when the signal aborts. Never rejects. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
}

/** A log that takes fixed fields and a sentence. */
export interface WebhookLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface DeliveryContext {
  readonly db: Db;
  readonly endpoint: { readonly url: string; readonly secret: string };
  readonly sender: WebhookSender;
  readonly clock: WebhookClock;
  readonly random: () => number;
  readonly log: WebhookLog;
  readonly deadlineMs: number;
}

/** One attempt, from signing to the recorded outcome. */
export const deliver = async (
  context: DeliveryContext,
  delivery: ClaimedDelivery,
  stop: AbortSignal,
): Promise<void> => {
  const startedMs = context.clock.nowMs();
  const result = await attempt(context, delivery, stop);
  const nowMs = context.clock.nowMs();
  const outcome = decideOutcome({ result, attempt: delivery.attempt, nowMs, random: context.random });
  if (outcome.kind === 'DELIVERED') await recordDelivered(context.db, delivery, { ...outcome, nowMs });
  else await recordFailedAttempt(context.db, delivery, outcome);
  report(context.log, delivery, outcome, nowMs - startedMs);
};

const attempt = async (
  context: DeliveryContext,
  delivery: ClaimedDelivery,
  stop: AbortSignal,
): Promise<WebhookAnswer | WebhookError> => {
  const { clock, endpoint, sender } = context;
  const body = alertMessageBody(delivery);
  const deadline = new AbortController();
  const done = new AbortController();
  void clock.sleep(context.deadlineMs, done.signal).then(() => {
    deadline.abort(new WebhookError('TIMEOUT', 'no answer in time'));
  });
  try {
    const sentAtSeconds = Math.floor(clock.nowMs() / 1000);
    const signed = signMessage(endpoint.secret, { id: delivery.alertId, body, sentAtSeconds });
    const headers = { 'content-type': 'application/json', 'user-agent': 'Purser', ...signed };
    const signal = AbortSignal.any([deadline.signal, stop]);
    return await sender.send({ url: endpoint.url, headers, body }, signal);
  } catch (error) {
    if (stop.aborted) return new WebhookError('INTERRUPTED', 'stopped before the answer', { cause: error });
    if (error instanceof WebhookError) return error;
    throw error;
  } finally {
    done.abort();
  }
};

const report = (log: WebhookLog, delivery: ClaimedDelivery, outcome: Outcome, durationMs: number): void => {
  const { alertId, attempt: attemptNumber, chainId, account, blockNumber, blockHash } = delivery;
  const fields = {
    alertId,
    attempt: attemptNumber,
    chainId,
    account,
    blockNumber,
    blockHash,
    durationMs: Math.round(durationMs),
  };
  if (outcome.kind === 'DELIVERED')
    log.info({ ...fields, statusCode: outcome.statusCode }, 'alert delivered');
  else if (outcome.kind === 'RETRY')
    log.warn({ ...fields, code: outcome.error }, 'alert not delivered, tried again later');
  else log.error({ ...fields, code: outcome.error }, 'alert not delivered, given up');
};
