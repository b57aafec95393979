import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canSpend, SELECTORS, type SessionData, type SpendingPolicy, type WindowRule } from '#libs/account';
import { type Address, encodeShortString, type Felt, selectorOf, U64_MAX } from '#libs/felt';
import { type BlockQuestion, blocksOf } from './blocked-by.ts';
import { budgetStanding } from './policy-status.ts';

const TOKEN = 0x70n as Address;
const OTHER_TOKEN = 0x71n as Address;
const SETTING: WindowRule = { anchor: 'SETTING', resets: 'AT_END' };
const SPEND: WindowRule = { anchor: 'FIRST_SPEND', resets: 'AFTER_END' };
const NOW = 1_000n;
const GRANTED: SessionData = {
  validUntilSeconds: 2_000n,
  maxCalls: 3n,
  callsUsed: 0n,
  allowedEntrypointsLen: 0n,
};
const POLICY: SpendingPolicy = {
  maxPerCall: 10n,
  maxPerWindow: 100n,
  windowSeconds: 60n,
  spentInWindow: 0n,
  windowStartSeconds: 990n,
};

const policyOf = (terms: Partial<SpendingPolicy>, rule: WindowRule | undefined, token = TOKEN) => {
  const policy = { ...POLICY, ...terms };
  const { maxPerCall, maxPerWindow, spentInWindow: storedSpent } = policy;
  return { token, maxPerCall, maxPerWindow, storedSpent, standing: budgetStanding(policy, rule, NOW) };
};

const given = (question: Partial<BlockQuestion>) => ({
  then: (...expected: readonly object[]) => {
    const whole: BlockQuestion = {
      data: GRANTED,
      lifecycle: 'REGISTERED',
      allowedEntrypoints: [],
      adminGuard: 'GUARDED',
      policies: [],
      nowSeconds: NOW,
      ...question,
    };
    const blocks = blocksOf(whole);
    expect(blocks).toMatchObject(expected);
    expect(blocks).toHaveLength(expected.length);
    expect(blocksOf(whole)).toEqual(blocks);
  },
});
const session = (data: Partial<SessionData>): Pick<BlockQuestion, 'data'> => ({
  data: { ...GRANTED, ...data },
});

describe('what stands in the way of a session key', () => {
  it('is nothing for a key that may do what it was granted for', () =>
    given({ policies: [policyOf({ spentInWindow: 99n }, SETTING)] }).then());

  it('is the grant alone where nothing is stored', () => {
    const nothing = { validUntilSeconds: 0n, maxCalls: 0n, callsUsed: 0n };
    given({ ...session(nothing), lifecycle: 'REVOKED' }).then({ code: 'SESSION_REVOKED', repair: 'GRANT' });
    given({ ...session(nothing) }).then({ code: 'SESSION_EXPIRED', repair: 'GRANT' });
  });

  it('is its end, from the second after it', () => {
    given(session({ validUntilSeconds: NOW })).then();
    given(session({ validUntilSeconds: NOW - 1n })).then({ code: 'SESSION_EXPIRED', repair: 'RENEW_EXPIRY' });
  });

  it('is every reason, in the order of the contract', () =>
    given({
      ...session({ validUntilSeconds: NOW - 1n, callsUsed: 3n, allowedEntrypointsLen: 1n }),
      allowedEntrypoints: [encodeShortString('transfer')],
      policies: [
        policyOf({ spentInWindow: 100n, maxPerCall: 0n }, SETTING),
        policyOf({ spentInWindow: 101n }, SPEND, OTHER_TOKEN),
      ],
    }).then(
      { code: 'SESSION_EXPIRED', repair: 'RENEW_EXPIRY', token: undefined },
      { code: 'SESSION_MAX_CALLS_EXCEEDED', repair: 'RAISE_CALLS', token: undefined },
      { code: 'SESSION_ENTRYPOINT_NOT_ALLOWED', repair: 'WIDEN_LIST', token: undefined },
      { code: 'SPENDING_PER_CALL_EXCEEDED', repair: 'SET_POLICY', token: TOKEN, resetsAtSeconds: undefined },
      { code: 'SPENDING_WINDOW_EXCEEDED', repair: 'WAIT_FOR_WINDOW', token: TOKEN, resetsAtSeconds: 1_050n },
      {
        code: 'SPENDING_WINDOW_EXCEEDED',
        repair: 'WAIT_FOR_WINDOW',
        token: OTHER_TOKEN,
        resetsAtSeconds: 1_051n,
      },
    ));

  it('is a list of admin selectors only where the class is known to refuse them', () => {
    const listed = { ...session({ allowedEntrypointsLen: 1n }), allowedEntrypoints: [selectorOf('upgrade')] };
    given({ ...listed, adminGuard: 'GUARDED' }).then({ repair: 'WIDEN_LIST' });
    given({ ...listed, adminGuard: 'UNGUARDED' }).then();
    given({ ...listed, adminGuard: 'UNVERIFIED' }).then();
  });

  it('is no list that nobody has read', () =>
    given({ ...session({ allowedEntrypointsLen: 2n }), allowedEntrypoints: undefined }).then());

  it('is a window that never ends, and waiting does not help', () => {
    given({ policies: [policyOf({ windowSeconds: U64_MAX }, SETTING)] }).then({
      code: 'SPENDING_OVERFLOW',
      repair: 'SET_POLICY',
      resetsAtSeconds: undefined,
    });
    // The last second that u64 holds is the end itself, and only the one after it would start anew.
    const endsLast = policyOf({ windowSeconds: U64_MAX - 990n, spentInWindow: 100n }, SPEND);
    given({ policies: [endsLast] }).then({ code: 'SPENDING_WINDOW_EXCEEDED', repair: 'SET_POLICY' });
  });

  it('is not known where the rule of the class is not, and only where storage says that nothing is left', () => {
    given({ policies: [policyOf({ spentInWindow: 99n }, undefined)] }).then();
    given({ policies: [policyOf({ spentInWindow: 100n }, undefined)] }).then({
      code: 'WINDOW_RULE_UNVERIFIED',
      repair: 'NONE',
    });
  });

  it('is nothing for a token that is not limited, or whose window is over', () => {
    given({ policies: [policyOf({ maxPerWindow: 0n, maxPerCall: 0n }, undefined)] }).then();
    given({ policies: [policyOf({ spentInWindow: 100n, windowStartSeconds: 1n }, SETTING)] }).then();
  });
});

