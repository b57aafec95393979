import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { feltToHex, parseFelt, PRIME } from '#libs/felt';
import { asFelt, hexIntegerField, naturalField, wordField } from './fields.ts';

const MALFORMED = expect.objectContaining({ code: 'RPC_MALFORMED' });

describe('asFelt', () => {
  it('agrees with parseFelt on every text that begins with 0x', () => {
    const odd = fc.stringMatching(/^0x[0-9a-fA-F _nxX\u00a0.\n-]{0,68}$/);
    const padded = fc.bigInt(0n, 2n ** 256n).map((value) => `0x${value.toString(16).padStart(64, '0')}`);
    fc.assert(
      fc.property(fc.oneof(odd, padded), (text) => {
        let expected: bigint | undefined;
        try {
          expected = parseFelt(text);
        } catch {
          expect(() => asFelt(text, 'it')).toThrow(MALFORMED);
          return;
        }
        expect(asFelt(text, 'it')).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    '',
    '0x',
    '1',
    '0X1',
    '0b1',
    '0x1 ',
    '0x1\u00a0',
    ' 0x1',
    '-0x1',
    '0x1n',
    '0x 1',
    feltToHex(PRIME),
    1,
    1n,
    null,
    ['0x1'],
  ])('refuses %p', (value) => expect(() => asFelt(value, 'it')).toThrow(MALFORMED));

  it('takes the largest felt', () => expect(asFelt(feltToHex(PRIME - 1n), 'it')).toBe(PRIME - 1n));
});

describe('fields', () => {
  it.each([-1, 1.5, 2 ** 53, '1', null, undefined, Number.NaN])('refuses %p as a natural number', (value) =>
    expect(() => naturalField({ n: value }, 'n')).toThrow(MALFORMED),
  );

  it('names the field that is wrong', () => {
    expect(() => naturalField({}, 'block_number')).toThrow('block_number is not a natural number');
    expect(() => hexIntegerField({ tip: '7' }, 'tip')).toThrow('tip is not a felt');
    expect(() => wordField({ status: 'X' }, 'status', ['A', 'B'])).toThrow('status is none of A, B');
  });
});
