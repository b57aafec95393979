import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type CursorScope, decodeCursor, encodeCursor } from './cursor.ts';
import { parsePageSize, toPage } from './page.ts';
import { PurserError } from './purser.error.ts';

const scope: CursorScope = {
  list: 'sessions',
  asker: { organisationId: 1 },
  filter: { account: '0x1', status: ['ACTIVE'], orderBy: undefined },
};
const codeOf = (read: () => unknown): unknown => {
  try {
    return read();
  } catch (error) {
    return error instanceof PurserError ? error.code : error;
  }
};

describe('a cursor', () => {
  it('gives back what was put in, for the same list and filters in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 4 }), (values) => {
        const cursor = encodeCursor(scope, values);
        const filter = { orderBy: undefined, status: ['ACTIVE'], account: '0x1' };
        const same = { list: 'sessions', asker: { organisationId: 1, deadlineAtMs: 5 }, filter };
        expect(decodeCursor(same, cursor, values.length)).toEqual(values);
      }),
    );
  });

  it('is refused for another list, filter or length, and when any character of it changes', () => {
    const cursor = encodeCursor(scope, ['1', '0xa', '0xb']);
    const decode = (text: string, of = scope, length = 3) => codeOf(() => decodeCursor(of, text, length));
    expect(decode(cursor, { ...scope, list: 'accounts' })).toBe('BAD_CURSOR');
    expect(decode(cursor, { ...scope, filter: {} })).toBe('BAD_CURSOR');
    expect(decode(cursor, scope, 2)).toBe('BAD_CURSOR');
    expect(decode(cursor, { ...scope, asker: { organisationId: 2 } })).toBe('BAD_CURSOR');
    const only = { accounts: ['1/0xa'], labels: [] };
    expect(decode(cursor, { ...scope, asker: { organisationId: 1, only } })).toBe('BAD_CURSOR');
    for (let index = 0; index < cursor.length; index += 1) {
      const other = cursor[index] === 'A' ? 'B' : 'A';
      expect(decode(cursor.slice(0, index) + other + cursor.slice(index + 1))).toBe('BAD_CURSOR');
    }
  });

  it('is refused when it is anything else', () => {
    fc.assert(
      fc.property(fc.string(), (text) =>
        expect(codeOf(() => decodeCursor(scope, text, 3))).toBe('BAD_CURSOR'),
      ),
    );
    expect(codeOf(() => decodeCursor(scope, 'A'.repeat(100_000), 3))).toBe('BAD_CURSOR');
  });
});

describe('a page', () => {
  it.each([0, -1, 101, 1.5, null])('of %p rows is refused', (first) =>
    expect(codeOf(() => parsePageSize(first))).toBe('BAD_INPUT'),
  );

  it('takes 1 to 100 rows, 25 when nothing is said', () => {
    expect([1, 100, undefined].map(parsePageSize)).toEqual([1, 100, 25]);
  });

  it('knows by one row more that there is a next one', () => {
    const of = (rows: number[]) =>
      toPage(rows, 2, { hasPrevious: false, cursorOf: (row) => `c${row}`, nodeOf: (row) => row });
    expect(of([1, 2, 3])).toMatchObject({ nodes: [1, 2], pageInfo: { hasNextPage: true, endCursor: 'c2' } });
    expect(of([1, 2]).pageInfo).toMatchObject({ hasNextPage: false, startCursor: 'c1' });
    expect(of([]).pageInfo).toMatchObject({ startCursor: null, endCursor: null });
  });
});
