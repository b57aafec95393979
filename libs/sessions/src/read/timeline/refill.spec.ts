import { describe, expect, it } from '@jest/globals';
import type { SpendingPolicy, WindowRule } from '#libs/account';
import { U64_MAX } from '#libs/felt';
import { isRefill, type SettingAgain } from './refill.ts';

const RULE: WindowRule = { anchor: 'SETTING', resets: 'AT_END' };
const stored = (terms: Partial<SpendingPolicy> = {}): SpendingPolicy => ({
  maxPerCall: 10n,
  maxPerWindow: 100n,
  windowSeconds: 60n,
  spentInWindow: 70n,
  windowStartSeconds: 1_000n,
  ...terms,
});
const given = (setting: Partial<SettingAgain>) =>
  isRefill({
    before: stored(),
    rule: RULE,
    nowSeconds: 1_059n,
    setInBlock: false,
    usedInBlock: false,
    ...setting,
  });

describe('setting a policy again', () => {
  it('refills a budget that is partly spent, in mid-window', () => {
    expect(given({})).toBe(true);
    expect(given({ usedInBlock: true })).toBe(true);
  });

  it('refills nothing once the window is over: the next spend would have begun anew', () =>
    expect(given({ nowSeconds: 1_060n })).toBe(false));

  it('refills nothing where nothing was spent', () =>
    expect(given({ before: stored({ spentInWindow: 0n }) })).toBe(false));

  it('refills what a window without an end had used up', () =>
    expect(given({ before: stored({ windowSeconds: U64_MAX }), nowSeconds: 5_000n })).toBe(true));

  it.each([
    ['the state before is not known', { before: undefined }],
    ['the rule of the class is not known', { rule: undefined }],
    [
      'the key may have spent in the same block',
      { before: stored({ spentInWindow: 0n }), usedInBlock: true },
    ],
    [
      'the window is over and the key may have spent in the same block',
      { nowSeconds: 1_060n, usedInBlock: true },
    ],
    ['it was set and may have been spent in the same block', { setInBlock: true, usedInBlock: true }],
  ])('is not known where %s', (_why, setting) => expect(given(setting)).toBeUndefined());

  it('looks at the block alone where it was set there before', () =>
    expect(given({ setInBlock: true })).toBe(false));
});
