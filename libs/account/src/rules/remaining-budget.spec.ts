import { describe, expect, it } from '@jest/globals';
import { U64_MAX } from '#libs/felt';
import fc from 'fast-check';
import { aPolicy, aTransfer, FAMILIES, NOW, SETTING_ANCHORED, TOKEN } from '../../spec/account.builder.ts';
import { NO_POLICY } from '../slots/spending-policy.ts';
import { remainingBudget } from './remaining-budget.ts';
import { debitCalls } from './spending-rules.ts';

describe('remaining budget', () => {
  it('is unlimited without a policy, and with max_per_window 0, rule known or not', () => {
    for (const policy of [undefined, NO_POLICY, aPolicy({ maxPerWindow: 0n })]) {
      expect(remainingBudget(policy, SETTING_ANCHORED, NOW)).toEqual({ kind: 'UNLIMITED' });
      expect(remainingBudget(policy, undefined, NOW)).toEqual({ kind: 'UNLIMITED' });
    }
  });

  it('is unknown where the rule is unverified: not computed, not 0', () =>
    expect(remainingBudget(aPolicy(), undefined, NOW)).toEqual({
      kind: 'UNKNOWN',
      reason: 'WINDOW_RULE_UNVERIFIED',
    }));

  it('is what the window leaves, and one call takes no more than its cap', () => {
    expect(remainingBudget(aPolicy({ spentInWindow: 40n }), SETTING_ANCHORED, NOW)).toEqual({
      kind: 'LIMITED',
      remaining: 210n,
      effectiveSpent: 40n,
      largestCall: 100n,
      resetsAtSeconds: NOW + 3600n,
      blockedByOverflow: false,
    });
    expect(remainingBudget(aPolicy({ spentInWindow: 200n }), SETTING_ANCHORED, NOW)).toMatchObject({
      largestCall: 50n,
    });
    expect(remainingBudget(aPolicy({ maxPerCall: 0n }), SETTING_ANCHORED, NOW)).toMatchObject({
      remaining: 250n,
      largestCall: 0n,
    });
  });

  it.each(FAMILIES)(
    'is the full window again once it is over, though storage holds the old figure: %s',
    (_, rule) => {
      const budget = remainingBudget(aPolicy({ spentInWindow: 250n }), rule, NOW + 3601n);
      expect(budget).toMatchObject({ remaining: 250n, effectiveSpent: 0n, resetsAtSeconds: 'AT_NEXT_SPEND' });
    },
  );

  it('is 0 where more was spent than a later, lower cap allows', () =>
    expect(remainingBudget(aPolicy({ spentInWindow: 300n }), SETTING_ANCHORED, NOW)).toMatchObject({
      remaining: 0n,
    }));

  it.each(FAMILIES)('is 0 where the window overflows u64: %s', (_, rule) =>
    expect(remainingBudget(aPolicy({ windowSeconds: U64_MAX }), rule, NOW)).toMatchObject({
      remaining: 0n,
      largestCall: 0n,
      resetsAtSeconds: 'NEVER',
      blockedByOverflow: true,
    }),
  );

  it.each(FAMILIES)('says exactly what a debit would say: %s', (_, windowRule) => {
    const anyPolicy = fc.record({
      maxPerCall: fc.bigInt(0n, 300n),
      maxPerWindow: fc.bigInt(1n, 300n),
      windowSeconds: fc.oneof(fc.bigInt(0n, 100n), fc.constant(U64_MAX)),
      spentInWindow: fc.bigInt(0n, 300n),
      windowStartSeconds: fc.oneof(fc.constant(0n), fc.bigInt(1n, 100n)),
    });
    fc.assert(
      fc.property(anyPolicy, fc.bigInt(0n, 250n), fc.bigInt(1n, 400n), (policy, nowSeconds, amount) => {
        const budget = remainingBudget(policy, windowRule, nowSeconds);
        const input = { windowRule, nowSeconds, policyOf: () => policy, calls: [aTransfer(amount, TOKEN)] };
        const passes = debitCalls(input).kind === 'DEBITED';
        expect(budget.kind === 'LIMITED' && amount <= budget.largestCall).toBe(passes);
      }),
    );
  });
});
