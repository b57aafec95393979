import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkedExport } from './checked-export.ts';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const endOf = async (format: 'csv' | 'jsonl', text: string, cuts: readonly number[] = []) => {
  const bytes = Buffer.from(text);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const check = checkedExport(format);
  const pieces = places.slice(1).map((end, at) => bytes.subarray(places[at], end));
  const source = async function* () {
    for (const piece of pieces) yield await Promise.resolve(piece);
  };
  const passed: Uint8Array[] = [];
  for await (const piece of check.watch(source())) passed.push(piece);
  expect(Buffer.concat(passed).equals(bytes)).toBe(true);
  return check.end();
};

const ROWS = 'type,id,rows,sha256\r\ndebit,a,,\r\n"movement","x\ny",,\r\ntotal,,,\r\n';
const csv = (rows = ROWS) => `${rows}end,,3,${hashOf(rows)}\r\n`;
const LINES = '{"type":"debit"}\n';
const jsonl = `${LINES}${JSON.stringify({ type: 'end', rows: 1, sha256: hashOf(LINES) })}\n`;

describe('an export that is taken out', () => {
  it('is whole where its end speaks of the bytes before it, however they came', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(400), { maxLength: 12 }), async (cuts) => {
        expect(await endOf('csv', csv(), cuts)).toEqual({ rows: 3, sha256: hashOf(ROWS) });
        expect(await endOf('jsonl', jsonl, cuts)).toEqual({ rows: 1, sha256: hashOf(LINES) });
      }),
    );
  });

  it('is whole where a line before it is longer than any end', async () => {
    const rows = `${'x'.repeat(10_000)}\n${ROWS}`;
    expect(await endOf('csv', csv(rows), [1, 4_500, 9_000])).toEqual({ rows: 3, sha256: hashOf(rows) });
  });

  it.each([
    ['has no end', ROWS],
    ['is empty', ''],
    ['broke off in its end', csv().slice(0, -10)],
    ['was changed on the way', csv().replace('debit,a', 'debit,b')],
    ['lost a line', csv().replace('debit,a,,\r\n', '')],
    ['goes on behind its end', `${csv()}debit,b,,\r\n`],
  ])('is not where it %s', async (_, text) => {
    expect(await endOf('csv', text)).toBeUndefined();
    expect(await endOf('jsonl', text)).toBeUndefined();
  });
});
