import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addressBlock } from './address-block.ts';
import { TokenBuckets } from './token-buckets.ts';

const MINUTE_MS = 60_000;

describe('buckets', () => {
  it('give no more than a minute’s worth and what has come since, whatever is asked when', () => {
    const steps = fc.array(fc.record({ afterMs: fc.nat(20_000), units: fc.integer({ min: 1, max: 90 }) }), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 200 }), (asked, perMinute) => {
        let nowMs = 0;
        const buckets = new TokenBuckets(() => nowMs);
        let given = 0;
        for (const { afterMs, units } of asked) {
          nowMs += afterMs;
          const { isAllowed, retryAfterSeconds, remaining } = buckets.take({ id: 'a', perMinute }, units);
          if (isAllowed) given += units;
          else expect(retryAfterSeconds).toBeGreaterThan(0);
          expect(remaining).toBeLessThanOrEqual(perMinute);
          // One question dearer than a whole minute is let through, and owed.
          expect(given).toBeLessThanOrEqual(
            perMinute + (nowMs * perMinute) / MINUTE_MS + Math.max(0, 90 - perMinute) + 1e-6,
          );
        }
      }),
    );
  });

  it('tell how long to wait, and then it is there', () => {
    let nowMs = 0;
    const buckets = new TokenBuckets(() => nowMs);
    const key = { id: 'a', perMinute: 60 };
    expect(buckets.take(key, 60).isAllowed).toBe(true);
    const { isAllowed, retryAfterSeconds } = buckets.take(key, 10);
    expect([isAllowed, retryAfterSeconds]).toEqual([false, 10]);
    nowMs += 9_999;
    expect(buckets.take(key, 10).isAllowed).toBe(false);
    nowMs += 1;
    expect(buckets.take(key, 10).isAllowed).toBe(true);
  });

  it('are as many as were allowed, and forget who asked least lately', () => {
    const buckets = new TokenBuckets(() => 0, 100);
    const take = (id: string) => buckets.take({ id, perMinute: 1 }, 1).isAllowed;
    expect(take('mine')).toBe(true);
    for (let n = 0; n < 1_000; n += 1) {
      take(`other ${n}`);
      expect(take('mine')).toBe(false);
    }
    expect(buckets.size).toBe(100);
    for (let n = 0; n < 100; n += 1) take(`more ${n}`);
    expect(take('mine')).toBe(true);
  });
});

describe('an address', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::5:6:7:8', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s counts as %s', (address, block) => expect(addressBlock(address)).toBe(block));
});
