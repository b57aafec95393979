import { type BlockTree, heightOf } from '../chains/block-tree.ts';
import { createRandom, type Random } from '../../conformance/sequence/random.ts';
import type { Schedule } from '../run/schedule.ts';

/** An account that is put on the watch list when it has lived for a while, and whose history is asked for then. */
export interface LateAccount {
  readonly address: string;
  /** The move of the chain after which it is asked for. */
  readonly askedAtMove: number;
  /** The move after which its history is. */
  readonly filledAtMove: number;
  /** The operator wants every block read, whatever it costs. */
  readonly everyBlock: boolean;
}

/** What an index that begins late is told, all from the seed. */
export interface LatePlan {
  /** The first block that is read one by one. */
  readonly startBlock: number;
  readonly discovery: boolean;
  readonly accounts: readonly LateAccount[];
  readonly callsPerSecond: number;
  readonly blocksInPart: number;
  /** Whether nodes tell the block of the last update; else changes are found by halving. */
  readonly tellsUpdateBlock: boolean;
}

/** Moves between that of the account and that of its history. */
const LONGEST_PAUSE = 4;
/** The first block is so far below the chain's end, at most: reorgs go below it. */
const NEAR = 12;

export const planLate = (tree: BlockTree, schedule: Schedule, seed: number): LatePlan => {
  const random = createRandom(seed * 15_485_863 + 3);
  const beginsLate = random.chance(50);
  const height = heightOf(tree, schedule.startTip);
  const accounts = tree.cast.accounts.map((address) => lateAccount(address, schedule, random));
  return {
    startBlock: beginsLate ? Math.max(1, height - random.below(NEAR)) : 0,
    // Begun with block 0, discovery would meet every account in time.
    discovery: beginsLate && random.chance(50),
    accounts,
    callsPerSecond: random.pick([20, 60, 200]),
    blocksInPart: random.pick([4, 12, 12, 40]),
    tellsUpdateBlock: random.chance(60),
  };
};

const lateAccount = (address: string, { moves }: Schedule, random: Random): LateAccount => {
  const askedAtMove = random.below(Math.max(1, Math.floor(moves.length / 3)));
  const filledAtMove = askedAtMove + random.below(LONGEST_PAUSE);
  return { address, askedAtMove, filledAtMove, everyBlock: random.chance(15) };
};
