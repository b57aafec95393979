import { describe, expect, it } from '@jest/globals';
import { toFelt, U32_MAX, U64_MAX } from '#libs/felt';
import fc from 'fast-check';
import { anyU32, anyU64, codeOf } from '../../spec/account.builder.ts';
import { NO_SESSION, sessionDataFromFelts, sessionDataToFelts } from './session-data.ts';

const felts = (...values: bigint[]) => values.map(toFelt);

describe('session data', () => {
  it('reads back every session it writes', () => {
    const anySession = fc.record({
      validUntilSeconds: anyU64,
      maxCalls: anyU32,
      callsUsed: anyU32,
      allowedEntrypointsLen: anyU32,
    });
    fc.assert(
      fc.property(anySession, (session) =>
        expect(sessionDataFromFelts(sessionDataToFelts(session))).toEqual(session),
      ),
    );
  });

  it('reads word 0 as the expiry, not as a flag: a healthy key is not inactive', () => {
    const session = sessionDataFromFelts(felts(1_800_003_600n, 10n, 3n, 2n));
    expect(session).toEqual({
      validUntilSeconds: 1_800_003_600n,
      maxCalls: 10n,
      callsUsed: 3n,
      allowedEntrypointsLen: 2n,
    });
  });

  it('takes expiries beyond 2106 and 4294967295 calls', () => {
    const session = sessionDataFromFelts(felts(U64_MAX, U32_MAX, U32_MAX, 0n));
    expect(session.validUntilSeconds).toBe(18_446_744_073_709_551_615n);
    expect(session.maxCalls).toBe(4_294_967_295n);
    expect(sessionDataFromFelts(felts(4_294_967_296n, 1n, 0n, 0n)).validUntilSeconds).toBe(4_294_967_296n);
  });

  it('reads four zeros as no session', () =>
    expect(sessionDataFromFelts(felts(0n, 0n, 0n, 0n))).toEqual(NO_SESSION));

  it.each([
    ['nothing', []],
    ['three felts', [1n, 2n, 3n]],
    ['five felts', [1n, 2n, 3n, 4n, 5n]],
    ['an expiry beyond u64', [U64_MAX + 1n, 1n, 0n, 0n]],
    ['max calls beyond u32', [1n, U32_MAX + 1n, 0n, 0n]],
    ['calls used beyond u32', [1n, 1n, U32_MAX + 1n, 0n]],
    ['a list length beyond u32', [1n, 1n, 0n, U32_MAX + 1n]],
  ])('refuses %s', (_, words) => {
    expect(codeOf(() => sessionDataFromFelts(felts(...words)))).toBe('SESSION_INVALID_RESPONSE');
  });

  it('refuses to write what does not fit', () => {
    expect(codeOf(() => sessionDataToFelts({ ...NO_SESSION, maxCalls: U32_MAX + 1n }))).toBe(
      'SESSION_INVALID_RESPONSE',
    );
    expect(codeOf(() => sessionDataToFelts({ ...NO_SESSION, validUntilSeconds: -1n }))).toBe(
      'SESSION_INVALID_RESPONSE',
    );
  });
});
