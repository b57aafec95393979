import { describe, expect, it } from '@jest/globals';
import { selectorOf, toFelt, U32_MAX, U64_MAX } from '#libs/felt';
import fc from 'fast-check';
import {
  aCall,
  aCheck,
  ACCOUNT,
  ALWAYS_GUARD,
  anyCalls,
  anyU32,
  anyU64,
  aSession,
  aTransfer,
  LIST_GUARD,
  NOW,
  SHOP,
  TOKEN,
} from '../../spec/account.builder.ts';
import { ADMIN_SELECTORS } from '../calldata/known-selectors.ts';
import { NO_SESSION } from '../slots/session-data.ts';
import { checkSessionRules, judgeSession } from './session-rules.ts';
import type { SessionRules } from './session-rules.ts';

const KNOWN = [
  ['list guard', LIST_GUARD],
  ['always guard', ALWAYS_GUARD],
] as const;

type Overrides = Parameters<typeof aCheck>[1];
const refusal = (rules: SessionRules, overrides: Overrides) => {
  const verdict = judgeSession(aCheck(rules, overrides));
  return verdict.kind === 'REFUSED' ? verdict.refusal : undefined;
};
const outside = { path: 'OUTSIDE_EXECUTION' } as const;

describe.each(KNOWN)('session rules, %s', (_, rules) => {
  it('lets a live session make a call that is not an admin one', () => {
    expect(judgeSession(aCheck(rules))).toEqual({ kind: 'ACCEPTED' });
    expect(judgeSession(aCheck(rules, outside))).toEqual({ kind: 'ACCEPTED' });
  });

  it('counts the second of the expiry as usable, stored and signed', () => {
    const at = (validUntilSeconds: bigint, signed: bigint) =>
      refusal(rules, { session: aSession({ validUntilSeconds }), signatureValidUntilSeconds: signed })?.rule;
    expect(at(NOW, NOW)).toBeUndefined();
    expect(at(NOW - 1n, NOW)).toBe('SESSION_EXPIRY');
    expect(at(NOW, NOW - 1n)).toBe('SIGNATURE_EXPIRY');
  });

  it('says which expiry has passed, with its numbers', () => {
    const stored = refusal(rules, { session: aSession({ validUntilSeconds: NOW - 1n }) });
    expect(stored).toMatchObject({
      code: 'SESSION_EXPIRED',
      details: { validUntilSeconds: NOW - 1n, nowSeconds: NOW },
    });
    const signed = refusal(rules, { signatureValidUntilSeconds: NOW - 1n });
    expect(signed).toMatchObject({
      code: 'SESSION_EXPIRED',
      details: { signatureValidUntilSeconds: NOW - 1n },
    });
  });

  it('knows no session where the stored expiry is 0', () => {
    expect(refusal(rules, { session: NO_SESSION })?.code).toBe('SESSION_NOT_REGISTERED');
    expect(refusal(rules, { session: NO_SESSION, ...outside })?.code).toBe('SESSION_NOT_REGISTERED');
  });

  it('burns the last call and refuses the next', () => {
    const used = (callsUsed: bigint, maxCalls: bigint) =>
      refusal(rules, { session: aSession({ callsUsed, maxCalls }) })?.code;
    expect(used(9n, 10n)).toBeUndefined();
    expect(used(10n, 10n)).toBe('SESSION_MAX_CALLS_EXCEEDED');
    expect(used(0n, 0n)).toBe('SESSION_MAX_CALLS_EXCEEDED');
    expect(used(U32_MAX - 1n, U32_MAX)).toBeUndefined();
    expect(used(U32_MAX, U32_MAX)).toBe('SESSION_MAX_CALLS_EXCEEDED');
  });

  it('takes expiries beyond 2106, to the end of u64', () => {
    const far = { session: aSession({ validUntilSeconds: U64_MAX }), signatureValidUntilSeconds: U64_MAX };
    expect(refusal(rules, { ...far, nowSeconds: 2n ** 33n })).toBeUndefined();
    expect(refusal(rules, { ...far, nowSeconds: U64_MAX })).toBeUndefined();
    expect(refusal(rules, { ...far, ...outside, nowSeconds: U64_MAX })).toBeUndefined();
  });

  it('refuses every admin selector, whatever contract it goes to and whatever the list says', () => {
    for (const selector of ADMIN_SELECTORS) {
      const calls = [aTransfer(1n), { ...aCall('transfer', SHOP), selector: toFelt(selector) }];
      const allowedEntrypoints = calls.map((call) => call.selector);
      for (const list of [[], allowedEntrypoints]) {
        expect(refusal(rules, { calls, allowedEntrypoints: list })).toMatchObject({
          code: 'SESSION_ENTRYPOINT_NOT_ALLOWED',
          rule: 'ADMIN_SELECTOR',
          callIndex: 1,
        });
      }
    }
  });

  it('refuses the first call that is not on the list, and names it', () => {
    const calls = [aTransfer(1n), aCall('swap', SHOP), aCall('stake', SHOP)];
    expect(refusal(rules, { calls, allowedEntrypoints: [selectorOf('transfer')] })).toMatchObject({
      code: 'SESSION_ENTRYPOINT_NOT_ALLOWED',
      rule: 'WHITELIST',
      callIndex: 1,
      details: { to: SHOP, selector: selectorOf('swap') },
    });
  });

  it('ties a listed selector to no contract', () => {
    const allowedEntrypoints = [selectorOf('transfer')];
    expect(
      refusal(rules, { allowedEntrypoints, calls: [aTransfer(1n, TOKEN), aTransfer(1n, SHOP)] }),
    ).toBeUndefined();
  });

  it('lets a transaction without calls pass: it burns a call all the same', () =>
    expect(refusal(rules, { calls: [] })).toBeUndefined());

  it('gives no text on the INVOKE path: the account returns 0', () => {
    for (const overrides of [
      { session: NO_SESSION },
      { signatureValidUntilSeconds: 0n },
      { calls: [aCall('upgrade')] },
    ]) {
      expect(refusal(rules, overrides)).not.toHaveProperty('panicText');
    }
  });
});

