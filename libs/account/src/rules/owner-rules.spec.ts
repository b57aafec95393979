import { describe, expect, it } from '@jest/globals';
import { U256_MAX, U64_MAX } from '#libs/felt';
import { aSession, KEY, NOW } from '../../spec/account.builder.ts';
import { NO_SESSION } from '../slots/session-data.ts';
import { checkGrant, checkRevoke, checkSignatureMode, policyTermFaults } from './owner-rules.ts';

describe('grant', () => {
  const empty = { sessionKey: 0n, validUntilSeconds: 0n, maxCalls: 0n };

  it('asks for nothing in one family', () => expect(checkGrant('NOTHING', empty)).toBeUndefined());

  it('asks in the other for a key, an expiry and calls, in this order', () => {
    const text = (overrides: Partial<typeof empty>) =>
      checkGrant('NON_ZERO', { ...empty, ...overrides })?.panicText;
    expect(text({})).toBe('Session: zero key');
    expect(text({ sessionKey: KEY })).toBe('Session: zero expiry');
    expect(text({ sessionKey: KEY, validUntilSeconds: 1n })).toBe('Session: zero calls');
    expect(text({ sessionKey: KEY, validUntilSeconds: 1n, maxCalls: 1n })).toBeUndefined();
  });
});

describe('revoke', () => {
  it('of an unknown key reverts in one family only', () => {
    expect(checkRevoke(false, NO_SESSION)).toBeUndefined();
    expect(checkRevoke(true, NO_SESSION)?.panicText).toBe('Session: not registered');
    expect(checkRevoke(true, aSession())).toBeUndefined();
  });
});

describe('signature mode', () => {
  it('is 1 or 2 and never goes back', () => {
    expect(checkSignatureMode(0n, 0n)?.panicText).toBe('Session: invalid mode');
    expect(checkSignatureMode(0n, 3n)?.panicText).toBe('Session: invalid mode');
    expect(checkSignatureMode(0n, 1n)).toBeUndefined();
    expect(checkSignatureMode(1n, 2n)).toBeUndefined();
    expect(checkSignatureMode(2n, 2n)).toBeUndefined();
    expect(checkSignatureMode(2n, 1n)?.panicText).toBe('Session: mode downgrade');
  });
});

describe('terms of a policy', () => {
  const terms = { maxPerCall: 100n, maxPerWindow: 250n, windowSeconds: 3600n };

  it('are fine where they mean what they say, a per-call cap of 0 included', () => {
    expect(policyTermFaults(terms, NOW)).toEqual([]);
    expect(policyTermFaults({ ...terms, maxPerCall: 0n }, NOW)).toEqual([]);
  });

  it('are faulty where the account would take them to mean something else', () => {
    expect(policyTermFaults({ ...terms, maxPerWindow: 0n }, NOW)).toEqual([
      'WINDOW_UNLIMITED',
      'PER_CALL_ABOVE_WINDOW',
    ]);
    expect(policyTermFaults({ ...terms, windowSeconds: 0n }, NOW)).toEqual(['WINDOW_SECONDS_ZERO']);
    expect(policyTermFaults({ ...terms, windowSeconds: U64_MAX }, NOW)).toEqual(['WINDOW_END_OVERFLOW']);
    expect(policyTermFaults({ ...terms, windowSeconds: U64_MAX - NOW }, NOW)).toEqual([]);
  });

  it('are out of range beyond u256 and u64', () => {
    expect(policyTermFaults({ ...terms, maxPerWindow: U256_MAX + 1n }, NOW)).toEqual(['OUT_OF_RANGE']);
    expect(policyTermFaults({ ...terms, maxPerCall: -1n }, NOW)).toEqual(['OUT_OF_RANGE']);
    expect(policyTermFaults({ ...terms, windowSeconds: U64_MAX + 1n }, NOW)).toEqual(['OUT_OF_RANGE']);
  });
});
