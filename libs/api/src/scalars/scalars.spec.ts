import { describe, expect, it } from '@jest/globals';
import { ADDRESS_BOUND, feltToHex, PRIME, U256_MAX, U64_MAX } from '#libs/felt';
import fc from 'fast-check';
import { GraphQLError, type GraphQLScalarType, parseValue } from 'graphql';
import { AddressScalar, ChainIdScalar, FeltScalar, SessionKeyScalar } from './felt.scalars.ts';
import { CountScalar, TimestampScalar, U256Scalar, U32Scalar, U64Scalar } from './integer.scalars.ts';

const codeOf = (read: () => unknown): unknown => {
  try {
    return read();
  } catch (error) {
    return error instanceof GraphQLError ? error.extensions['code'] : error;
  }
};
const fromVariable = (scalar: GraphQLScalarType, value: unknown) => codeOf(() => scalar.parseValue(value));
const fromDocument = (scalar: GraphQLScalarType, text: string) =>
  codeOf(() => scalar.parseLiteral(parseValue(text), {}));

describe('felt scalars', () => {
  it('read back what they print', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, PRIME - 1n), (value) => {
        const printed = FeltScalar.serialize(value);
        expect(printed).toBe(feltToHex(value));
        expect(FeltScalar.parseValue(printed)).toBe(value);
      }),
    );
  });

  it.each([
    [FeltScalar, feltToHex(PRIME), 'INVALID_FELT'],
    [FeltScalar, 1, 'INVALID_FELT'],
    [FeltScalar, null, 'BAD_INPUT'],
    [FeltScalar, {}, 'BAD_INPUT'],
    [AddressScalar, '0x0', 'INVALID_ADDRESS'],
    [AddressScalar, feltToHex(ADDRESS_BOUND), 'INVALID_ADDRESS'],
    [AddressScalar, 5, 'INVALID_ADDRESS'],
    [SessionKeyScalar, '-1', 'INVALID_SESSION_KEY'],
    [SessionKeyScalar, 'transfer', 'INVALID_SESSION_KEY'],
    [ChainIdScalar, '', 'INVALID_FELT'],
    [ChainIdScalar, 'x'.repeat(32), 'BAD_INPUT'],
  ])('%s refuses %p', (scalar, value, code) => expect(fromVariable(scalar, value)).toBe(code));

  it('take a chain by its name or by its felt', () => {
    const sepolia = 0x534e5f5345504f4c4941n;
    expect(fromVariable(ChainIdScalar, 'SN_SEPOLIA')).toBe(sepolia);
    expect(fromVariable(ChainIdScalar, '0x534e5f5345504f4c4941')).toBe(sepolia);
    expect(fromVariable(ChainIdScalar, sepolia.toString())).toBe(sepolia);
    expect(ChainIdScalar.serialize(sepolia)).toBe('0x534e5f5345504f4c4941');
  });

  it('print only what they may', () => {
    expect(() => FeltScalar.serialize('0x1')).toThrow(TypeError);
    expect(() => FeltScalar.serialize(PRIME)).toThrow();
    expect(() => AddressScalar.serialize(0n)).toThrow();
  });
});

describe('integer scalars', () => {
  it.each([
    [U64Scalar, U64_MAX],
    [TimestampScalar, U64_MAX],
    [U256Scalar, U256_MAX],
  ])('%s carries its largest value exactly', (scalar, max) => {
    expect(scalar.serialize(max)).toBe(max.toString());
    expect(fromVariable(scalar, max.toString())).toBe(max);
    expect(fromDocument(scalar, max.toString())).toBe(max);
    expect(fromDocument(scalar, `"${max}"`)).toBe(max);
    expect(fromVariable(scalar, (max + 1n).toString())).toBe('BAD_INPUT');
    expect(() => scalar.serialize(max + 1n)).toThrow();
  });

  it.each(['-1', '1.5', '01', ' 1', '1e3', '0x1', '', 1.5, -1, 2 ** 53, true, null])(
    'Timestamp refuses %p',
    (value) => expect(fromVariable(TimestampScalar, value)).toBe('BAD_INPUT'),
  );

  it('take JSON numbers where JSON carries them exactly', () => {
    expect(fromVariable(TimestampScalar, 1_700_000_000)).toBe(1_700_000_000n);
    expect(fromVariable(U256Scalar, Number.MAX_SAFE_INTEGER)).toBe(BigInt(Number.MAX_SAFE_INTEGER));
  });

  it('U32 is a JSON number up to 2^32 - 1, where Int ends at half of it', () => {
    expect(U32Scalar.serialize(4_294_967_295n)).toBe(4_294_967_295);
    expect(fromVariable(U32Scalar, 4_294_967_295)).toBe(4_294_967_295);
    expect(fromVariable(U32Scalar, 4_294_967_296)).toBe('BAD_INPUT');
    expect(fromVariable(U32Scalar, '5')).toBe('BAD_INPUT');
    expect(fromDocument(U32Scalar, '1.0')).toBe('BAD_INPUT');
    expect(() => U32Scalar.serialize(-1n)).toThrow(RangeError);
  });

  it('Count ends where JSON numbers do', () => {
    expect(CountScalar.serialize(Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => CountScalar.serialize(2 ** 53)).toThrow(RangeError);
    expect(() => CountScalar.serialize(Number.NaN)).toThrow(RangeError);
  });
});
