import { describe, expect, it } from '@jest/globals';
import { feltToHex } from '#libs/felt';
import fc from 'fast-check';
import { readAccountsFile } from './read-accounts-file.ts';
import { canSkip, rowFaultText, wrongLines } from './row-fault.ts';

const read = (text: string | Buffer) => {
  const { wishes, faults, rows } = readAccountsFile(Buffer.from(text));
  return {
    rows,
    accounts: wishes.map(({ account }) => feltToHex(account)),
    wishes,
    faults: faults.map(({ line, code, column }) => [line, code, ...(column === undefined ? [] : [column])]),
  };
};

describe('a file of accounts', () => {
  it('is read by the names of its columns, in any order, blanks and quotes taken off', () => {
    const { wishes, faults } = read(
      'Label, address ,Cost Centre,team\n"Till 1, north",0x01,4711, Ops \n,2,,\n',
    );
    expect(faults).toEqual([]);
    expect(wishes).toEqual([
      { account: 1n, label: 'Till 1, north', costCentre: '4711', team: 'Ops' },
      { account: 2n },
    ]);
  });

  it.each([
    ['line feeds', 'address,label\n0x1,a\n0x2,b\n'],
    ['carriage returns and line feeds', 'address,label\r\n0x1,a\r\n0x2,b\r\n'],
    ['no end of the last line', 'address,label\n0x1,a\n0x2,b'],
    ['a byte order mark', '\ufeffaddress,label\n0x1,a\n0x2,b\n'],
    ['semicolons', 'address;label\n0x1;a\n0x2;b\n'],
    ['blank lines', '\naddress,label\n\n0x1,a\n   \n0x2,b\n\n'],
  ])('may have %s', (_what, text) => {
    expect(read(text)).toMatchObject({ accounts: ['0x1', '0x2'], faults: [] });
  });

  it.each([
    ['hello', 'ADDRESS_MALFORMED'],
    ['-1', 'ADDRESS_MALFORMED'],
    ['0x', 'ADDRESS_MALFORMED'],
    ['1.5', 'ADDRESS_MALFORMED'],
    ['=1+1', 'ADDRESS_MALFORMED'],
    ['', 'ADDRESS_MISSING'],
    ['0', 'ADDRESS_ZERO'],
    ['0x000', 'ADDRESS_ZERO'],
    [feltToHex(2n ** 251n - 256n), 'ADDRESS_OUT_OF_RANGE'],
    [`0x${'f'.repeat(64)}`, 'ADDRESS_OUT_OF_RANGE'],
    [`0x${'f'.repeat(70)}`, 'ADDRESS_OUT_OF_RANGE'],
  ])('is told that the address %p is %s', (address, code) => {
    expect(read(`address,label\n0x1,a\n${address},b\n`).faults).toEqual([[3, code, 'address']]);
  });

  it('takes the largest address', () => {
    expect(read(`address\n${feltToHex(2n ** 251n - 257n)}\n`).faults).toEqual([]);
  });

  it('is told of an address that comes again, in whatever form, with its first line', () => {
    const { faults } = readAccountsFile(Buffer.from('address,label\n0xAB,a\n0x1,\n171,b\n0x00ab,c\n'));
    expect(faults).toEqual([
      { line: 4, code: 'ADDRESS_TWICE', column: 'address', firstLine: 2 },
      { line: 5, code: 'ADDRESS_TWICE', column: 'address', firstLine: 2 },
    ]);
    expect(rowFaultText(faults[0] as never)).toBe(
      'line 4, address: has the address of an earlier line (line 2) [ADDRESS_TWICE]',
    );
  });

  it('is told of texts that are too long by characters, and of those that nobody sees', () => {
    const rows = [
      `0x1,${'a'.repeat(200)},${'\u{1f4b0}'.repeat(100)},x`,
      `0x2,${'a'.repeat(201)},t,x`,
      `0x3,a,${'\u{1f4b0}'.repeat(101)},x`,
      `0x4,a,t,${'c'.repeat(101)}`,
      '0x5,a\u0000b,t,x',
      '0x6,a,t\u202e,x',
      '0x7,"two\nlines",t,x',
      '0x8,a,t,\u001b[31m',
    ];
    expect(read(['address,label,team,cost_centre', ...rows].join('\n')).faults).toEqual([
      [3, 'TEXT_TOO_LONG', 'label'],
      [4, 'TEXT_TOO_LONG', 'team'],
      [5, 'TEXT_TOO_LONG', 'cost_centre'],
      [6, 'TEXT_NOT_PRINTABLE', 'label'],
      [7, 'TEXT_NOT_PRINTABLE', 'team'],
      [8, 'TEXT_NOT_PRINTABLE', 'label'],
      [10, 'TEXT_NOT_PRINTABLE', 'cost_centre'],
    ]);
  });

  it.each(['\n', '\r\n', '\r'])(
    'counts lines as an editor does, inside of quotes too, with ends %j',
    (end) => {
      const text = [
        'address,label',
        '0x1,a',
        '0x2,"three',
        '',
        'lines"',
        '',
        'bad,b',
        '"0x3',
        '",c',
        '0x4,x,y',
      ].join(end);
      expect(read(text)).toMatchObject({
        accounts: ['0x1', '0x3'],
        faults: [
          [3, 'TEXT_NOT_PRINTABLE', 'label'],
          [7, 'ADDRESS_MALFORMED', 'address'],
          [10, 'CELLS_WRONG'],
        ],
      });
    },
  );

  it('loses one line to a quote that is wrong, and goes on with the next', () => {
    const text = 'address,label\n0x1,"a" b\n0x2,b\n0x3,c"d\n0x4,e\n0x5,"open\n0x6,f\n';
    expect(read(text)).toMatchObject({
      accounts: ['0x2', '0x4', '0x6'],
      faults: [
        [2, 'QUOTES_WRONG'],
        [4, 'QUOTES_WRONG'],
        [6, 'QUOTES_WRONG'],
      ],
    });
  });

  it('is not read on behind a thousand wrong quotes, and must not be taken for read', () => {
    const { faults } = readAccountsFile(Buffer.from(`address,label\n${'0x1,a"b\n'.repeat(1_100)}0x2,b\n`));
    expect([faults.length, faults.at(-1), canSkip(faults)]).toEqual([
      1_001,
      { line: 1_002, code: 'TOO_MANY_FAULTS' },
      false,
    ]);
  });

  it('is told which lines are not UTF-8', () => {
    const latin1 = Buffer.from('0x2,Z\xfcrich\n', 'latin1');
    const file = Buffer.concat([Buffer.from('address,label\n0x1,Zürich\n'), latin1, Buffer.from('0x3,c\n')]);
    expect(read(file)).toMatchObject({ accounts: ['0x1', '0x3'], faults: [[3, 'NOT_UTF8']] });
    expect(read(Buffer.from('\ufeffaddress\n0x1\n', 'utf16le')).faults[0]).toEqual([1, 'NOT_UTF8']);
  });

  it.each([
    [
      '0x1,a\n0x2,b\n',
      [
        [1, 'COLUMN_UNKNOWN', '"0x1"'],
        [1, 'COLUMN_UNKNOWN', '"a"'],
        [1, 'COLUMN_MISSING'],
      ],
    ],
    ['address,labels\n0x1,b\n', [[1, 'COLUMN_UNKNOWN', '"labels"']]],
    ['address,label,label\n0x1,b,c\n', [[1, 'COLUMN_TWICE', 'label']]],
    ['label,team\nb,c\n', [[1, 'COLUMN_MISSING']]],
    ['', [[1, 'COLUMN_MISSING']]],
  ])('takes no row where the first line is wrong: %j', (text, faults) => {
    expect(read(text)).toMatchObject({ accounts: [], faults });
  });

  it('names exactly the lines that were made wrong, whatever is quoted before them', () => {
    const cell = fc.constantFrom('plain', '"quoted"', '"with ""quotes"""', '"a,b"', '');
    const broken = fc.constantFrom('zz,', '0,', ',x', '0x1,,,,', '0x2,a"b');
    const rows = fc.array(
      fc.oneof(
        { weight: 4, arbitrary: cell },
        broken.map((text) => ({ broken: text })),
      ),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(rows, fc.constantFrom('\n', '\r\n'), (parts, end) => {
        let line = 2;
        const wrong: number[] = [];
        const lines = parts.map((part, index) => {
          if (typeof part !== 'string') wrong.push(line);
          const text =
            typeof part === 'string' ? `"0x${(index + 100).toString(16)}${end}${end}",${part}` : part.broken;
          line += typeof part === 'string' ? 3 : 1;
          return text;
        });
        const { faults } = readAccountsFile(Buffer.from(['address,label', ...lines].join(end)));
        expect([...new Set(faults.map((fault) => fault.line))]).toEqual(wrong);
        expect(wrongLines(faults)).toBe(wrong.length);
      }),
    );
  });
});
