import { describe, expect, it } from '@jest/globals';
import { feltToHex, selectorOf } from '#libs/felt';
import { hash } from 'starknet';
import { ADMIN_SELECTORS, COUNTED_SELECTORS, entrypointName, SELECTORS } from './known-selectors.ts';

describe('known selectors', () => {
  it('agrees with starknet.js on every name', () => {
    for (const [name, selector] of Object.entries(SELECTORS)) {
      expect([name, feltToHex(selector)]).toEqual([name, hash.getSelectorFromName(name)]);
    }
  });

  it('turns a known selector back into its name, and no other', () => {
    expect(entrypointName(selectorOf('transfer'))).toBe('transfer');
    expect(entrypointName(1n)).toBeUndefined();
  });

  it('counts four selectors and no transfer_from', () => {
    const counted = ['transfer', 'approve', 'increase_allowance', 'increaseAllowance'].map(selectorOf);
    expect([...COUNTED_SELECTORS]).toEqual(counted);
    expect(COUNTED_SELECTORS.has(selectorOf('transferFrom'))).toBe(false);
  });

  it('holds the twelve admin selectors of the standard', () => {
    expect(ADMIN_SELECTORS.size).toBe(12);
    expect(ADMIN_SELECTORS.has(selectorOf('executeFromOutsideV2'))).toBe(true);
    expect(ADMIN_SELECTORS.has(selectorOf('transfer'))).toBe(false);
  });
});