describe('self-call guard', () => {
  const calls = [aCall('get_public_key', ACCOUNT)];
  const listed = { calls, allowedEntrypoints: [selectorOf('get_public_key')] };

  it('always: refuses a call to the account itself, listed or not', () => {
    expect(refusal(ALWAYS_GUARD, { calls })).toMatchObject({ rule: 'SELF_CALL', callIndex: 0 });
    expect(refusal(ALWAYS_GUARD, listed)?.rule).toBe('SELF_CALL');
  });

  it('when the list is empty: refuses it only then', () => {
    expect(refusal(LIST_GUARD, { calls })?.rule).toBe('SELF_CALL');
    expect(refusal(LIST_GUARD, listed)).toBeUndefined();
  });

  it('none and no admin guard: a session key can take the account over', () => {
    const rules = { adminGuard: false, selfCallGuard: 'NONE' } as const;
    expect(checkSessionRules(aCheck(rules, { calls: [aCall('upgrade', ACCOUNT)] }))).toBeUndefined();
  });
});

describe('order of the rules', () => {
  const broken = {
    session: aSession({ validUntilSeconds: NOW - 1n, callsUsed: 10n }),
    calls: [aCall('upgrade', ACCOUNT)],
    allowedEntrypoints: [selectorOf('transfer')],
    signatureValidUntilSeconds: NOW - 1n,
  };

  it('INVOKE: signature expiry, registered, expiry, calls, admin, self-call, whitelist', () => {
    const steps = [
      broken,
      { ...broken, signatureValidUntilSeconds: NOW, session: NO_SESSION },
      { ...broken, signatureValidUntilSeconds: NOW },
      { ...broken, signatureValidUntilSeconds: NOW, session: aSession({ callsUsed: 10n }) },
      { ...broken, signatureValidUntilSeconds: NOW, session: aSession() },
      { ...broken, signatureValidUntilSeconds: NOW, session: aSession(), calls: [aCall('swap', ACCOUNT)] },
      { ...broken, signatureValidUntilSeconds: NOW, session: aSession(), calls: [aCall('swap')] },
    ];
    expect(steps.map((step) => refusal(ALWAYS_GUARD, step)?.rule)).toEqual([
      'SIGNATURE_EXPIRY',
      'REGISTERED',
      'SESSION_EXPIRY',
      'CALLS_LEFT',
      'ADMIN_SELECTOR',
      'SELF_CALL',
      'WHITELIST',
    ]);
  });

  it('OUTSIDE_EXECUTION: the signature within the session first, its own expiry last', () => {
    const late = { ...broken, ...outside, signatureValidUntilSeconds: NOW };
    expect(refusal(ALWAYS_GUARD, late)?.rule).toBe('SIGNATURE_WITHIN_SESSION');
    expect(refusal(ALWAYS_GUARD, { ...broken, ...outside })?.rule).toBe('SESSION_EXPIRY');
    const stale = { ...outside, signatureValidUntilSeconds: NOW - 1n };
    expect(refusal(ALWAYS_GUARD, { ...stale, calls: [aCall('upgrade')] })?.rule).toBe('ADMIN_SELECTOR');
    expect(refusal(ALWAYS_GUARD, stale)?.rule).toBe('SIGNATURE_EXPIRY');
  });
});

