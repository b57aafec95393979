import type { Sql } from '#libs/database';
import { DELIVERIES_CHANNEL } from '../outbox/enqueue-alerts.ts';
import { claimDueDeliveries } from './deliveries.repository.ts';
import { deliver, type DeliveryContext, type WebhookClock } from './deliver.ts';

export interface WebhookWorkerOptions extends Omit<DeliveryContext, 'deadlineMs'> {
  /** To be woken at a commit. Absent: polling only. */
  readonly sql?: Sql;
  /** One attempt, from connect to answer. Default 15000. */
  readonly deadlineMs?: number;
  /** Attempts at a time. Default 8. */
  readonly concurrency?: number;
  /** Longest pause between two looks at the outbox. Default 2000. */
  readonly pollIntervalMs?: number;
  /** How long attempts may go on after the signal. Default 4000. */
  readonly drainMs?: number;
}

export interface WebhookWorker {
  /** Works until the signal. Faults of the database are logged and waited out. */
  run(signal: AbortSignal): Promise<void>;
}

/** Beyond the deadline, so that a slow worker has written its outcome before another may claim the row. */
const LEASE_MARGIN_MS = 5_000;

/** Delivers what enqueueAlerts queued, at least once: several workers share one outbox. */
export const createWebhookWorker = (options: WebhookWorkerOptions): WebhookWorker => {
  const context: DeliveryContext = { ...options, deadlineMs: options.deadlineMs ?? 15_000 };
  return { run: (signal) => work(context, options, signal) };
};

const work = async (
  context: DeliveryContext,
  options: WebhookWorkerOptions,
  signal: AbortSignal,
): Promise<void> => {
  const wake = createWake();
  const stopListening = await listen(options, wake.call);
  const hardStop = new AbortController();
  const inFlight = new Set<Promise<void>>();
  const start = (delivery: Parameters<typeof deliver>[1]): void => {
    const running = deliver(context, delivery, hardStop.signal)
      .catch((err: unknown) => context.log.error({ err, alertId: delivery.alertId }, 'delivery not recorded'))
      .finally(() => {
        inFlight.delete(running);
        wake.call();
      });
    inFlight.add(running);
  };
  while (!signal.aborted) {
    const free = (options.concurrency ?? 8) - inFlight.size;
    const claimed = free > 0 ? await claim(context, free) : [];
    claimed.forEach(start);
    if (claimed.length < free || free === 0) {
      await wake.wait(context.clock, options.pollIntervalMs ?? 2_000, signal);
    }
  }
  await stopListening();
  await drain(context, inFlight, hardStop, options.drainMs ?? 4_000);
};

const claim = async ({ db, clock, deadlineMs, log }: DeliveryContext, limit: number) => {
  try {
    return await claimDueDeliveries(db, {
      nowMs: clock.nowMs(),
      leaseMs: deadlineMs + LEASE_MARGIN_MS,
      limit,
    });
  } catch (err) {
    log.error({ err }, 'the outbox cannot be read, tried again later');
    return [];
  }
};

const drain = async (
  { clock }: DeliveryContext,
  inFlight: ReadonlySet<Promise<void>>,
  hardStop: AbortController,
  drainMs: number,
): Promise<void> => {
  const done = new AbortController();
  const settled = Promise.all(inFlight).finally(() => done.abort());
  await clock.sleep(inFlight.size === 0 ? 0 : drainMs, done.signal);
  hardStop.abort();
  await settled;
};

const listen = async ({ sql, log }: WebhookWorkerOptions, wake: () => void): Promise<() => Promise<void>> => {
  try {
    const listening = await sql?.listen(DELIVERIES_CHANNEL, wake);
    return async () => {
      // A connection that broke has stopped listening as well.
      await listening?.unlisten().catch(() => undefined);
    };
  } catch (err) {
    log.warn({ err }, 'cannot listen for new deliveries, polling only');
    return () => Promise.resolve();
  }
};

interface Wake {
  /** Ends the present wait, or the next one when nobody waits. */
  readonly call: () => void;
  readonly wait: (clock: WebhookClock, timeoutMs: number, signal: AbortSignal) => Promise<void>;
}

const createWake = (): Wake => {
  let called = false;
  let ring = new AbortController();
  return {
    call: () => {
      called = true;
      ring.abort();
    },
    wait: async (clock, timeoutMs, signal) => {
      if (!called) await clock.sleep(timeoutMs, AbortSignal.any([ring.signal, signal]));
      called = false;
      ring = new AbortController();
    },
  };
};
