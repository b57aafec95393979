import { PurserError } from '#libs/api';
import { feltToHex, parseFelt } from '#libs/felt';

/** Which change of a block: account, session key, token and subject, as printed; '' where one does not apply. In this order. */
export type Place = readonly [account: string, sessionKey: string, token: string, subject: string];

/** Behind every place: felts begin with 0, subjects with letters. */
const BEHIND_ALL = '~';
const END_OF_BLOCK: Place = [BEHIND_ALL, BEHIND_ALL, BEHIND_ALL, BEHIND_ALL];

/**
 * What somebody was told: all of the blocks before this one on its branch, and of this one the changes up to a place. The block is
 * known by its hash: of the same height there may be another, and the first may come back.
 */
export interface Position {
  readonly blockNumber: number;
  /** As printed. */
  readonly blockHash: string;
  readonly upTo: Place;
  /** Whether the change at the place was told too. False: it was taken back, or was the first that was not told. */
  readonly inclusive: boolean;
  /** Up to which block he was told that nothing is taken back any more. Absent: of none. */
  readonly final?: number;
}

export const endOfBlock = (blockNumber: number, blockHash: string): Position => ({
  ...{ blockNumber, blockHash },
  ...{ upTo: END_OF_BLOCK, inclusive: true },
});

/** Below 0: the first comes first. Felts are printed in one form without leading zeros, compared as text. */
export const comparePlaces = (a: Place, b: Place): number => {
  for (const [at, text] of a.entries()) {
    const other = b[at] ?? '';
    if (text !== other) return text < other ? -1 : 1;
  }
  return 0;
};

/** Whether a change of the position's own block was told. */
export const wasTold = ({ upTo, inclusive }: Position, place: Place): boolean => {
  const order = comparePlaces(place, upTo);
  return order < 0 || (order === 0 && inclusive);
};

/** One text for a position: equal ones are read together, whatever was told of finality there. */
export const nameOf = ({ blockNumber, blockHash, upTo, inclusive }: Position): string =>
  [blockNumber, blockHash, ...upTo, inclusive].join(' ');

/** How many values stand in a cursor: without what was told of finality, and with it. */
export const CURSOR_LENGTHS = [7, 8] as const;

/** As the values of a cursor. */
export const positionToValues = ({
  blockNumber,
  blockHash,
  upTo,
  inclusive,
  final,
}: Position): readonly string[] => [
  ...[String(blockNumber), blockHash, ...upTo, inclusive ? 'WITH' : 'WITHOUT'],
  ...(final === undefined ? [] : [String(final)]),
];

/** @throws PurserError BAD_CURSOR for what `positionToValues` did not give */
export const positionFromValues = (values: readonly string[]): Position => {
  const [number = '', hash = '', account = '', sessionKey = '', token = '', subject = '', last, final] =
    values;
  return {
    ...blockOf(number, hash),
    upTo: [account, sessionKey, token, subject],
    inclusive: last === 'WITH',
    ...(final !== undefined && { final: heightOf(final) }),
  };
};

const BLOCK_POSITION = /^block:([0-9]{1,16}):(0x[0-9a-fA-F]{1,64})$/;

/** `block:<number>:<hash>`, as an `asOf` says it: behind all of that block. Undefined: it is no such text. @throws PurserError BAD_CURSOR */
export const positionOfBlock = (text: string): Position | undefined => {
  if (!text.startsWith('block:')) return undefined;
  const [, number, hash] = BLOCK_POSITION.exec(text) ?? [];
  if (number === undefined || hash === undefined) throw badPosition();
  const { blockNumber, blockHash } = blockOf(number, hash);
  return endOfBlock(blockNumber, blockHash);
};

const blockOf = (number: string, hash: string): Pick<Position, 'blockNumber' | 'blockHash'> => {
  const blockNumber = heightOf(number);
  try {
    return { blockNumber, blockHash: feltToHex(parseFelt(hash)) };
  } catch {
    throw badPosition();
  }
};

const heightOf = (text: string): number => {
  const height = Number(text);
  if (Number.isSafeInteger(height) && height >= 0) return height;
  throw badPosition();
};

const badPosition = (): PurserError =>
  new PurserError('BAD_CURSOR', 'after is a cursor of this subscription, or block:<number>:<hash>.');
