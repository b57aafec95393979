import { type CursorScope, decodeCursor, encodeCursor, type Point, printPoint, PurserError } from '#libs/api';
import { feltToHex, parseFelt } from '#libs/felt';
import type { Pin } from '../moment.ts';
import type { AnswerBlock } from '../records.ts';

/** A row of a list and the block that its pages speak of: the next page is of the same one. */
export const encodePageCursor = (
  scope: CursorScope,
  keyset: readonly string[],
  { blockNumber, blockHash }: AnswerBlock,
): string => encodeCursor(scope, [...keyset, String(blockNumber), feltToHex(blockHash)]);

export interface PageCursor {
  readonly keyset: readonly string[];
  readonly pin: Pin;
}

/** Nothing for the first page. @throws PurserError BAD_CURSOR */
export const decodePageCursor = (
  scope: CursorScope,
  cursor: string | null | undefined,
  length: number,
): PageCursor | undefined => {
  if (cursor === null || cursor === undefined) return undefined;
  const values = decodeCursor(scope, cursor, length + PLACE_LENGTH);
  const [number = '', hash = ''] = values.slice(length);
  return { keyset: values.slice(0, length), pin: pinOf(Number(number), hash) };
};

const PLACE_LENGTH = 2;

const pinOf = (blockNumber: number, hash: string): Pin => {
  if (!Number.isSafeInteger(blockNumber)) throw new PurserError('BAD_CURSOR', 'The cursor names no block.');
  return { kind: 'PIN', blockNumber, blockHash: parseFelt(hash) };
};

/** The point of a list as its cursors are bound to it. */
export const scopeOfPoint = (point: Point | undefined): string | undefined =>
  point === undefined ? undefined : printPoint(point);
