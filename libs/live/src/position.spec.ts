import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  comparePlaces,
  CURSOR_LENGTHS,
  endOfBlock,
  nameOf,
  type Place,
  type Position,
  positionFromValues,
  positionOfBlock,
  positionToValues,
  wasTold,
} from './position.ts';

const hex = fc.bigInt({ min: 0n, max: 2n ** 251n }).map((felt) => `0x${felt.toString(16)}`);
const subject = fc.constantFrom('FINDING', 'POLICY', 'SESSION');
const place: fc.Arbitrary<Place> = fc.tuple(
  hex,
  fc.oneof(hex, fc.constant('')),
  fc.oneof(hex, fc.constant('')),
  subject,
);
const position: fc.Arbitrary<Position> = fc.record(
  { blockNumber: fc.nat(), blockHash: hex, upTo: place, inclusive: fc.boolean(), final: fc.nat() },
  { requiredKeys: ['blockNumber', 'blockHash', 'upTo', 'inclusive'] },
);

const A: Place = ['0x1', '0x2', '', 'SESSION'];
const B: Place = ['0x1', '0x2', '0x3', 'POLICY'];

describe('places in a block', () => {
  it('are one order: account, session key, token, subject', () => {
    const places: Place[] = [
      ['0x1', '', '', 'FINDING'],
      ['0x1', '0x2', '', 'FINDING'],
      ['0x1', '0x2', '', 'SESSION'],
      ['0x1', '0x2', '0x3', 'POLICY'],
      ['0x1', '0x3', '', 'FINDING'],
      ['0x2', '', '', 'FINDING'],
    ];
    expect(places.toReversed().toSorted(comparePlaces)).toEqual(places);
    fc.assert(fc.property(place, place, (a, b) => comparePlaces(a, b) === -comparePlaces(b, a)));
    fc.assert(
      fc.property(place, place, place, (...three) => {
        const [a, b, c] = three.toSorted(comparePlaces);
        return comparePlaces(a!, b!) <= 0 && comparePlaces(b!, c!) <= 0 && comparePlaces(a!, c!) <= 0;
      }),
    );
  });

  it('were told up to a position, with it or without it, and all at the end of the block', () => {
    const at = (inclusive: boolean): Position => ({ ...endOfBlock(1, '0xa'), upTo: A, inclusive });
    expect([wasTold(at(true), A), wasTold(at(false), A)]).toEqual([true, false]);
    expect([wasTold(at(true), B), wasTold({ ...at(false), upTo: B }, A)]).toEqual([false, true]);
    fc.assert(fc.property(place, (any) => wasTold(endOfBlock(1, '0xa'), any)));
  });
});

describe('a position', () => {
  it('goes through a cursor as it is', () => {
    fc.assert(
      fc.property(position, (one) => {
        const values = positionToValues(one);
        expect(positionFromValues(values)).toEqual(one);
        expect(CURSOR_LENGTHS).toContain(values.length);
      }),
    );
  });

  it('is read out of a cursor from before finality was told, and says of that nothing', () => {
    expect(positionFromValues(['7', '0xa', ...A, 'WITH'])).toEqual({
      ...endOfBlock(7, '0xa'),
      upTo: A,
    });
  });

  it('is none with a finality that is no height', () => {
    expect(() => positionFromValues(['7', '0xa', ...A, 'WITH', '-1'])).toThrow('after is a cursor');
  });

  it('is read together with one at the same place, whatever was told of finality', () => {
    expect(nameOf({ ...endOfBlock(7, '0xa'), final: 5 })).toBe(nameOf(endOfBlock(7, '0xa')));
  });

  it('is another one in another block of the same height', () => {
    expect(nameOf(endOfBlock(7, '0xa'))).not.toBe(nameOf(endOfBlock(7, '0xb')));
  });

  it('is the end of a block that an answer named, whichever way its hash is printed', () => {
    expect(positionOfBlock('block:7:0x00AB')).toEqual(endOfBlock(7, '0xab'));
    expect(positionOfBlock('AAAA')).toBeUndefined();
  });

  it.each([
    'block:',
    'block:7',
    'block:7:',
    'block:-1:0xa',
    'block:7:ab',
    'block:99999999999999999:0xa',
    'block:7:0xa ',
  ])('is none in %s', (text) => expect(() => positionOfBlock(text)).toThrow('block:<number>:<hash>'));

  it('is no hash beyond the field', () => {
    expect(() => positionOfBlock(`block:1:0x${'f'.repeat(64)}`)).toThrow('block:<number>:<hash>');
  });
});
