import { parseFelt } from '#libs/felt';
import type { AnswerBlock } from '#libs/sessions';
import type { Change } from './change.ts';
import { changesOfRow, type ProfileOf, retractionsOfRow } from './changes-of-row.ts';
import type { FeedRow, MadeRow, TouchedRow } from './feed.statement.ts';
import { endOfBlock, type Place, type Position, wasTold } from './position.ts';

export interface Head {
  readonly blockNumber: number;
  readonly blockHash: string;
  /** Up to which block all are final. */
  readonly finalNumber: number | undefined;
}

/** What comes next for who stands at a position, in order. */
export interface Step {
  readonly changes: readonly Change[];
  /** Where he stands then. Undefined: the index does not know his branch, nothing can be told. */
  readonly position: Position | undefined;
  /** The newest block when it was read. */
  readonly head: Head | undefined;
  /**
   * The newest final block, where everything up to it is told with this step or was before. Who still has to come that far is told when
   * he has: a finality that overtakes events would call final what is not told yet.
   */
  readonly final: AnswerBlock | undefined;
}

/**
 * Reads a step out of the statement's row. Backwards first: what was told of blocks that a reorganisation left is taken back before
 * anything of the new branch is told. Pure.
 * @param rows how many rows the statement gives at most: with as many there may be more
 */
export const stepOf = (row: FeedRow, from: Position, rows: number, profileOf: ProfileOf): Step => {
  const head = headOf(row);
  const nothing = { position: undefined, head, final: undefined };
  if (!row.known) return { ...nothing, changes: [] };
  const retracted = row.undone.flatMap((touched) =>
    retractionsOfRow(touched).filter(({ place }) => (isOf(touched, from) ? wasTold(from, place) : true)),
  );
  const lastUndone = row.undone.at(-1);
  if (row.undone.length >= rows && lastUndone !== undefined) {
    return { ...nothing, changes: retracted, position: before(lastUndone) };
  }
  if (row.place_hash === null || row.span_number === null || row.span_hash === null) {
    return { ...nothing, changes: retracted };
  }
  const made = row.made.flatMap((touched) =>
    changesOfRow(touched, profileOf).filter(({ place }) => !isOf(touched, from) || !wasTold(from, place)),
  );
  const lastMade = row.made.length >= rows ? row.made.at(-1) : undefined;
  const position = lastMade === undefined ? endOfBlock(row.span_number, row.span_hash) : behind(lastMade);
  // Of the block of the last row there may be more.
  const whole = lastMade === undefined ? row.span_number : lastMade.block_number - 1;
  return { changes: [...retracted, ...made], position, head, final: finalOf(row, whole) };
};

const headOf = ({ head_number, head_hash, final_number }: FeedRow): Head | undefined =>
  head_number === null || head_hash === null
    ? undefined
    : { blockNumber: head_number, blockHash: head_hash, finalNumber: final_number ?? undefined };

const finalOf = (
  { final_number: number, final_hash: hash, final_seconds: seconds }: FeedRow,
  whole: number,
): AnswerBlock | undefined =>
  number === null || hash === null || seconds === null || number > whole
    ? undefined
    : {
        ...{ blockNumber: number, blockHash: parseFelt(hash), timestampSeconds: BigInt(seconds) },
        finality: 'ACCEPTED_ON_L1',
      };

const isOf = ({ block_hash }: TouchedRow, { blockHash }: Position): boolean => block_hash === blockHash;

/** Everything of the row was taken back. */
const before = (row: TouchedRow): Position => ({ ...at(row, ['', '']), inclusive: false });

/** Everything of the row was told. */
const behind = (row: MadeRow): Position => ({ ...at(row, ['~', '~']), inclusive: true });

const at = (row: TouchedRow, [token, subject]: readonly [string, string]): Omit<Position, 'inclusive'> => {
  const upTo: Place = [row.account, row.session_key, token, subject];
  return { blockNumber: row.block_number, blockHash: row.block_hash, upTo };
};
