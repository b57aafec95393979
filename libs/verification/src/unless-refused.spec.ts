import { describe, expect, it } from '@jest/globals';
import { unlessRefused } from './unless-refused.ts';

const allowed = () => Promise.resolve();
const refusal = new Error('refused');
const stumble = new RangeError('stumbled');

/** Fails when it is told to stop, and never ends otherwise. */
const untilStopped = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

describe('work that may be refused', () => {
  it('gives what was worked out where nothing is refused', async () => {
    expect(await unlessRefused(undefined, allowed, () => Promise.resolve(7))).toBe(7);
  });

  it('is stopped by the refusal, which is why', async () => {
    await expect(unlessRefused(undefined, () => Promise.reject(refusal), untilStopped)).rejects.toBe(refusal);
  });

  it('waits for the check where it fails first, and tells the refusal', async () => {
    const check = Promise.withResolvers<undefined>();
    const asked = unlessRefused(
      undefined,
      async () => {
        await check.promise;
      },
      () => Promise.reject(stumble),
    );
    setTimeout(() => check.reject(refusal), 20);
    await expect(asked).rejects.toBe(refusal);
  });

  it('tells its own failure where nothing is refused', async () => {
    await expect(unlessRefused(undefined, allowed, () => Promise.reject(stumble))).rejects.toBe(stumble);
  });

  it('ends both when somebody cancels', async () => {
    const cancel = new AbortController();
    const asked = unlessRefused(cancel.signal, untilStopped, untilStopped);
    cancel.abort(stumble);
    await expect(asked).rejects.toBe(stumble);
  });
});
