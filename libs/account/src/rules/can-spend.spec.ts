import { describe, expect, it } from '@jest/globals';
import { selectorOf } from '#libs/felt';
import {
  aCall,
  ACCOUNT,
  ALWAYS_GUARD,
  aPolicy,
  aSession,
  aTransfer,
  NOW,
  SETTING_ANCHORED,
  SHOP,
} from '../../spec/account.builder.ts';
import { NO_SESSION } from '../slots/session-data.ts';
import { canSpend } from './can-spend.ts';
import type { SpendQuestion } from './can-spend.ts';
import { sessionTimeSeconds } from './validate-clock.ts';

const rules = { ...ALWAYS_GUARD, windowRule: SETTING_ANCHORED };
const ask = (overrides: Partial<SpendQuestion> = {}) =>
  canSpend({
    rules,
    path: 'INVOKE',
    account: ACCOUNT,
    session: aSession(),
    allowedEntrypoints: [],
    policyOf: () => aPolicy(),
    nowSeconds: NOW,
    calls: [aTransfer(100n)],
    ...overrides,
  });

describe('can spend', () => {
  it('allows what the session and the budget allow, and shows the debits', () =>
    expect(ask()).toMatchObject({ kind: 'ALLOWED', debits: [{ amount: 100n, spentAfter: 100n }] }));

  it('refuses by session rules before it looks at any budget', () => {
    const verdict = ask({ session: NO_SESSION, calls: [aTransfer(101n)] });
    expect(verdict).toMatchObject({ kind: 'REFUSED', refusal: { code: 'SESSION_NOT_REGISTERED' } });
  });

  it('refuses by the budget with the code of the rule', () => {
    expect(ask({ calls: [aTransfer(101n)] })).toMatchObject({
      refusal: { code: 'SPENDING_PER_CALL_EXCEEDED' },
    });
    const calls = [aTransfer(100n), aTransfer(100n), aTransfer(100n)];
    expect(ask({ calls })).toMatchObject({ refusal: { code: 'SPENDING_WINDOW_EXCEEDED', callIndex: 2 } });
  });

  it('allows a token without a policy, window rule known or not', () => {
    const unverified = { ...rules, windowRule: undefined };
    expect(ask({ policyOf: () => undefined, rules: unverified })).toEqual({ kind: 'ALLOWED', debits: [] });
    expect(ask({ policyOf: () => aPolicy({ maxPerWindow: 0n }), rules: unverified })).toMatchObject({
      kind: 'ALLOWED',
    });
  });

  it('does not know where the window rule is unverified and a policy counts', () => {
    const unverified = { ...rules, windowRule: undefined };
    expect(ask({ rules: unverified })).toEqual({ kind: 'UNKNOWN', reasons: ['windowRule'] });
    expect(ask({ rules: unverified, calls: [aCall('swap', SHOP)] })).toMatchObject({ kind: 'ALLOWED' });
  });

  it('does not know where a policy was never read', () =>
    expect(ask({ policyOf: () => 'UNKNOWN' })).toEqual({ kind: 'UNKNOWN', reasons: ['policy'] }));

  it('does not know where the list was never read, unless it is stored as empty', () => {
    const listed = aSession({ allowedEntrypointsLen: 2n });
    expect(ask({ allowedEntrypoints: 'UNKNOWN', session: listed })).toEqual({
      kind: 'UNKNOWN',
      reasons: ['allowedEntrypoints'],
    });
    expect(ask({ allowedEntrypoints: 'UNKNOWN' })).toMatchObject({ kind: 'ALLOWED' });
  });

  it('is still certain of a refusal that an unread list cannot change', () => {
    const unread = {
      allowedEntrypoints: 'UNKNOWN',
      session: aSession({ allowedEntrypointsLen: 2n }),
    } as const;
    expect(ask({ ...unread, calls: [aCall('upgrade', SHOP)] })).toMatchObject({
      refusal: { rule: 'ADMIN_SELECTOR' },
    });
    expect(ask({ ...unread, calls: [aTransfer(101n)] })).toMatchObject({ refusal: { rule: 'PER_CALL' } });
  });

  it('names every reason it does not know', () => {
    const nothing = { adminGuard: undefined, selfCallGuard: undefined, windowRule: undefined };
    const calls = [aCall('upgrade', ACCOUNT), aTransfer(1n)];
    const session = aSession({ allowedEntrypointsLen: 1n });
    expect(ask({ rules: nothing, calls, session, allowedEntrypoints: 'UNKNOWN' })).toEqual({
      kind: 'UNKNOWN',
      reasons: ['adminGuard', 'selfCallGuard', 'allowedEntrypoints', 'windowRule'],
    });
  });

  it('takes the stored expiry where no signature is given, and the one in the signature otherwise', () => {
    const session = aSession({ validUntilSeconds: NOW });
    expect(ask({ session })).toMatchObject({ kind: 'ALLOWED' });
    expect(ask({ session, signatureValidUntilSeconds: NOW - 1n })).toMatchObject({
      refusal: { code: 'SESSION_EXPIRED' },
    });
    expect(ask({ session, path: 'OUTSIDE_EXECUTION', signatureValidUntilSeconds: NOW + 1n })).toMatchObject({
      refusal: { code: 'SIGNATURE_OUTLIVES_SESSION' },
    });
  });

  it('names the stored expiry where no signature is given', () => {
    const session = aSession({ validUntilSeconds: NOW - 1n });
    expect(ask({ session })).toMatchObject({ refusal: { rule: 'SESSION_EXPIRY' } });
    expect(ask({ session, path: 'OUTSIDE_EXECUTION' })).toMatchObject({
      refusal: { rule: 'SESSION_EXPIRY' },
    });
    expect(ask({ session: NO_SESSION, path: 'OUTSIDE_EXECUTION' })).toMatchObject({
      refusal: { code: 'SESSION_NOT_REGISTERED' },
    });
  });

  it('judges expiries by the clock of __validate__ where asked to, and debits by the exact time all the same', () => {
    const session = aSession({ validUntilSeconds: NOW + 60n });
    const nowSeconds = NOW + 3599n;
    const full = () => aPolicy({ spentInWindow: 250n, windowStartSeconds: NOW - 1n });
    expect(NOW % 3600n).toBe(0n);
    expect(ask({ session, nowSeconds })).toMatchObject({ refusal: { rule: 'SESSION_EXPIRY' } });
    const expiryTimeSeconds = sessionTimeSeconds('INVOKE', nowSeconds);
    expect(ask({ session, nowSeconds, expiryTimeSeconds, policyOf: full })).toMatchObject({
      kind: 'ALLOWED',
      debits: [{ windowStarted: true }],
    });
  });

  it('applies the list', () => {
    const allowedEntrypoints = [selectorOf('swap')];
    expect(ask({ allowedEntrypoints })).toMatchObject({ refusal: { rule: 'WHITELIST' } });
  });
});

describe('grants, revokes and policies are apart', () => {
  const spent = aPolicy({ spentInWindow: 240n });

  it('a key that is granted again inherits its old policy and what it spent', () => {
    const again = aSession({ callsUsed: 0n, maxCalls: 1000n });
    expect(ask({ session: again, policyOf: () => spent })).toMatchObject({
      refusal: { code: 'SPENDING_WINDOW_EXCEEDED', details: { effectiveSpent: 240n } },
    });
  });

  it('a revoked key is refused as a session, whatever budget its policy still holds', () =>
    expect(ask({ session: NO_SESSION })).toMatchObject({ refusal: { code: 'SESSION_NOT_REGISTERED' } }));
});
