export type Cell = string | number | bigint | boolean | null | undefined;

/** Columns as wide as their widest cell; numbers to the right. Absent values show as a dash. */
export const formatTable = (headings: readonly string[], rows: readonly (readonly Cell[])[]): string => {
  const texts = rows.map((row) => headings.map((_, column) => cellText(row[column])));
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...texts.map((row) => row[column]?.length ?? 0)),
  );
  const isNumber = headings.map(
    (_, column) => rows.length > 0 && rows.every((row) => isNumeric(row[column])),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((text, column) => {
        const width = widths[column] ?? 0;
        return isNumber[column] === true ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [line(headings.map((heading) => heading.toUpperCase())), ...texts.map(line)].join('\n');
};

/** Names to the left, values to the right of them. */
export const formatRecord = (entries: readonly (readonly [name: string, value: Cell])[]): string => {
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${name.padEnd(width)}  ${cellText(value)}`).join('\n');
};

const cellText = (cell: Cell): string =>
  cell === null || cell === undefined || cell === '' ? '-' : String(cell);

const isNumeric = (cell: Cell): boolean =>
  cell === null || cell === undefined || typeof cell === 'number' || typeof cell === 'bigint';
