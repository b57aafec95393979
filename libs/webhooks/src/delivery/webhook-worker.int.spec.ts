import { afterEach, describe, expect, it } from '@jest/globals';
import type { Alert } from '#libs/alerts';
import { type Address, feltToHex, parseFelt, type SessionKey } from '#libs/felt';
import { withDatabase } from '#libs/testing';
import { cancelDeliveriesAbove, enqueueAlerts } from '../outbox/enqueue-alerts.ts';
import type { WebhookAnswer, WebhookRequest, WebhookSender } from '../sender/webhook-sender.ts';
import { WebhookError } from '../webhook.error.ts';
import type { WebhookClock } from './deliver.ts';
import { createWebhookWorker, type WebhookWorkerOptions } from './webhook-worker.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Wall time moves only by `advance`; sleeps are real but short, so that the worker keeps looking. */
const createClock = (): WebhookClock & { advance(ms: number): void } => {
  let offsetMs = 0;
  return {
    nowMs: () => Date.now() + offsetMs,
    advance: (ms) => {
      offsetMs += ms;
    },
    sleep: (durationMs, signal) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, Math.min(durationMs, 300));
        signal?.addEventListener('abort', () => {
          clearTimeout(timer);
          resolve();
        });
        if (signal?.aborted === true) resolve();
      }),
  };
};

type Handler = (request: WebhookRequest, signal: AbortSignal) => Promise<WebhookAnswer> | WebhookAnswer;

const recordingSender = (handle: Handler): WebhookSender & { readonly sent: WebhookRequest[] } => {
  const sent: WebhookRequest[] = [];
  return {
    sent,
    send: async (request, signal) => {
      sent.push(request);
      return handle(request, signal);
    },
    close: () => Promise.resolve(),
  };
};

