import { describe, expect, it } from '@jest/globals';
import { formatRecord, formatTable } from './table.ts';

describe('formatTable', () => {
  it('aligns text to the left and numbers to the right, and shows a dash for what is absent', () => {
    const text = formatTable(
      ['network', 'blocks', 'note'],
      [
        ['sandbox', 7, 'at the head'],
        ['main', 1_234, null],
      ],
    );
    expect(text.split('\n')).toEqual([
      'NETWORK  BLOCKS  NOTE',
      'sandbox       7  at the head',
      'main       1234  -',
    ]);
  });

  it('prints the headings of an empty table', () => {
    expect(formatTable(['a', 'b'], [])).toBe('A  B');
  });
});

describe('formatRecord', () => {
  it('puts the values under one another', () => {
    expect(
      formatRecord([
        ['status', 'ACTIVE'],
        ['valid until', undefined],
        ['calls', 0n],
      ]),
    ).toBe('status       ACTIVE\nvalid until  -\ncalls        0');
  });
});