describe('against the rules of the account', () => {
  const small = (max: number) => fc.integer({ min: 0, max }).map(BigInt);
  const world = fc.record({
    data: fc.record({
      validUntilSeconds: fc.oneof(fc.constant(0n), small(2_000)),
      maxCalls: small(3),
      callsUsed: small(3),
      allowedEntrypointsLen: fc.constant(0n),
    }),
    policy: fc.record({
      maxPerCall: small(2),
      maxPerWindow: small(3),
      windowSeconds: fc.oneof(small(100), fc.constant(U64_MAX)),
      spentInWindow: small(4),
      windowStartSeconds: fc.integer({ min: 900, max: 1_000 }).map(BigInt),
    }),
    rule: fc.constantFrom(SETTING, SPEND),
  });
  const call = { to: TOKEN, selector: SELECTORS.transfer, calldata: [1n, 1n, 0n] as Felt[] };

  it('the first reason is the rule that refuses the smallest transfer, and without one it passes', () => {
    fc.assert(
      fc.property(world, ({ data, policy, rule }) => {
        const blocks = blocksOf({
          data,
          lifecycle: 'REVOKED',
          allowedEntrypoints: [],
          adminGuard: 'GUARDED',
          policies: [policyOf(policy, rule)],
          nowSeconds: NOW,
        });
        const verdict = canSpend({
          rules: { adminGuard: true, selfCallGuard: 'ALWAYS', windowRule: rule },
          path: 'INVOKE',
          account: 0xa1n as Address,
          session: data,
          allowedEntrypoints: [],
          policyOf: () => policy,
          nowSeconds: NOW,
          calls: [call],
        });
        const refused = verdict.kind === 'REFUSED' ? verdict.refusal.code : undefined;
        const named = refused === 'SESSION_NOT_REGISTERED' ? 'SESSION_REVOKED' : refused;
        expect(blocks[0]?.code).toBe(named);
      }),
      { numRuns: 2_000 },
    );
  });

  it('the repair of a window is to wait, and at that second the budget is whole', () => {
    fc.assert(
      fc.property(world, ({ policy, rule }) => {
        const question = { data: GRANTED, lifecycle: 'REGISTERED', allowedEntrypoints: [] } as const;
        const blocks = blocksOf({
          ...question,
          adminGuard: 'GUARDED',
          policies: [policyOf(policy, rule)],
          nowSeconds: NOW,
        });
        for (const { repair, resetsAtSeconds } of blocks) {
          if (repair !== 'WAIT_FOR_WINDOW') continue;
          const before = budgetStanding(policy, rule, (resetsAtSeconds ?? 0n) - 1n);
          const after = budgetStanding(policy, rule, resetsAtSeconds ?? 0n);
          expect([before.remaining, after.remaining]).toEqual([0n, policy.maxPerWindow]);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
