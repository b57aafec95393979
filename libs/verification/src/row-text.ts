import type { JsonValue, ProjectedRow } from '#libs/facts';

/** How the server prints a column: everything that is none of these as its text. */
export type ColumnKind = 'BOOLEAN' | 'JSON' | 'LIST' | 'TEXT';

export interface PrintedColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

/**
 * A row as the server prints `row(...)::text` of the same values. Where the values are written otherwise than the server
 * would (a number with leading zeros), the text is another one: equal text says equal rows, other text says nothing.
 */
export const rowText = (columns: readonly PrintedColumn[], row: ProjectedRow): string => {
  let text = '(';
  for (const { name, kind } of columns) {
    if (text.length > 1) text += ',';
    text += fieldText(kind, row[name]);
  }
  return `${text})`;
};

/** The first field of a printed row, which needs no quotes. */
export const firstField = (text: string): string => {
  const end = text.indexOf(',');
  return text.slice(1, end === -1 ? -1 : end);
};

// What the server never prints: such a row is looked at by its values.
const UNPRINTABLE = '\0';

const fieldText = (kind: ColumnKind, value: unknown): string => {
  if (value === null || value === undefined) return '';
  if (kind === 'JSON') return fieldOf(jsonText(value as JsonValue));
  if (typeof value === 'string') return fieldOf(value);
  if (typeof value === 'number' || typeof value === 'bigint') return value.toString();
  if (typeof value === 'boolean' && kind === 'BOOLEAN') return value ? 't' : 'f';
  return Array.isArray(value) && kind === 'LIST' ? fieldOf(listText(value)) : UNPRINTABLE;
};

const NEEDS_QUOTES = /["\\(), \t\n\v\f\r]/;
const EACH_DOUBLED = /["\\]/g;

const fieldOf = (text: string): string =>
  NEEDS_QUOTES.test(text) || text === '' ? `"${text.replace(EACH_DOUBLED, '$&$&')}"` : text;

const PLAIN_ITEM = /^[0-9a-z]+$/i;
const NULL = /^null$/i;

/** A list of text. */
const listText = (items: readonly unknown[]): string => {
  const printed = items.map((item) => {
    const text = String(item);
    return PLAIN_ITEM.test(text) && !NULL.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
  });
  return `{${printed.join()}}`;
};

/** As jsonb is printed. Members stand in the order in which they were read: the server's own. */
const jsonText = (value: JsonValue): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as JsonValue[]).map(jsonText).join(', ')}]`;
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}: ${jsonText(member)}`,
  );
  return `{${members.join(', ')}}`;
};
