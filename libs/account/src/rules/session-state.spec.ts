import { describe, expect, it } from '@jest/globals';
import { U32_MAX, U64_MAX } from '#libs/felt';
import { aSession, NOW } from '../../spec/account.builder.ts';
import { NO_SESSION } from '../slots/session-data.ts';
import {
  isSessionActive,
  isSessionRegistered,
  remainingCalls,
  sessionAsGranted,
  sessionAsUsed,
} from './session-state.ts';

describe('session state', () => {
  it('has max - used calls left, never below 0', () => {
    expect(remainingCalls(aSession({ callsUsed: 3n }))).toBe(7n);
    expect(remainingCalls(aSession({ maxCalls: U32_MAX }))).toBe(4_294_967_295n);
    expect(remainingCalls(aSession({ maxCalls: 2n, callsUsed: 5n }))).toBe(0n);
  });

  it('is active to the last second and the last call', () => {
    expect(isSessionActive(aSession({ validUntilSeconds: NOW }), NOW)).toBe(true);
    expect(isSessionActive(aSession({ validUntilSeconds: NOW }), NOW + 1n)).toBe(false);
    expect(isSessionActive(aSession({ callsUsed: 9n }), NOW)).toBe(true);
    expect(isSessionActive(aSession({ callsUsed: 10n }), NOW)).toBe(false);
    expect(isSessionActive(aSession({ validUntilSeconds: U64_MAX }), 2n ** 32n)).toBe(true);
    expect(isSessionActive(NO_SESSION, 0n)).toBe(false);
    expect(isSessionRegistered(NO_SESSION)).toBe(false);
  });

  it('starts at 0 calls used when granted again, with the new list', () => {
    const grant = { validUntilSeconds: NOW, maxCalls: 5n, allowedEntrypoints: [1n, 2n] };
    const used = sessionAsUsed(sessionAsGranted(grant));
    expect(used.callsUsed).toBe(1n);
    expect(sessionAsGranted(grant)).toEqual({
      validUntilSeconds: NOW,
      maxCalls: 5n,
      callsUsed: 0n,
      allowedEntrypointsLen: 2n,
    });
  });
});
