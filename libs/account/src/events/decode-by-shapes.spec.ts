import { describe, expect, it } from '@jest/globals';
import { selectorOf, toFelt } from '#libs/felt';
import { ACCOUNT, codeOf, KEY } from '../../spec/account.builder.ts';
import { decodeByShapes } from './decode-by-shapes.ts';
import { eventSelectors, SESSION_EVENT_KINDS } from './event-selectors.ts';
import { compileEventShapes } from './event-shape.ts';
import { SESSION_EVENT_SELECTORS, STANDARD_EVENT_SHAPES } from './standard-event-shapes.ts';

const NESTED = compileEventShapes([
  {
    kind: 'SessionKeyRevoked',
    path: ['Sessions', 'SessionKeyRevoked'],
    keys: [{ name: 'sessionKey', type: 'felt' }],
    data: [],
  },
]);
const ODD = compileEventShapes([
  { kind: 'SessionKeyRevoked', path: ['SessionKeyRevoked'], keys: [], data: [] },
]);
const revoke = (...keys: readonly bigint[]) => ({
  fromAddress: ACCOUNT,
  keys: [selectorOf('SessionKeyRevoked'), ...keys.map(toFelt)],
  data: [],
});

describe('events of an account that has had several classes', () => {
  it('are read by the first shapes that they fit', () => {
    const expected = { kind: 'SessionKeyRevoked', sessionKey: KEY };
    expect(decodeByShapes(revoke(KEY), [ODD, NESTED, STANDARD_EVENT_SHAPES])).toEqual(expected);
  });

  it('are malformed when they fit none of those that have their selectors', () =>
    expect(codeOf(() => decodeByShapes(revoke(KEY, 1n), [ODD, NESTED, STANDARD_EVENT_SHAPES]))).toBe(
      'EVENT_MALFORMED',
    ));

  it('are not ours when none has their selectors', () =>
    expect(decodeByShapes(revoke(KEY), [NESTED])).toBeUndefined());

  it('are found by the first keys of all of the classes', () => {
    expect(eventSelectors(SESSION_EVENT_KINDS, [STANDARD_EVENT_SHAPES])).toEqual(SESSION_EVENT_SELECTORS);
    expect(eventSelectors(['SessionKeyRevoked'], [NESTED, STANDARD_EVENT_SHAPES])).toEqual(
      ['Sessions', 'SessionKeyRevoked'].map(selectorOf),
    );
  });
});
