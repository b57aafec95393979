import { describe, expect, it } from '@jest/globals';
import { createKeyHasher } from './key-hash.ts';

const pepper = (byte: number) => new Uint8Array(32).fill(byte);

describe('what is kept of a key', () => {
  const hasher = createKeyHasher([pepper(1)]);

  it('is 32 bytes that only the same key gives', () => {
    const kept = hasher.hash('pur_live_a');
    expect([kept.hash.length, kept.pepperId]).toEqual([32, expect.stringMatching(/^[0-9a-f]{8}$/)]);
    expect(hasher.verify('pur_live_a', kept)).toBe(true);
    expect(hasher.verify('pur_live_b', kept)).toBe(false);
    expect(hasher.verify('pur_live_a', { ...kept, hash: kept.hash.slice(1) })).toBe(false);
    expect(hasher.verifyNothing('pur_live_a')).toBe(false);
  });

  it('needs the pepper', () => {
    const other = createKeyHasher([pepper(2)]);
    const kept = other.hash('k');
    expect(hasher.verify('k', kept)).toBe(false);
    expect(hasher.verify('k', { ...kept, pepperId: hasher.hash('k').pepperId })).toBe(false);
  });

  it('outlives a change of the pepper, as long as the old one is listed', () => {
    const kept = hasher.hash('k');
    const changed = createKeyHasher([pepper(2), pepper(1)]);
    expect(changed.verify('k', kept)).toBe(true);
    expect(changed.hash('k').pepperId).not.toBe(kept.pepperId);
    expect(createKeyHasher([pepper(2)]).verify('k', kept)).toBe(false);
  });

  it('refuses to work without a pepper, or with a short one', () => {
    expect(() => createKeyHasher([])).toThrow(RangeError);
    expect(() => createKeyHasher([pepper(1), new Uint8Array(31)])).toThrow(RangeError);
  });
});
