import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { withDatabase } from '#libs/testing';
import { firstField, type PrintedColumn, rowText } from './row-text.ts';

const COLUMNS: readonly PrintedColumn[] = [
  { name: 'account', kind: 'TEXT' },
  { name: 'word', kind: 'TEXT' },
  { name: 'amount', kind: 'TEXT' },
  { name: 'list', kind: 'LIST' },
  { name: 'json', kind: 'JSON' },
  { name: 'yes', kind: 'BOOLEAN' },
];

interface Row {
  readonly account: string;
  readonly word: string | null;
  readonly amount: string | null;
  readonly list: readonly string[] | null;
  readonly json: unknown;
  readonly yes: boolean | null;
}

const felt = fc.bigInt(0n, 2n ** 251n).map((value) => `0x${value.toString(16)}`);
const nullable = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values);
const words = fc.oneof(
  fc.constantFrom(
    '',
    'null',
    'NULL',
    't',
    'a,b',
    '"',
    '\\',
    '{}',
    '()',
    ' ',
    '\t',
    '\u00a0',
    '\\N',
    'ä',
    '😀',
  ),
  fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '')),
);
// Whole numbers, as facts hold them, and names that are no numbers, which JavaScript would put first.
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    words,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'bb', 'ä', 'x y', '"'), tie('json'), { maxKeys: 3 }),
  ),
}));

const rowsOf = (list: fc.Arbitrary<readonly string[]>): fc.Arbitrary<Row> =>
  fc.record({
    account: felt,
    word: nullable(words),
    amount: nullable(fc.bigInt(0n, 2n ** 256n - 1n).map(String)),
    list: nullable(list),
    json: nullable(json),
    yes: nullable(fc.boolean()),
  });

describe('the text of a row', () => {
  const database = withDatabase({ migrated: false });

  /** As the server prints it, and as it reads back JSON, whose members it has an order of its own for. */
  const stored = async ({ account, word, amount, list, json, yes }: Row) => {
    const [row] = await database.sql`
      with r as (select ${account}::text as account, ${word}::text as word, ${amount}::numeric as amount,
        ${list as string[] | null}::text[] as list, ${json === null ? null : JSON.stringify(json)}::text::jsonb as json,
        ${yes}::boolean as yes)
      select row(account, word, amount, list, json, yes)::text as text, json from r`;
    return { text: row?.['text'] as string, json: row?.['json'] as unknown };
  };

  it('is what the server prints, whatever text and JSON hold', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOf(fc.array(felt)), async (row) => {
        const { text, json } = await stored(row);
        expect(rowText(COLUMNS, { ...row, json })).toBe(text);
        expect(firstField(text)).toBe(row.account);
      }),
    );
  });

  it('is never that of another row', async () => {
    const few = fc.record({
      account: fc.constantFrom('0x1', '0x2'),
      word: fc.constantFrom(null, '', 'a', '"', ',', 'null', '0x1'),
      amount: fc.constantFrom(null, '0', '1'),
      list: fc.constantFrom(null, [], [''], ['null'], ['a', 'b'], ['a,b'], ['{}'], ['"']),
      json: fc.constantFrom(null, 1, '1', [], {}, { a: 1 }, { a: '1' }, ['a']),
      yes: fc.constantFrom(null, true, false),
    });
    await fc.assert(
      fc.asyncProperty(few, few, async (one, other) => {
        const { text } = await stored(other);
        if (rowText(COLUMNS, one) === text) expect(one).toEqual(other);
        expect(rowText(COLUMNS, other) === text || !isPlain(other)).toBe(true);
      }),
    );
  });

  it('is one that no server prints where a value cannot be told to be of its column', () => {
    for (const value of [{ a: 1 }, ['0x1'], true]) {
      expect(rowText([{ name: 'word', kind: 'TEXT' }], { word: value })).toContain('\0');
    }
    expect(rowText([{ name: 'yes', kind: 'BOOLEAN' }], { yes: 'true' })).toBe('(true)');
  });
});

/** Lists of anything but felts may be printed otherwise: that only costs time. */
const isPlain = ({ list }: Row): boolean => list === null || list.every((item) => /^[a-z0-9]+$/.test(item));
