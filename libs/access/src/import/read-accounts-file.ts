import { type CheckedRows, checkRows, type ImportRow } from './check-rows.ts';
import { type CsvRecord, csvRecords } from './csv-records.ts';
import { inOrder, type RowFault } from './row-fault.ts';

const MOST_LINES = 200_000;

const COLUMNS = { address: 'address', label: 'label', team: 'team', cost_centre: 'costCentre' } as const;
type Column = keyof typeof COLUMNS;

export interface AccountsFile extends CheckedRows {
  /** Rows with something in them, the first line left out. */
  readonly rows: number;
}

/**
 * Reads a file with columns `address`, and if wanted `label`, `team`, `cost_centre`, named by its first line in any order.
 * Every wrong line is told with its number, all of them, in their order. Pure.
 */
export const readAccountsFile = (file: Buffer): AccountsFile => {
  const { records, faults: broken } = csvRecords(file);
  const [header, ...rest] = records;
  if (header === undefined) {
    const faults = broken.length > 0 ? broken : [{ line: 1, code: 'COLUMN_MISSING' } as const];
    return { rows: 0, wishes: [], faults };
  }
  const columns = header.cells.map((cell) => cell.toLowerCase().replaceAll(/[ -]/g, '_'));
  const wrong = headerFaults(header.line, columns);
  if (wrong.length > 0) return { rows: rest.length, wishes: [], faults: inOrder([...wrong, ...broken]) };
  const sized = rest.slice(0, MOST_LINES).map((record) => rowOf(columns as Column[], record));
  const cells = sized.flatMap((row) => ('code' in row ? [row] : []));
  const { wishes, faults } = checkRows(sized.flatMap((row) => ('code' in row ? [] : [row])));
  const beyond = rest
    .slice(MOST_LINES, MOST_LINES + 1)
    .map(({ line }) => ({ line, code: 'TOO_MANY_LINES' as const }));
  return {
    rows: rest.length + broken.length,
    wishes,
    faults: inOrder([...broken, ...cells, ...faults, ...beyond]),
  };
};

const headerFaults = (line: number, columns: readonly string[]): RowFault[] => [
  ...columns
    .filter((column) => !Object.hasOwn(COLUMNS, column))
    .map((column) => ({ line, code: 'COLUMN_UNKNOWN' as const, column: shortened(column) })),
  ...columns
    .filter((column, index) => Object.hasOwn(COLUMNS, column) && columns.indexOf(column) !== index)
    .map((column) => ({ line, code: 'COLUMN_TWICE' as const, column })),
  ...(columns.includes('address') ? [] : [{ line, code: 'COLUMN_MISSING' as const }]),
];

/** A file without names has an account where a name should be, and may have anything. */
const shortened = (column: string): string => {
  const plain = JSON.stringify(column);
  return plain.length > 30 ? `${plain.slice(0, 30)}...` : plain;
};

const rowOf = (columns: readonly Column[], { line, cells }: CsvRecord): ImportRow | RowFault =>
  cells.length === columns.length
    ? {
        line,
        address: '',
        ...Object.fromEntries(columns.map((column, index) => [COLUMNS[column], cells[index]])),
      }
    : { line, code: 'CELLS_WRONG' };
