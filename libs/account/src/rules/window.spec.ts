import { describe, expect, it } from '@jest/globals';
import { U64_MAX } from '#libs/felt';
import { aPolicy, FAMILIES, NOW, SETTING_ANCHORED, SPEND_ANCHORED } from '../../spec/account.builder.ts';
import {
  effectiveSpent,
  policyAsSet,
  windowEndOverflows,
  windowIsOver,
  windowResetsAtSeconds,
} from './window.ts';

const END = NOW + 3600n;
const spent = aPolicy({ spentInWindow: 40n });

describe('window', () => {
  it('now = start + window resets a setting anchored one and not a spend anchored one', () => {
    expect(windowIsOver(spent, SETTING_ANCHORED, END)).toBe(true);
    expect(windowIsOver(spent, SPEND_ANCHORED, END)).toBe(false);
    expect(effectiveSpent(spent, SETTING_ANCHORED, END)).toBe(0n);
    expect(effectiveSpent(spent, SPEND_ANCHORED, END)).toBe(40n);
  });

  it.each(FAMILIES)(
    'one second before the end nothing resets, one second after it everything does: %s',
    (_, rule) => {
      expect(effectiveSpent(spent, rule, END - 1n)).toBe(40n);
      expect(effectiveSpent(spent, rule, END + 1n)).toBe(0n);
    },
  );

  it('names the first second that resets', () => {
    expect(windowResetsAtSeconds(spent, SETTING_ANCHORED, NOW)).toBe(END);
    expect(windowResetsAtSeconds(spent, SPEND_ANCHORED, NOW)).toBe(END + 1n);
    expect(windowResetsAtSeconds(spent, SPEND_ANCHORED, END)).toBe(END + 1n);
  });

  it.each(FAMILIES)('resets at the second it names, not one before: %s', (_, rule) => {
    const at = windowResetsAtSeconds(spent, rule, NOW) as bigint;
    expect(windowIsOver(spent, rule, at)).toBe(true);
    expect(windowIsOver(spent, rule, at - 1n)).toBe(false);
  });

  it.each(FAMILIES)('starts again with the next spend once it is over: %s', (_, rule) =>
    expect(windowResetsAtSeconds(spent, rule, END + 1n)).toBe('AT_NEXT_SPEND'),
  );

  it('has not begun before the first spend of a spend anchored class', () => {
    const fresh = aPolicy({ windowStartSeconds: 0n });
    expect(windowIsOver(fresh, SPEND_ANCHORED, 1n)).toBe(true);
    expect(windowResetsAtSeconds(fresh, SPEND_ANCHORED, NOW)).toBe('AT_NEXT_SPEND');
  });

  it('of 0 seconds: resets at every spend in one family, from the next second on in the other', () => {
    const none = aPolicy({ windowSeconds: 0n, spentInWindow: 40n });
    expect(effectiveSpent(none, SETTING_ANCHORED, NOW)).toBe(0n);
    expect(effectiveSpent(none, SPEND_ANCHORED, NOW)).toBe(40n);
    expect(effectiveSpent(none, SPEND_ANCHORED, NOW + 1n)).toBe(0n);
  });

  it('that ends beyond u64 never resets', () => {
    const huge = aPolicy({ windowSeconds: U64_MAX });
    expect(windowEndOverflows(huge)).toBe(true);
    expect(windowResetsAtSeconds(huge, SETTING_ANCHORED, NOW)).toBe('NEVER');
    const last = aPolicy({ windowSeconds: U64_MAX - NOW });
    expect(windowEndOverflows(last)).toBe(false);
    expect(windowResetsAtSeconds(last, SETTING_ANCHORED, NOW)).toBe(U64_MAX);
    expect(windowResetsAtSeconds(last, SPEND_ANCHORED, NOW)).toBe('NEVER');
  });
});

describe('setting a policy', () => {
  it('refills in mid-window: spent is 0 again', () => {
    const again = policyAsSet(spent, SETTING_ANCHORED, NOW + 10n);
    expect(again).toEqual(aPolicy({ spentInWindow: 0n, windowStartSeconds: NOW + 10n }));
  });

  it('starts the window at once in one family, at the first spend in the other', () => {
    expect(policyAsSet(spent, SETTING_ANCHORED, NOW).windowStartSeconds).toBe(NOW);
    expect(policyAsSet(spent, SPEND_ANCHORED, NOW).windowStartSeconds).toBe(0n);
  });
});
