import { describe, expect, it } from '@jest/globals';
import { isSessionActive } from '#libs/account';
import { U32_MAX, U64_MAX } from '#libs/felt';
import fc from 'fast-check';
import { sessionStanding } from './session-status.ts';

const session = (
  validUntilSeconds: bigint,
  maxCalls: bigint,
  callsUsed: bigint,
  lifecycle = 'REGISTERED' as const,
) => ({
  data: { validUntilSeconds, maxCalls, callsUsed, allowedEntrypointsLen: 0n },
  lifecycle,
});
const REVOKED = { ...session(0n, 0n, 0n), lifecycle: 'REVOKED' } as const;

describe('the status of a session', () => {
  it.each([
    ['active at its last second', session(100n, 2n, 1n), 100n, 'ACTIVE', undefined],
    ['expired a second later', session(100n, 2n, 1n), 101n, 'EXPIRED', 'SESSION_EXPIRED'],
    ['exhausted at its last call', session(100n, 2n, 2n), 100n, 'EXHAUSTED', 'SESSION_MAX_CALLS_EXCEEDED'],
    ['exhausted beyond it', session(100n, 2n, 3n), 100n, 'EXHAUSTED', 'SESSION_MAX_CALLS_EXCEEDED'],
    [
      'exhausted from the start without calls',
      session(100n, 0n, 0n),
      1n,
      'EXHAUSTED',
      'SESSION_MAX_CALLS_EXCEEDED',
    ],
    ['expired first, where it is both', session(100n, 2n, 2n), 101n, 'EXPIRED', 'SESSION_EXPIRED'],
    ['revoked', REVOKED, 5n, 'REVOKED', 'SESSION_REVOKED'],
    ['expired where it was registered with 0', session(0n, 5n, 0n), 5n, 'EXPIRED', 'SESSION_EXPIRED'],
    ['active at the end of time', session(U64_MAX, U32_MAX, 0n), U64_MAX, 'ACTIVE', undefined],
  ])('is %s', (_what, of, now, status, code) => {
    const standing = sessionStanding(of, now);
    expect([standing.status, standing.reason?.code]).toEqual([status, code]);
  });

  it('is as storage says, whatever the last event was', () => {
    const contradicted = { ...session(100n, 5n, 0n), lifecycle: 'REVOKED' } as const;
    expect(sessionStanding(contradicted, 50n).status).toBe('ACTIVE');
  });

  it('is ACTIVE exactly where the rules of the account say so', () => {
    const u64 = fc.oneof(fc.bigInt(0n, 20n), fc.bigInt(0n, U64_MAX));
    const u32 = fc.bigInt(0n, 5n);
    fc.assert(
      fc.property(
        u64,
        u32,
        u32,
        u64,
        fc.constantFrom('REGISTERED', 'REVOKED'),
        (until, max, used, now, lifecycle) => {
          const { data } = session(until, max, used);
          const { status, reason } = sessionStanding({ data, lifecycle }, now);
          expect(status === 'ACTIVE').toBe(isSessionActive(data, now));
          expect(reason === undefined).toBe(status === 'ACTIVE');
        },
      ),
    );
  });
});
