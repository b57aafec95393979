/** What can be wrong with a line of accounts. */
export const ROW_FAULTS = {
  NOT_UTF8: 'has bytes that are not UTF-8',
  QUOTES_WRONG: 'has a quote that is not closed, or stands in the middle of a cell',
  CELLS_WRONG: 'has another number of cells than the first line',
  COLUMN_UNKNOWN: 'names a column that is not known',
  COLUMN_TWICE: 'names a column twice',
  COLUMN_MISSING: 'names no column address',
  ADDRESS_MISSING: 'has no address',
  ADDRESS_MALFORMED: 'has an address that is neither 0x hex nor a decimal',
  ADDRESS_ZERO: 'has the address 0, which is nobody',
  ADDRESS_OUT_OF_RANGE: 'has an address of 2^251 - 256 or more, which no contract has',
  ADDRESS_TWICE: 'has the address of an earlier line',
  TEXT_TOO_LONG: 'has a text that is too long',
  TEXT_NOT_PRINTABLE: 'has control characters or others that cannot be seen',
  TOO_MANY_LINES: 'is beyond the lines that one file may have',
  TOO_MANY_FAULTS: 'and those behind it were not read: too many lines before have wrong quotes',
} as const;

export type RowFaultCode = keyof typeof ROW_FAULTS;

/** One thing that is wrong with a line. A line may have several. */
export interface RowFault {
  /** Counted from 1, as an editor counts, where the row begins. */
  readonly line: number;
  readonly code: RowFaultCode;
  /** As the file calls it; undefined: the line as a whole. */
  readonly column?: string;
  /** Of an address that comes again: where it stood first. */
  readonly firstLine?: number;
}

/** For people. Nothing of the cell is in it: it may be what somebody put there by mistake, as a key. */
export const rowFaultText = ({ line, code, column, firstLine }: RowFault): string =>
  [
    `line ${line}`,
    ...(column === undefined ? [] : [`, ${column}`]),
    `: ${ROW_FAULTS[code]}`,
    ...(firstLine === undefined ? [] : [` (line ${firstLine})`]),
    ` [${code}]`,
  ].join('');

/** Faults of a file as a whole: what is left of it must not be taken for all of it. */
const OF_THE_FILE: ReadonlySet<RowFaultCode> = new Set([
  'COLUMN_UNKNOWN',
  'COLUMN_TWICE',
  'COLUMN_MISSING',
  'TOO_MANY_LINES',
  'TOO_MANY_FAULTS',
]);

/** Whether the wrong lines can be left out, and the others taken. */
export const canSkip = (faults: readonly RowFault[]): boolean =>
  !faults.some(({ code }) => OF_THE_FILE.has(code));

export const inOrder = (faults: readonly RowFault[]): RowFault[] =>
  faults.toSorted((a, b) => a.line - b.line);

/** How many lines are wrong: one may be wrong in several ways. */
export const wrongLines = (faults: readonly RowFault[]): number =>
  new Set(faults.map(({ line }) => line)).size;
