import { beforeEach, describe, expect, it } from '@jest/globals';
import { AttemptLimit } from './attempt-limit.ts';

describe('the limit of attempts', () => {
  let nowMs = 0;
  let limit: AttemptLimit;

  const take = (address: string): number => {
    try {
      limit.take(address);
      return 0;
    } catch (error) {
      const { code, retryable, details } = error as {
        code: string;
        retryable: boolean;
        details: { retryAfterSeconds: number };
      };
      expect([code, retryable]).toEqual(['RATE_LIMITED', true]);
      return details.retryAfterSeconds;
    }
  };

  beforeEach(() => {
    nowMs = 1_000_000;
    limit = new AttemptLimit({ clock: { nowMilliseconds: () => nowMs }, most: 2, capacity: 3 });
  });

  it('lets through as many as it may in a minute, and says when to come again', () => {
    expect([take('a'), take('a'), take('a')]).toEqual([0, 0, 60]);
    nowMs += 59_500;
    expect(take('a')).toBe(1);
    nowMs += 500;
    expect([take('a'), take('a'), take('a')]).toEqual([0, 0, 60]);
  });

  it('counts each address for itself', () => {
    expect([take('10.0.0.1'), take('10.0.0.1'), take('10.0.0.2')]).toEqual([0, 0, 0]);
    expect([take('10.0.0.1'), take('10.0.0.2')]).toEqual([60, 0]);
  });

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9'],
    ['2001:db8::1', '2001:db8:0:0:5:6:7:8'],
    ['::1', '::2'],
  ])('takes a network of IPv6 for one: %s and %s', (one, other) => {
    expect([take(one), take(other), take(one)]).toEqual([0, 0, 60]);
  });

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:3::1'],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.2'],
  ])('keeps apart %s and %s', (one, other) => {
    expect([take(one), take(one), take(other)]).toEqual([0, 0, 0]);
  });

  it('remembers no more than it may, the least recent first forgotten', () => {
    for (const address of ['a', 'a', 'b', 'c', 'a']) take(address);
    take('d');
    expect([take('a'), take('b')]).toEqual([60, 0]);
  });

  it('is not stuck where the clock was set back', () => {
    expect([take('a'), take('a'), take('a')]).toEqual([0, 0, 60]);
    nowMs -= 3_600_000;
    expect(take('a')).toBe(0);
  });
});
