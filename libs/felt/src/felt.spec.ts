import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  ADDRESS_BOUND,
  decodeShortString,
  encodeShortString,
  FeltError,
  feltToHex,
  joinU256,
  parseAddress,
  parseFelt,
  parseSessionKey,
  pedersenHash,
  pedersenHashArray,
  poseidonHash,
  PRIME,
  selectorOf,
  snKeccak,
  splitU256,
  toClassHash,
  toFelt,
  U256_MAX,
} from './index.ts';

const code = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof FeltError) return error.code;
    throw error;
  }
  return 'nothing thrown';
};

describe('felt', () => {
  it('reads back every felt it prints, whatever the case and the padding', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, PRIME - 1n), (value) => {
        const hex = feltToHex(value);
        expect(parseFelt(hex)).toBe(value);
        expect(parseFelt(value.toString())).toBe(value);
        expect(parseFelt(`0x${hex.slice(2).toUpperCase().padStart(64, '0')}`)).toBe(value);
      }),
    );
  });

  it.each([
    '',
    '0x',
    'x1',
    '-1',
    '1.5',
    ' 1',
    '0x1 ',
    '1e3',
    '0xg',
    '01',
    `0x${'1'.repeat(65)}`,
    null,
    1,
    1n,
    {},
  ])('refuses %p', (text) => expect(code(() => parseFelt(text))).toBe('INVALID_FELT'));

  it('refuses the prime and what lies beyond', () => {
    expect(code(() => parseFelt(feltToHex(PRIME)))).toBe('INVALID_FELT');
    expect(code(() => toFelt(-1n))).toBe('INVALID_FELT');
    expect(code(() => toClassHash(PRIME))).toBe('INVALID_FELT');
    expect(parseFelt(feltToHex(PRIME - 1n))).toBe(PRIME - 1n);
  });

  it('names what was wrong: an address or a session key', () => {
    expect(code(() => parseAddress('0x0'))).toBe('INVALID_ADDRESS');
    expect(code(() => parseAddress(feltToHex(ADDRESS_BOUND)))).toBe('INVALID_ADDRESS');
    expect(code(() => parseAddress('hello'))).toBe('INVALID_ADDRESS');
    expect(parseSessionKey('0x0')).toBe(0n);
    expect(code(() => parseSessionKey(`0x${PRIME.toString(16)}`))).toBe('INVALID_SESSION_KEY');
    expect(code(() => parseSessionKey('transfer'))).toBe('INVALID_SESSION_KEY');
    expect(parseAddress('0x00ff')).toBe(255n);
  });

  it('joins and splits u256 halves without loss', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, U256_MAX), (value) => expect(joinU256(...splitU256(value))).toBe(value)),
    );
    expect(code(() => joinU256(2n ** 128n, 0n))).toBe('INVALID_U256');
    expect(code(() => joinU256(0n, -1n))).toBe('INVALID_U256');
    expect(code(() => splitU256(U256_MAX + 1n))).toBe('INVALID_U256');
  });

  it('hashes names as the network does', () => {
    expect(feltToHex(selectorOf('transfer'))).toBe(
      '0x83afd3f4caedc6eebf44246fe54e38c95e3179a5ec9ea81740eca5b482d12e',
    );
    expect(feltToHex(snKeccak('Transfer'))).toBe(
      '0x99cd8bde557814842a3121e8ddfd433a539b8c9f14bf31ebf108d12e6196e9',
    );
    expect(selectorOf('__default__')).toBe(0n);
  });

  it('round-trips short strings and refuses long ones', () => {
    expect(feltToHex(encodeShortString('ANY_CALLER'))).toBe('0x414e595f43414c4c4552');
    expect(decodeShortString(encodeShortString('SN_SEPOLIA'))).toBe('SN_SEPOLIA');
    expect(decodeShortString(2n ** 250n)).toBeUndefined();
    expect(code(() => encodeShortString('x'.repeat(32)))).toBe('INVALID_SHORT_STRING');
  });

  it('agrees with the published vectors of pedersen and poseidon', () => {
    const a = 0x3d937c035c878245caf64531a5756109c53068da139362728feb561405371cbn;
    const b = 0x208a0a10250e382e1e4bbe2880906c2791bf6275695e02fbbc6aeff9cd8b31an;
    expect(feltToHex(pedersenHash(a, b))).toBe(
      '0x30e480bed5fe53fa909cc0f8c4d99b8f9f2c016be4c41e13a4848797979c662',
    );
    expect(pedersenHashArray([])).toBe(pedersenHash(0n, 0n));
    expect(feltToHex(poseidonHash([1n, 2n]))).toBe(
      '0x371cb6995ea5e7effcd2e174de264b5b407027a75a231a70c2c8d196107f0e7',
    );
  });
});
