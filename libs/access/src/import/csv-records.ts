import { isUtf8 } from 'node:buffer';
import { CsvError, parse } from 'csv-parse/sync';
import type { RowFault } from './row-fault.ts';

/** A record of a file, with the line where it begins. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

export interface CsvRecords {
  /** Blank ones are left out. */
  readonly records: readonly CsvRecord[];
  readonly faults: readonly RowFault[];
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const LF = 0x0a;
const CR = 0x0d;
/** After that many broken quotes the rest is not worth reading. */
const MOST_BROKEN_QUOTES = 1_000;

/**
 * The records of a file. A quote that is wrong costs the line where its record begins, and reading goes on with the next
 * one. Lines are counted in the bytes: what a parser counts is off where a quoted cell has several.
 */
export const csvRecords = (file: Buffer): CsvRecords => {
  const bytes = file.subarray(0, 3).equals(BYTE_ORDER_MARK) ? file.subarray(3) : file;
  const starts = lineStarts(bytes);
  const notUtf8 = linesNotUtf8(bytes, starts);
  const records: CsvRecord[] = [];
  const faults: RowFault[] = [];
  const delimiter = delimiterOf(bytes, starts);
  let line = 1;
  for (let broken = 0; ; broken += 1) {
    const from = starts[line - 1];
    if (from === undefined || from >= bytes.length) break;
    const rest = readRecords(bytes.subarray(from), delimiter, (cells, begin, end) => {
      const [first, last] = [lineAt(starts, from + begin), lineAt(starts, from + end - 1)];
      if (isBlank(cells)) return;
      const bad = notUtf8.find((wrong) => wrong >= first && wrong <= last);
      if (bad === undefined) records.push({ line: first, cells });
      else faults.push({ line: bad, code: 'NOT_UTF8' });
    });
    if (rest === undefined) break;
    const wrong = lineAt(starts, from + rest);
    if (broken >= MOST_BROKEN_QUOTES)
      return { records, faults: [...faults, { line: wrong, code: 'TOO_MANY_FAULTS' }] };
    faults.push({ line: wrong, code: 'QUOTES_WRONG' });
    line = wrong + 1;
  }
  return { records, faults };
};

const isBlank = (cells: readonly string[]): boolean => cells.length === 1 && cells[0] === '';

/** @returns where the record begins whose quotes are wrong; undefined: all was read. */
const readRecords = (
  bytes: Buffer,
  delimiter: string,
  take: (cells: readonly string[], begin: number, end: number) => void,
): number | undefined => {
  let begin = 0;
  try {
    parse(bytes, {
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      trim: true,
      on_record: (cells: string[], { bytes: end }) => {
        take(cells, begin, end);
        begin = end;
        return null;
      },
    });
    return undefined;
  } catch (error) {
    if (error instanceof CsvError) return begin;
    throw error;
  }
};

/** Where each line begins. */
const lineStarts = (bytes: Buffer): number[] => {
  const starts = [0];
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === LF || (byte === CR && bytes[at + 1] !== LF)) starts.push(at + 1);
  }
  return starts;
};

/** The line, from 1, that a byte stands in. */
const lineAt = (starts: readonly number[], at: number): number => {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as number) <= at) low = middle;
    else high = middle;
  }
  return low + 1;
};

const linesNotUtf8 = (bytes: Buffer, starts: readonly number[]): number[] =>
  isUtf8(bytes)
    ? []
    : starts.flatMap((start, index) => (isUtf8(bytes.subarray(start, starts[index + 1])) ? [] : [index + 1]));

/** Spreadsheets of some countries save with semicolons; the first line has names only, so it tells. */
const delimiterOf = (bytes: Buffer, starts: readonly number[]): string => {
  const header = bytes.subarray(0, starts[1]).toString('latin1');
  return [',', ';', '\t'].find((delimiter) => header.includes(delimiter)) ?? ',';
};
