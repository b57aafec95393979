import { createHash } from 'node:crypto';
import type { RequestScope } from '#libs/database';
import { PurserError } from './purser.error.ts';

const CHECK_LENGTH = 8;
const MAX_CURSOR_LENGTH = 2_048;

/** Which list, under which filters and order, a cursor belongs to. All of it is bound into the cursor. */
export interface CursorScope {
  readonly list: string;
  /** Who goes through the list: his organisation, and what of it he sees. Somebody else starts at his own first page. */
  readonly asker: RequestScope;
  /** Filters and order as plain JSON. A cursor of other filters is refused. */
  readonly filter: Readonly<Record<string, string | number | readonly string[] | undefined>>;
}

/**
 * An opaque cursor over the keyset values of a row. The check binds it to its list, filters and asker
 * and finds alterations; it is no secret, and needs none: a made-up cursor only starts the same list elsewhere.
 */
export const encodeCursor = (scope: CursorScope, values: readonly string[]): string => {
  const body = Buffer.from(JSON.stringify(values));
  return Buffer.concat([checkOf(scope, body), body]).toString('base64url');
};

/** @throws PurserError BAD_CURSOR unless `encodeCursor` of the same scope gave it with as many values, or one of these numbers. */
export const decodeCursor = (
  scope: CursorScope,
  cursor: string,
  ...lengths: readonly number[]
): readonly string[] => {
  if (cursor.length > MAX_CURSOR_LENGTH) throw badCursor();
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.toString('base64url') !== cursor || bytes.length <= CHECK_LENGTH) throw badCursor();
  const body = bytes.subarray(CHECK_LENGTH);
  if (!checkOf(scope, body).equals(bytes.subarray(0, CHECK_LENGTH))) throw badCursor();
  const values: unknown = JSON.parse(body.toString());
  if (!Array.isArray(values) || !lengths.includes(values.length)) throw badCursor();
  return values.map((value: unknown) => {
    if (typeof value !== 'string') throw badCursor();
    return value;
  });
};

const checkOf = ({ list, asker, filter }: CursorScope, body: Buffer): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([list, viewOf(asker), Object.entries(filter).sort(byName)]))
    .update(body)
    .digest()
    .subarray(0, CHECK_LENGTH);

const viewOf = ({ organisationId, only }: RequestScope): unknown => [
  organisationId,
  ...(only === undefined ? [] : [only.accounts.toSorted(), only.labels.toSorted()]),
];

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

const badCursor = (): PurserError =>
  new PurserError(
    'BAD_CURSOR',
    'The cursor is not one of this list with these filters; start at the first page.',
  );