const until = async (condition: () => Promise<boolean> | boolean): Promise<void> => {
  const deadline = Date.now() + 5_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('the condition did not come true in 5 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

describe('webhook worker', () => {
  const database = withDatabase();
  const clock = createClock();
  let stops: (() => Promise<void>)[] = [];

  const start = (sender: WebhookSender, more: Partial<WebhookWorkerOptions> = {}) => {
    const stopping = new AbortController();
    const { db, sql } = database;
    const endpoint = { url: 'http://receiver.example/', secret: SECRET };
    const worker = createWebhookWorker({ db, sql, endpoint, sender, clock, random: () => 0, log, ...more });
    const running = worker.run(stopping.signal);
    const stop = (): Promise<void> => {
      stopping.abort();
      return running;
    };
    stops.push(stop);
    return stop;
  };

  afterEach(async () => {
    await Promise.all(stops.map((stop) => stop()));
    stops = [];
    await database.db.deleteFrom('webhook_deliveries').execute();
    await database.db.deleteFrom('alerts').execute();
  });

  const requireNetwork = async (): Promise<number> => {
    const [found] = await database.db.selectFrom('networks').select('network_id').execute();
    if (found !== undefined) return found.network_id;
    const values = { chain_id: '0x534e5f5345504f4c4941', genesis_hash: '0x1', label: 'sandbox' };
    const insert = database.db.insertInto('networks').values(values).returning('network_id');
    return (await insert.executeTakeFirstOrThrow()).network_id;
  };

  const alertOf = (alertId: string, blockNumber = 7): Alert => ({
    alertId,
    type: 'session.calls_low',
    account: 0xan as Address,
    sessionKey: 0xbn as SessionKey,
    blockNumber,
    blockHash: parseFelt('0xc'),
    timestampSeconds: 1_700_000_000n,
    data: { remainingCalls: '4', threshold: 5 },
  });

  const enqueue = async (...alerts: Alert[]): Promise<number> => {
    const networkId = await requireNetwork();
    return database.commit((trx) => enqueueAlerts(trx, networkId, alerts, { deliver: true }));
  };

  const onlyDelivery = () =>
    database.db.selectFrom('webhook_deliveries').selectAll().executeTakeFirstOrThrow();
  const statusIs = (status: string) => async () => (await onlyDelivery()).status === status;
  const attempts = (count: number) => async () => {
    const { attempt_count, leased_until } = await onlyDelivery();
    return attempt_count === count && leased_until === null;
  };

  it('posts an alert once, soon after its transaction commits', async () => {
    const sender = recordingSender(() => ({ statusCode: 204 }));
    start(sender, { pollIntervalMs: 60_000 });
    expect(await enqueue(alertOf('alt_1'))).toBe(1);
    await until(statusIs('DELIVERED'));
    expect(sender.sent).toHaveLength(1);
    const [request] = sender.sent;
    expect(request?.headers['webhook-id']).toBe('alt_1');
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      type: 'session.calls_low',
      id: 'alt_1',
      data: { account: feltToHex(0xan), remainingCalls: '4', blockNumber: 7 },
    });
  });

  it('sends nothing when the transaction rolls back, or when delivery is not wanted', async () => {
    const sender = recordingSender(() => ({ statusCode: 204 }));
    start(sender);
    const networkId = await requireNetwork();
    const failing = database.commit(async (trx) => {
      await enqueueAlerts(trx, networkId, [alertOf('alt_rolled')], { deliver: true });
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    await database.commit((trx) => enqueueAlerts(trx, networkId, [alertOf('alt_old')], { deliver: false }));
    await enqueue(alertOf('alt_new'));
    await until(statusIs('DELIVERED'));
    expect(sender.sent.map(({ headers }) => headers['webhook-id'])).toEqual(['alt_new']);
  });

  it('queues an alert that is computed again only once', async () => {
    const sender = recordingSender(() => ({ statusCode: 200 }));
    start(sender);
    await enqueue(alertOf('alt_1'));
    await until(statusIs('DELIVERED'));
    expect(await enqueue(alertOf('alt_1'), alertOf('alt_2'))).toBe(1);
    await until(() => sender.sent.length === 2);
    expect(sender.sent.map(({ headers }) => headers['webhook-id'])).toEqual(['alt_1', 'alt_2']);
  });

  it('keeps id and body over attempts, and signs each with its own time', async () => {
    const sender = recordingSender(() => ({ statusCode: sender.sent.length < 3 ? 500 : 200 }));
    start(sender, { pollIntervalMs: 20 });
    await enqueue(alertOf('alt_1'));
    for (const count of [1, 2]) {
      await until(attempts(count));
      clock.advance(60_000);
    }
    await until(statusIs('DELIVERED'));
    expect(new Set(sender.sent.map(({ body }) => body)).size).toBe(1);
    expect(new Set(sender.sent.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(sender.sent.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(3);
  });

  it('waits as long as Retry-After says', async () => {
    const sender = recordingSender(() => ({ statusCode: 429, retryAfter: '3600' }));
    start(sender, { pollIntervalMs: 20 });
    await enqueue(alertOf('alt_1'));
    await until(attempts(1));
    const { next_attempt_at, last_attempt_at } = await onlyDelivery();
    const waitMs = next_attempt_at.getTime() - (last_attempt_at?.getTime() ?? 0);
    expect(Math.round(waitMs / 10_000)).toBe(360);
  });

  it('gives up at once on 410', async () => {
    const sender = recordingSender(() => ({ statusCode: 410 }));
    start(sender);
    await enqueue(alertOf('alt_1'));
    await until(statusIs('FAILED'));
    expect(await onlyDelivery()).toMatchObject({ attempt_count: 1, last_error: 'HTTP_410' });
  });

  it('gives up when the schedule of three days has run out', async () => {
    const sender = recordingSender(() => Promise.reject(new WebhookError('CONNECTION_FAILED', 'refused')));
    start(sender, { pollIntervalMs: 10 });
    await enqueue(alertOf('alt_1'));
    for (let count = 1; count <= 12; count += 1) {
      await until(attempts(count));
      clock.advance(25 * 3_600_000);
    }
    await until(statusIs('FAILED'));
    expect(sender.sent).toHaveLength(13);
    expect(await onlyDelivery()).toMatchObject({ last_error: 'CONNECTION_FAILED', last_status_code: null });
  });

  it('gives up on an attempt that exceeds its deadline', async () => {
    const never: Handler = (_request, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    start(recordingSender(never), { deadlineMs: 50 });
    await enqueue(alertOf('alt_1'));
    await until(attempts(1));
    expect(await onlyDelivery()).toMatchObject({ status: 'PENDING', last_error: 'TIMEOUT' });
  });

  it('shares the outbox with other workers without sending twice', async () => {
    const sender = recordingSender(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { statusCode: 200 };
    });
    for (let worker = 0; worker < 3; worker += 1) start(sender, { concurrency: 3 });
    await enqueue(...Array.from({ length: 60 }, (_, index) => alertOf(`alt_${index}`)));
    const pending = () =>
      database.db
        .selectFrom('webhook_deliveries')
        .select('alert_id')
        .where('status', '=', 'PENDING')
        .execute();
    await until(async () => (await pending()).length === 0);
    expect(sender.sent).toHaveLength(60);
    expect(new Set(sender.sent.map(({ headers }) => headers['webhook-id'])).size).toBe(60);
  });

  it('sends again, with the same id, what a worker that died had claimed', async () => {
    await enqueue(alertOf('alt_1'));
    const leased = new Date(clock.nowMs() + 30_000);
    await database.db
      .updateTable('webhook_deliveries')
      .set({ leased_until: leased, attempt_count: 1 })
      .execute();
    const sender = recordingSender(() => ({ statusCode: 200 }));
    start(sender, { pollIntervalMs: 10 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(sender.sent).toHaveLength(0);
    clock.advance(31_000);
    await until(statusIs('DELIVERED'));
    expect(sender.sent[0]?.headers['webhook-id']).toBe('alt_1');
  });

  it('lets attempts finish when stopped, and hands back what it had to interrupt', async () => {
    const never: Handler = (_request, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    const sender = recordingSender(never);
    const stop = start(sender, { drainMs: 50 });
    await enqueue(alertOf('alt_1'));
    await until(() => sender.sent.length === 1);
    await stop();
    expect(await onlyDelivery()).toMatchObject({
      status: 'PENDING',
      last_error: 'INTERRUPTED',
      leased_until: null,
    });
  });

  it('cancels what a reorg left, and resumes it when the branch comes back', async () => {
    await enqueue(alertOf('alt_1', 7), alertOf('alt_0', 6));
    const networkId = await requireNetwork();
    expect(await database.commit((trx) => cancelDeliveriesAbove(trx, networkId, 6))).toBe(1);
    const sender = recordingSender(() => ({ statusCode: 200 }));
    start(sender, { pollIntervalMs: 10 });
    await until(() => sender.sent.length === 1);
    expect(sender.sent[0]?.headers['webhook-id']).toBe('alt_0');
    await enqueue(alertOf('alt_1', 7));
    await until(() => sender.sent.length === 2);
    expect(sender.sent[1]?.headers['webhook-id']).toBe('alt_1');
  });
});
