import type { ExportFormat } from '#libs/database';
import { EXPORT_COLUMNS, type ExportRecord, WRITTEN_BY_OTHERS } from './export-record.ts';
import { csvCell, neutralText } from './neutral-cell.ts';

export interface RecordWriter {
  readonly contentType: string;
  readonly extension: string;
  /** What stands before the first record. */
  readonly head: string;
  write(record: ExportRecord): string;
}

const csv: RecordWriter = {
  contentType: 'text/csv; charset=utf-8; header=present',
  extension: 'csv',
  head: `${EXPORT_COLUMNS.join(',')}\r\n`,
  write: (record) => {
    const cells = EXPORT_COLUMNS.map((column) => {
      const value = column === 'groups' ? record.groups?.join('; ') : record[column];
      if (value === null || value === undefined) return '';
      return csvCell(WRITTEN_BY_OTHERS.has(column) ? neutralText(String(value)) : String(value));
    });
    return `${cells.join(',')}\r\n`;
  },
};

const jsonLines: RecordWriter = {
  contentType: 'application/jsonl; charset=utf-8',
  extension: 'jsonl',
  head: '',
  write: (record) =>
    `${JSON.stringify(Object.fromEntries(EXPORT_COLUMNS.map((column) => [column, record[column] ?? null])))}\n`,
};

export const writerOf = (format: ExportFormat): RecordWriter => (format === 'CSV' ? csv : jsonLines);
