import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeShortString, type Felt, toFelt } from '#libs/felt';
import { tokenDecimals, tokenText } from './token-text.ts';

const asByteArray = (text: string): Felt[] => {
  const bytes = Buffer.from(text);
  const whole = Math.floor(bytes.length / 31);
  const word = (from: number, to: number) => toFelt(BigInt(`0x0${bytes.subarray(from, to).toString('hex')}`));
  const words = Array.from({ length: whole }, (_, at) => word(at * 31, at * 31 + 31));
  return [toFelt(whole), ...words, word(whole * 31, bytes.length), toFelt(bytes.length - whole * 31)];
};
const felts = (...values: (bigint | number)[]) => values.map((value) => toFelt(value));

describe('what a token calls itself', () => {
  it('is a short string or a byte array', () => {
    expect(tokenText([encodeShortString('STRK')])).toBe('STRK');
    expect(tokenText(asByteArray('Starknet Token'))).toBe('Starknet Token');
    expect(tokenText(asByteArray('a name that is longer than the bytes of one felt'))).toBe(
      'a name that is longer than the bytes of one felt',
    );
  });

  it('is read back from a byte array whatever it is', () => {
    const text = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
      .filter((value) => value.trim() === value);
    fc.assert(
      fc.property(text, (value) =>
        expect(tokenText(asByteArray(value))).toBe(/\p{Cc}/u.test(value) ? undefined : value),
      ),
    );
  });

  it.each([
    ['nothing', felts(0)],
    ['no answer', []],
    ['words that are not there', felts(2, 1, 0)],
    ['more words than anybody needs', felts(11, ...Array.from({ length: 13 }, () => 1))],
    ['a pending word longer than it says', felts(0, 0x4142, 1)],
    ['a pending length beyond a word', felts(0, 0x41, 31)],
    ['a control character', felts(0x410a42)],
    ['a zero byte', felts(0, 0x4100, 2)],
    ['no UTF-8', felts(0xff41)],
  ])('is nothing where it answers %s', (_, answer) => {
    expect(tokenText(answer)).toBeUndefined();
  });

  it('has decimals where it answers one small number', () => {
    expect(tokenDecimals(felts(18))).toBe(18);
    expect(tokenDecimals(felts(0))).toBe(0);
    expect([felts(256), felts(1, 0), []].map(tokenDecimals)).toEqual([undefined, undefined, undefined]);
  });
});
