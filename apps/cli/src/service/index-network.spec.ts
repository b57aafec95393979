import { describe, expect, it } from '@jest/globals';
import { keepWriting } from './index-network.ts';

describe('keeping one writer at work', () => {
  const run = async (failures: readonly Error[]) => {
    const stop = new AbortController();
    const failed: string[] = [];
    const left = [...failures];
    let wrote = 0;
    await keepWriting(
      {
        write: () => {
          const failure = left.shift();
          if (failure !== undefined) return Promise.reject(failure);
          wrote += 1;
          stop.abort();
          return Promise.resolve();
        },
        failed: (code) => failed.push(code),
        label: 'spec',
        logger: { warn: () => undefined },
        retryMs: 1,
      },
      stop.signal,
    );
    return { failed, wrote };
  };
  const withCode = (code: string) => Object.assign(new Error(code), { code });

  it('tries again whatever failed: that it does not know an error is no reason to stop for ever', async () => {
    const failures = [withCode('XX000'), withCode('28P01'), withCode('53100'), new Error('odd')];
    expect(await run(failures)).toEqual({
      failed: ['QUERY_FAILED', 'CONNECTION_FAILED', 'DISK_FULL', 'INTERNAL'],
      wrote: 1,
    });
  });

  it('waits longer after each failure', async () => {
    const startMs = performance.now();
    await run(Array.from({ length: 7 }, () => new Error('odd')));
    expect(performance.now() - startMs).toBeGreaterThan(1 + 2 + 4 + 8 + 16 + 32 + 60);
  });
});
