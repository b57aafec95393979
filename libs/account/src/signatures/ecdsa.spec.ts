import { describe, expect, it } from '@jest/globals';
import { feltToHex, PRIME, toFelt } from '#libs/felt';
import fc from 'fast-check';
import { ec } from 'starknet';
import { anyFelt, codeOf } from '../../spec/account.builder.ts';
import { isOnCurve, publicKeyOf, signEcdsa, verifyEcdsa } from './ecdsa.ts';

const ORDER = 0x800000000000010ffffffffffffffffb781126dcae7b2321e66a241adc64d2fn;
const anyPrivateKey = fc.bigInt(1n, ORDER - 1n);
const anyHash = fc.bigInt(0n, 2n ** 251n - 1n);

describe('ECDSA', () => {
  it('verifies what it signs, and signs as starknet.js does', () => {
    fc.assert(
      fc.property(anyHash, anyPrivateKey, (hash, privateKey) => {
        const { r, s } = signEcdsa(hash, privateKey);
        const theirs = ec.starkCurve.sign(feltToHex(hash), feltToHex(privateKey));
        expect([r, s]).toEqual([theirs.r, theirs.s]);
        expect(verifyEcdsa(hash, publicKeyOf(privateKey), r, s)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('gives the public key that starknet.js gives', () => {
    fc.assert(
      fc.property(anyPrivateKey, (privateKey) =>
        expect(feltToHex(publicKeyOf(privateKey))).toBe(
          feltToHex(BigInt(ec.starkCurve.getStarkKey(feltToHex(privateKey)))),
        ),
      ),
      { numRuns: 10 },
    );
  });

  it('refuses another hash, another key, another r and another s', () => {
    const key = publicKeyOf(5n);
    const { r, s } = signEcdsa(77n, 5n);
    expect(verifyEcdsa(77n, key, r, s)).toBe(true);
    expect(verifyEcdsa(78n, key, r, s)).toBe(false);
    expect(verifyEcdsa(77n, publicKeyOf(6n), r, s)).toBe(false);
    expect(verifyEcdsa(77n, key, signEcdsa(78n, 5n).r, s)).toBe(false);
    expect(verifyEcdsa(77n, key, r, s + 1n)).toBe(false);
  });

  it('takes either sign of s and of the key, as Cairo compares x coordinates only', () => {
    const { r, s } = signEcdsa(77n, 5n);
    expect(verifyEcdsa(77n, publicKeyOf(5n), r, ORDER - s)).toBe(true);
    expect(publicKeyOf(ORDER - 5n)).toBe(publicKeyOf(5n));
    const other = signEcdsa(77n, ORDER - 5n);
    expect(verifyEcdsa(77n, publicKeyOf(5n), other.r, other.s)).toBe(true);
  });

  it('reduces the hash modulo the order of the curve, as a point multiplication does', () => {
    const key = publicKeyOf(5n);
    const { r, s } = signEcdsa(77n, 5n);
    expect(verifyEcdsa(77n + ORDER, key, r, s)).toBe(true);
    expect(77n + ORDER).toBeLessThan(PRIME);
  });

  it('is false, and does not throw, for numbers that are no signature', () => {
    const key = publicKeyOf(5n);
    const { r, s } = signEcdsa(77n, 5n);
    for (const [badR, badS] of [
      [0n, s],
      [r, 0n],
      [ORDER, s],
      [r, ORDER],
      [PRIME, s],
      [1n << 255n, s],
    ] as const) {
      expect(verifyEcdsa(77n, key, badR, badS)).toBe(false);
    }
    expect(verifyEcdsa(77n, 0n, r, s)).toBe(false);
    expect(verifyEcdsa(0n, key, r, s)).toBe(false);
    fc.assert(
      fc.property(anyFelt, anyFelt, anyFelt, anyFelt, (hash, publicKey, anyR, anyS) =>
        expect(verifyEcdsa(hash, publicKey, anyR, anyS)).toBe(false),
      ),
      { numRuns: 20 },
    );
  });

  it('knows which felts can be keys', () => {
    expect(isOnCurve(publicKeyOf(5n))).toBe(true);
    expect(isOnCurve(0n)).toBe(false);
    expect(isOnCurve(PRIME)).toBe(false);
  });

  it('refuses private keys outside the curve', () => {
    expect(codeOf(() => publicKeyOf(0n))).toBe('INVALID_PRIVATE_KEY');
    expect(codeOf(() => signEcdsa(1n, ORDER))).toBe('INVALID_PRIVATE_KEY');
    expect(() => signEcdsa(toFelt(2n ** 251n), 5n)).toThrow(RangeError);
  });
});
