import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ADMIN_SELECTORS, SELECTORS, type SpendingPolicy } from '#libs/account';
import { type Felt, selectorOf, toAddress, toFelt, U64_MAX } from '#libs/felt';
import { FINDING_KINDS } from './finding.ts';
import type { WatchedPolicy } from './policy-findings.ts';
import { sessionFindings, type WatchedRules, type WatchedSession } from './session-findings.ts';

const TOKEN = toAddress(0x70n);
const GUARDED: WatchedRules = { adminGuard: true, selfCallGuard: 'ALWAYS' };
const SAFE: SpendingPolicy = {
  maxPerCall: 10n,
  maxPerWindow: 100n,
  windowSeconds: 3_600n,
  spentInWindow: 0n,
  windowStartSeconds: 1_000n,
};

const key = (more: Partial<WatchedSession> = {}): WatchedSession => ({
  isUsable: true,
  allowedEntrypoints: [SELECTORS.transfer],
  grantedInBlock: 5,
  revokedBeforeInBlock: undefined,
  ...more,
});

const policy = (terms: Partial<SpendingPolicy> = {}, more: Partial<WatchedPolicy> = {}): WatchedPolicy => ({
  token: TOKEN,
  policy: { ...SAFE, ...terms },
  lifecycle: 'SET',
  lifecycleBlock: 5,
  ...more,
});

const listed = (...allowedEntrypoints: Felt[]): WatchedSession => key({ allowedEntrypoints });
const codes = (
  session: WatchedSession,
  policies: readonly WatchedPolicy[] = [policy()],
  rules: WatchedRules = GUARDED,
) => sessionFindings(session, policies, rules).map(({ code }) => code);

describe('findings on a session key', () => {
  it('are none on a key that may only transfer, under a policy set with it', () => {
    expect(codes(key())).toEqual([]);
  });

  it('are none on a key that can do nothing, whatever it was granted', () => {
    expect(codes({ ...listed(), isUsable: false }, [policy({ maxPerWindow: 0n })])).toEqual([]);
  });

  describe('given a list', () => {
    it('that is empty: it allows everything but admin selectors', () => {
      expect(codes(listed())).toEqual(['EMPTY_LIST']);
    });

    it.each([
      ['empty', listed()],
      ['of an admin selector', listed(SELECTORS.upgrade)],
    ])(
      '%s on a class without the admin guard: the account is at stake, and that comes first',
      (_, session) => {
        expect(codes(session, [policy()], { ...GUARDED, adminGuard: false })[0]).toBe('ACCOUNT_TAKEOVER');
      },
    );

    it('that lets admin selectors through where nobody has shown whether the class refuses them', () => {
      const unverified = { ...GUARDED, adminGuard: undefined };
      expect(codes(listed(), [policy()], unverified)).toContain('ADMIN_GUARD_UNVERIFIED');
      expect(codes(listed(SELECTORS.upgrade), [policy()], unverified)).toContain('ADMIN_GUARD_UNVERIFIED');
      expect(codes(key(), [policy()], unverified)).toEqual([]);
    });

    it('with an admin selector that the class refuses: the entry is dead', () => {
      expect(codes(listed(SELECTORS.transfer, SELECTORS.upgrade))).toEqual(['ADMIN_ENTRY_DEAD']);
    });

    it('with a name stored in place of its selector', () => {
      const text = toFelt(BigInt(`0x${Buffer.from('transfer').toString('hex')}`));
      expect(sessionFindings(listed(text), [policy()], GUARDED)).toEqual([
        { code: 'NAME_NOT_SELECTOR', selector: text },
      ]);
    });

    it('that is empty where the class lets a key call its own account', () => {
      expect(codes(listed(), [policy()], { ...GUARDED, selfCallGuard: 'NONE' })).toContain(
        'SELF_CALL_UNGUARDED',
      );
    });

    it('with a selector that moves tokens past every policy', () => {
      expect(codes(listed(SELECTORS.transfer, SELECTORS.transferFrom))).toEqual(['UNCOUNTED_SELECTOR']);
    });

    it('that is not known: nothing is claimed of it', () => {
      expect(codes(key({ allowedEntrypoints: undefined }), [])).toEqual([]);
    });
  });

  describe('given policies', () => {
    it('none, and tokens may be moved', () => {
      expect(codes(key(), [])).toEqual(['NO_POLICY']);
      expect(codes(listed(selectorOf('play')), [])).toEqual([]);
    });

    it('with a window of 0: it says the opposite of a block', () => {
      expect(codes(key(), [policy({ maxPerWindow: 0n })])).toEqual(['NO_POLICY', 'ZERO_WINDOW']);
    });

    it('with 0 a call: every counted call is blocked', () => {
      expect(codes(key(), [policy({ maxPerCall: 0n })])).toEqual(['BLOCKS_EVERY_CALL']);
    });

    it('with more for a call than for the window', () => {
      expect(codes(key(), [policy({ maxPerCall: 100n })])).toEqual([]);
      expect(codes(key(), [policy({ maxPerCall: 101n })])).toEqual(['CAP_ABOVE_WINDOW']);
    });

    it('whose window ends beyond u64: it fails for good', () => {
      expect(codes(key(), [policy({ windowSeconds: U64_MAX - 1_000n })])).toEqual([]);
      expect(codes(key(), [policy({ windowSeconds: U64_MAX - 999n })])).toEqual(['WINDOW_OVERFLOWS']);
    });

    it('older than the grant: what was spent came along', () => {
      const found = sessionFindings(key(), [policy({}, { lifecycleBlock: 4 })], GUARDED);
      expect(found).toEqual([{ code: 'POLICY_INHERITED', token: TOKEN, sinceBlock: 4 }]);
      expect(codes(key(), [policy({}, { lifecycleBlock: 6 })])).toEqual([]);
      expect(codes(key(), [policy({}, { lifecycleBlock: undefined })])).toEqual([]);
    });

    it('that was removed is judged by its absence', () => {
      const removed = policy({ maxPerWindow: 0n }, { lifecycle: 'REMOVED' });
      expect(codes(key(), [removed])).toEqual(['NO_POLICY']);
    });
  });

  it('tell a key that came back after a revoke', () => {
    expect(sessionFindings(key({ revokedBeforeInBlock: 3 }), [policy()], GUARDED)).toEqual([
      { code: 'KEY_READDED', sinceBlock: 5 },
    ]);
  });

  it('stand with the gravest first, and never spare a key that can take the account over', () => {
    const admin = fc.constantFrom(...ADMIN_SELECTORS).map(toFelt);
    const list = fc.tuple(fc.array(fc.bigInt(2n ** 240n, 2n ** 250n).map(toFelt)), admin);
    const rank = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'];
    fc.assert(
      fc.property(list, fc.bigInt(0n, 5n), ([entries, selector], maxPerWindow) => {
        const session = listed(...entries, selector);
        const found = codes(session, [policy({ maxPerWindow })], { ...GUARDED, adminGuard: false });
        expect(found[0]).toBe('ACCOUNT_TAKEOVER');
        const ranks = found.map((code) => rank.indexOf(FINDING_KINDS[code].severity));
        expect(ranks).toEqual(ranks.toSorted());
      }),
    );
  });
});
