import { type CursorScope, decodeCursor, encodeCursor, PurserError } from '#libs/api';
import { feltToHex, parseFelt } from '#libs/felt';
import type { PinnedBlock } from './head.statement.ts';

export interface FinanceCursor {
  readonly keyset: readonly string[];
  readonly pin: PinnedBlock;
}

/** A row of a list, and the block that all its pages speak of. */
export const encodeFinanceCursor = (
  scope: CursorScope,
  keyset: readonly string[],
  { blockNumber, blockHash }: PinnedBlock,
): string => encodeCursor(scope, [...keyset, String(blockNumber), feltToHex(blockHash)]);

/** Nothing for the first page. @throws PurserError BAD_CURSOR */
export const decodeFinanceCursor = (
  scope: CursorScope,
  cursor: string | null | undefined,
  length: number,
): FinanceCursor | undefined => {
  if (cursor === null || cursor === undefined) return undefined;
  const values = decodeCursor(scope, cursor, length + 2);
  const blockNumber = Number(values[length]);
  if (!Number.isSafeInteger(blockNumber)) throw new PurserError('BAD_CURSOR', 'The cursor names no block.');
  return {
    keyset: values.slice(0, length),
    pin: { blockNumber, blockHash: parseFelt(values[length + 1] ?? '') },
  };
};
