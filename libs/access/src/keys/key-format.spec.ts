import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checksumOf, type KeyKind, makeKey, parseKey, spellKey } from './key-format.ts';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const digits = (length: number) =>
  fc
    .array(fc.constantFrom(...BASE62), { minLength: length, maxLength: length })
    .map((characters) => characters.join(''));
const kind = fc.constantFrom<KeyKind>('LIVE', 'DEMO', 'SIGN_IN');
const key = fc.tuple(kind, digits(12), digits(32)).map((parts) => spellKey(...parts));

describe('the form of a key', () => {
  it('is prefix, id, secret and checksum', () => {
    expect(makeKey('LIVE', randomBytes).text).toMatch(/^pur_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}$/);
    expect(makeKey('DEMO', randomBytes).text).toMatch(/^pur_demo_/);
    expect(makeKey('SIGN_IN', randomBytes).text).toMatch(/^pur_sign_/);
  });

  it('has CRC-32 as its checksum', () => {
    // The check value of CRC-32/ISO-HDLC over "123456789" is 0xcbf43926 = 3421780262.
    const value = [...checksumOf('123456789')].reduce((sum, digit) => sum * 62 + BASE62.indexOf(digit), 0);
    expect(value).toBe(0xcbf43926);
  });

  it('is read back as it was made', () => {
    fc.assert(
      fc.property(kind, fc.uint8Array({ minLength: 64, maxLength: 64 }), (of, bytes) => {
        const made = makeKey(of, (count) =>
          createHash('shake256', { outputLength: count }).update(bytes).digest(),
        );
        expect(parseKey(made.text)).toEqual({ kind: of, keyId: made.keyId });
      }),
    );
  });

  it('does not survive one wrong character', () => {
    fc.assert(
      fc.property(key, fc.nat(59), fc.constantFrom(...BASE62), ({ text }, place, other) => {
        const altered = text.slice(0, place) + other + text.slice(place + 1);
        expect(parseKey(altered) === undefined).toBe(altered !== text);
      }),
      { numRuns: 1_000 },
    );
  });

  it('does not survive two neighbours in the wrong order', () => {
    fc.assert(
      fc.property(key, fc.integer({ min: 0, max: 58 }), ({ text }, place) => {
        const swapped =
          text.slice(0, place) + text.charAt(place + 1) + text.charAt(place) + text.slice(place + 2);
        expect(parseKey(swapped) === undefined).toBe(swapped !== text);
      }),
    );
  });

  it('is not found in other text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
        expect(parseKey(text)).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(key, fc.string({ minLength: 1 }), ({ text }, more) => {
        for (const wrong of [
          text + more,
          more + text,
          text.slice(1),
          text.slice(0, -1),
          text.toUpperCase(),
        ]) {
          expect(parseKey(wrong)).toBeUndefined();
        }
      }),
    );
  });

  it('spreads ids and secrets over all digits', () => {
    const seen = new Set(
      Array.from({ length: 200 }, () => makeKey('LIVE', randomBytes).text.slice(9)).join(''),
    );
    expect(seen.size).toBe(63);
  });

  it('refuses an id or a secret of another length', () => {
    expect(() => spellKey('DEMO', 'short', 'x'.repeat(32))).toThrow(RangeError);
    expect(() => spellKey('DEMO', 'x'.repeat(12), 'x_'.repeat(16))).toThrow(RangeError);
  });
});