describe('texts on the SNIP-9 path', () => {
  const text = (overrides: Overrides) => refusal(ALWAYS_GUARD, { ...outside, ...overrides })?.panicText;

  it('one text covers five causes', () => {
    const unauthorized = 'Session: unauthorized selector';
    const expired = aSession({ validUntilSeconds: NOW - 1n });
    expect(text({ session: expired, signatureValidUntilSeconds: NOW - 1n })).toBe(unauthorized);
    expect(text({ session: aSession({ callsUsed: 10n }) })).toBe(unauthorized);
    expect(text({ calls: [aCall('upgrade')] })).toBe(unauthorized);
    expect(text({ calls: [aCall('swap', ACCOUNT)] })).toBe(unauthorized);
    expect(text({ allowedEntrypoints: [selectorOf('swap')] })).toBe(unauthorized);
  });

  it('a signature that outlives its session, an unregistered key and an expiry beyond u64 share another', () => {
    const exceeded = 'Session: valid_until exceeded';
    expect(text({ signatureValidUntilSeconds: NOW + 3601n })).toBe(exceeded);
    expect(text({ session: NO_SESSION })).toBe(exceeded);
    expect(text({ signatureValidUntilSeconds: U64_MAX + 1n })).toBe(exceeded);
  });

  it('an unregistered key signed for second 0 passes the first check and fails the second', () => {
    const verdict = refusal(ALWAYS_GUARD, {
      ...outside,
      session: NO_SESSION,
      signatureValidUntilSeconds: 0n,
    });
    expect(verdict).toMatchObject({
      code: 'SESSION_NOT_REGISTERED',
      panicText: 'Session: unauthorized selector',
    });
  });

  it('a signature past its own expiry is an invalid signature to the contract, an expired one to us', () => {
    const verdict = refusal(ALWAYS_GUARD, { ...outside, signatureValidUntilSeconds: NOW - 1n });
    expect(verdict).toMatchObject({ code: 'SESSION_EXPIRED', panicText: 'SRC9: invalid signature' });
  });

  it('an expiry beyond u64 is no signature on the INVOKE path', () =>
    expect(refusal(ALWAYS_GUARD, { signatureValidUntilSeconds: U64_MAX + 1n })).toMatchObject({
      code: 'INVALID_SIGNATURE',
      rule: 'SIGNATURE_EXPIRY',
    }));
});

describe('unverified rules', () => {
  const nothing: SessionRules = { adminGuard: undefined, selfCallGuard: undefined };

  it('do not matter to calls they do not concern', () =>
    expect(judgeSession(aCheck(nothing))).toEqual({ kind: 'ACCEPTED' }));

  it('give UNKNOWN where they would decide, never a refusal and never a pass', () => {
    const verdict = judgeSession(aCheck(nothing, { calls: [aCall('upgrade', ACCOUNT)] }));
    expect(verdict).toEqual({ kind: 'UNKNOWN', unverified: ['adminGuard', 'selfCallGuard'] });
  });

  it('do not hide a refusal that is certain either way', () => {
    const listed = { calls: [aCall('upgrade', ACCOUNT)], allowedEntrypoints: [selectorOf('transfer')] };
    expect(refusal(nothing, listed)?.rule).toBe('WHITELIST');
    expect(refusal(nothing, { ...listed, session: NO_SESSION })?.rule).toBe('REGISTERED');
  });

  it('never accept what a verified class refuses, nor refuse what both families accept', () => {
    const anyOverrides = fc.record({
      path: fc.constantFrom('INVOKE' as const, 'OUTSIDE_EXECUTION' as const),
      session: fc.record({
        validUntilSeconds: anyU64,
        maxCalls: anyU32,
        callsUsed: anyU32,
        allowedEntrypointsLen: fc.constant(0n),
      }),
      nowSeconds: anyU64,
      signatureValidUntilSeconds: anyU64,
      calls: anyCalls.map((calls) => [...calls, aCall('upgrade', ACCOUNT)]),
    });
    fc.assert(
      fc.property(anyOverrides, (overrides) => {
        const unverified = judgeSession(aCheck(nothing, overrides)).kind;
        for (const [, rules] of KNOWN) {
          const known = judgeSession(aCheck(rules, overrides)).kind;
          if (unverified !== 'UNKNOWN') expect(unverified).toBe(known);
        }
      }),
    );
  });
});
