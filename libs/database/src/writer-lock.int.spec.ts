import { describe, expect, it } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { acquireWriterLock, type WriterLock } from './index.ts';

describe('writer lock', () => {
  const database = withDatabase({ migrated: false });
  const acquire = (more: { signal?: AbortSignal; onWait?: () => void; networkId?: number } = {}) =>
    acquireWriterLock({ url: database.url, networkId: 1, intervalMs: 50, ...more });
  const killHolder = () => database.sql`
    select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'
      and database = (select oid from pg_database where datname = current_database())`;

  it('lets the second wait until the first releases', async () => {
    const first = await acquire();
    let waited = false;
    let second: WriterLock | undefined;
    const waiting = acquire({ onWait: () => (waited = true) }).then((lock) => (second = lock));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect([waited, second]).toEqual([true, undefined]);
    await first.release();
    await (await waiting).release();
  });

  it('is one lock for each network', async () => {
    const locks = await Promise.all([acquire({ networkId: 1 }), acquire({ networkId: 2 })]);
    await Promise.all(locks.map((lock) => lock.release()));
  });

  it('tells the holder when the lock is lost, and the next one gets it', async () => {
    const first = await acquire();
    const waiting = acquire();
    await killHolder();
    const second = await waiting;
    await new Promise<void>((resolve) => {
      if (first.lost.aborted) resolve();
      else first.lost.addEventListener('abort', () => resolve());
    });
    expect(first.lost.reason).toMatchObject({ code: 'WRITER_LOCK_LOST' });
    expect(second.lost.aborted).toBe(false);
    await Promise.all([first.release(), second.release()]);
  });

  it('stops waiting when told to', async () => {
    const first = await acquire();
    const signal = AbortSignal.timeout(100);
    await expect(acquire({ signal })).rejects.toMatchObject({ name: 'TimeoutError' });
    await first.release();
  });
});
