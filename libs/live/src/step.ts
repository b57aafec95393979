import type { Change } from './change.ts';
import { changesOfRow, type ProfileOf, retractionsOfRow } from './changes-of-row.ts';
import type { FeedRow, MadeRow, TouchedRow } from './feed.statement.ts';
import { endOfBlock, type Place, type Position, wasTold } from './position.ts';

export interface Head {
  readonly blockNumber: number;
  readonly blockHash: string;
}

/** What comes next for who stands at a position, in order. */
export interface Step {
  readonly changes: readonly Change[];
  /** Where he stands then. Undefined: the index does not know his branch, nothing can be told. */
  readonly position: Position | undefined;
  /** The newest block when it was read. */
  readonly head: Head | undefined;
}

/**
 * Reads a step out of the statement's row. Backwards first: what was told of blocks that a reorganisation left is taken back before
 * anything of the new branch is told. Pure.
 * @param rows how many rows the statement gives at most: with as many there may be more
 */
export const stepOf = (row: FeedRow, from: Position, rows: number, profileOf: ProfileOf): Step => {
  const head = headOf(row);
  if (!row.known) return { changes: [], position: undefined, head };
  const retracted = row.undone.flatMap((touched) =>
    retractionsOfRow(touched).filter(({ place }) => (isOf(touched, from) ? wasTold(from, place) : true)),
  );
  const lastUndone = row.undone.at(-1);
  if (row.undone.length >= rows && lastUndone !== undefined) {
    return { changes: retracted, position: before(lastUndone), head };
  }
  if (row.place_hash === null || row.span_number === null || row.span_hash === null) {
    return { changes: retracted, position: undefined, head };
  }
  const made = row.made.flatMap((touched) =>
    changesOfRow(touched, profileOf).filter(({ place }) => !isOf(touched, from) || !wasTold(from, place)),
  );
  const lastMade = row.made.length >= rows ? row.made.at(-1) : undefined;
  const position = lastMade === undefined ? endOfBlock(row.span_number, row.span_hash) : behind(lastMade);
  return { changes: [...retracted, ...made], position, head };
};

const headOf = ({ head_number, head_hash }: FeedRow): Head | undefined =>
  head_number === null || head_hash === null ? undefined : { blockNumber: head_number, blockHash: head_hash };

const isOf = ({ block_hash }: TouchedRow, { blockHash }: Position): boolean => block_hash === blockHash;

/** Everything of the row was taken back. */
const before = (row: TouchedRow): Position => ({ ...at(row, ['', '']), inclusive: false });

/** Everything of the row was told. */
const behind = (row: MadeRow): Position => ({ ...at(row, ['~', '~']), inclusive: true });

const at = (row: TouchedRow, [token, subject]: readonly [string, string]): Omit<Position, 'inclusive'> => {
  const upTo: Place = [row.account, row.session_key, token, subject];
  return { blockNumber: row.block_number, blockHash: row.block_hash, upTo };
};
