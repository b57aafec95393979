import { describe, expect, it } from '@jest/globals';
import type { WindowRule } from '#libs/account';
import { U64_MAX } from '#libs/felt';
import { budgetStanding } from './policy-status.ts';

const SETTING: WindowRule = { anchor: 'SETTING', resets: 'AT_END' };
const SPEND: WindowRule = { anchor: 'FIRST_SPEND', resets: 'AFTER_END' };
const policy = {
  maxPerCall: 40n,
  maxPerWindow: 100n,
  windowSeconds: 60n,
  spentInWindow: 70n,
  windowStartSeconds: 1_000n,
};

describe('the budget of a policy', () => {
  it.each([
    [
      'in the window',
      SETTING,
      1_059n,
      { effectiveSpent: 70n, remaining: 30n, largestCall: 30n, resetsAtSeconds: 1_060n },
    ],
    [
      'at its end, where that starts anew',
      SETTING,
      1_060n,
      { effectiveSpent: 0n, remaining: 100n, largestCall: 40n },
    ],
    [
      'at its end, where it does not',
      SPEND,
      1_060n,
      { effectiveSpent: 70n, remaining: 30n, resetsAtSeconds: 1_061n },
    ],
    ['after it', SPEND, 1_061n, { effectiveSpent: 0n, remaining: 100n, reset: 'AT_NEXT_SPEND' }],
  ])('is told %s', (_when, rule, now, expected) => {
    expect(budgetStanding(policy, rule, now)).toMatchObject({ state: 'LIMITED', ...expected });
  });

  it('is unlimited, not 0, where the window allows 0', () => {
    const standing = budgetStanding({ ...policy, maxPerWindow: 0n }, undefined, 5n);
    expect(standing).toMatchObject({ state: 'UNLIMITED', remaining: undefined, effectiveSpent: undefined });
  });

  it('is not claimed where the rule of the class is unverified', () => {
    const standing = budgetStanding(policy, undefined, 1_001n);
    expect(standing).toMatchObject({ state: 'UNKNOWN', reason: { code: 'WINDOW_RULE_UNVERIFIED' } });
    expect([standing.remaining, standing.effectiveSpent, standing.reset]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('waits for the first spend where that starts the window', () => {
    const idle = { ...policy, spentInWindow: 0n, windowStartSeconds: 0n };
    expect(budgetStanding(idle, SPEND, 5n)).toMatchObject({
      reset: 'AT_NEXT_SPEND',
      resetsAtSeconds: undefined,
    });
  });

  it('claims nothing of an overflow where the rule of the window is not known', () => {
    const bricked = { ...policy, windowSeconds: U64_MAX };
    expect(budgetStanding(bricked, undefined, 5n)).toMatchObject({
      state: 'UNKNOWN',
      blockedByOverflow: undefined,
    });
  });

  it('is nothing for good where the end of the window is beyond u64', () => {
    const bricked = { ...policy, windowSeconds: U64_MAX };
    expect(budgetStanding(bricked, SETTING, 5n)).toMatchObject({
      blockedByOverflow: true,
      remaining: 0n,
      reset: 'NEVER',
    });
  });
});
