import { describe, expect, it } from '@jest/globals';
import { nextTurn } from '../../testing/fake-clock.ts';
import { readAhead, type ReadAheadOptions } from './read-ahead.ts';

const options = (overrides: Partial<ReadAheadOptions<number>> = {}): ReadAheadOptions<number> => ({
  from: 0,
  to: 9,
  fetch: (blockNumber) => Promise.resolve(blockNumber),
  bytesOf: () => 1,
  concurrency: 3,
  maxItems: 5,
  maxBytes: 100,
  signal: new AbortController().signal,
  ...overrides,
});

describe('readAhead', () => {
  it('yields in order what arrives in any order', async () => {
    const pending = new Map<number, () => void>();
    const fetch = (blockNumber: number): Promise<number> =>
      new Promise((resolve) => pending.set(blockNumber, () => resolve(blockNumber)));
    const got: number[] = [];
    const reading = (async () => {
      for await (const item of readAhead(options({ fetch }))) got.push(item);
    })();
    while (got.length < 10) {
      await nextTurn();
      expect(pending.size).toBeLessThanOrEqual(3);
      const newest = Math.max(...pending.keys());
      pending.get(newest)?.();
      pending.delete(newest);
    }
    await reading;
    expect(got).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('holds no more than it may while the reader works', async () => {
    const fetched: number[] = [];
    const fetch = (blockNumber: number): Promise<number> => {
      fetched.push(blockNumber);
      return Promise.resolve(blockNumber);
    };
    const items = readAhead(options({ fetch }));
    await items.next();
    for (let turn = 0; turn < 10; turn += 1) await nextTurn();
    expect(fetched).toEqual([0, 1, 2, 3, 4, 5]);

    fetched.length = 0;
    const heavy = readAhead(options({ fetch, bytesOf: () => 60, concurrency: 1 }));
    await heavy.next();
    for (let turn = 0; turn < 10; turn += 1) await nextTurn();
    expect(fetched).toEqual([0, 1, 2]);
    await items.return(undefined);
    await heavy.return(undefined);
  });

  it('yields what lies before a failure, then throws it, and fetches nothing more', async () => {
    const fetched: number[] = [];
    const fetch = (blockNumber: number): Promise<number> => {
      fetched.push(blockNumber);
      return blockNumber === 3 ? Promise.reject(new Error('no')) : Promise.resolve(blockNumber);
    };
    const got: number[] = [];
    const reading = (async () => {
      for await (const item of readAhead(options({ fetch, concurrency: 1 }))) got.push(item);
    })();
    await expect(reading).rejects.toThrow('no');
    expect(got).toEqual([0, 1, 2]);
    expect(fetched).toEqual([0, 1, 2, 3]);
  });

  it('stops its fetches when the reader leaves', async () => {
    const signals: AbortSignal[] = [];
    const fetch = (blockNumber: number, signal: AbortSignal): Promise<number> => {
      signals.push(signal);
      return blockNumber === 0 ? Promise.resolve(0) : new Promise(() => undefined);
    };
    for await (const item of readAhead(options({ fetch }))) if (item === 0) break;
    expect(signals.length).toBeGreaterThan(1);
    expect(signals.every((signal) => signal.aborted)).toBe(true);
  });

  it('throws at once when it is aborted', async () => {
    const stopping = new AbortController();
    const items = readAhead(options({ fetch: () => new Promise(() => undefined), signal: stopping.signal }));
    const next = items.next();
    stopping.abort();
    await expect(next).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
