import { type BlockTree, commonAncestor, heightOf, pathTo } from '../chains/block-tree.ts';
import type { Random } from '../../conformance/sequence/random.ts';

/** The newest block of the chain from a time on. */
export interface Move {
  readonly afterMs: number;
  readonly tip: number;
  /** The name of the fault, where it is one. */
  readonly reorg?: string;
  /** What no later move takes away. */
  readonly safeHeight: number;
}

export interface Schedule {
  /** Where the chain is when the first process starts. */
  readonly startTip: number;
  readonly moves: readonly Move[];
  readonly finalTip: number;
}

const SHALLOW = 3;
const DEEP = 20;

/** How the chain moves over the tree: grows along the trunk, leaves it for branches, comes back, ends at the trunk's end. */
export const planSchedule = (tree: BlockTree, random: Random, growth: number): Schedule => {
  const last = tree.trunk.length - 1;
  const start = Math.max(0, last - growth - random.below(Math.min(40, last - growth)));
  const moves: Omit<Move, 'safeHeight'>[] = [];
  let at = tree.trunk[start]!;
  const go = (tip: number, afterMs: number): void => {
    if (tip === at) return;
    moves.push({ afterMs, tip, ...reorgOf(tree, at, tip, moves.length) });
    at = tip;
  };
  // The first reorg comes while the first blocks are read.
  if (random.chance(70)) detour(tree, random, go, start, 30 + random.below(400));
  for (let height = start; height < last; ) {
    height = Math.min(last, height + 1 + random.below(4));
    go(tree.trunk[height]!, pause(random));
    if (random.chance(12)) detour(tree, random, go, height, pause(random));
  }
  return {
    startTip: tree.trunk[start]!,
    moves: withSafeHeights(tree, tree.trunk[start]!, moves),
    finalTip: at,
  };
};

const pause = (random: Random): number => random.pick([20, 400, 900, 1_500, 1_500, 2_500, 4_000]);

/** To a branch, perhaps on to another, and back: to where the trunk was, or lower. */
const detour = (
  tree: BlockTree,
  random: Random,
  go: (tip: number, afterMs: number) => void,
  height: number,
  firstMs: number,
): void => {
  const here = tree.trunk[height]!;
  const reachable = tree.branchTips.filter((tip) => commonAncestor(tree, here, tip) !== here);
  if (reachable.length === 0) return;
  const branch = random.chance(50) ? reachable.at(-1)! : random.pick(reachable);
  const base = heightOf(tree, commonAncestor(tree, here, branch));
  const path = pathTo(tree, branch).slice(base);
  go(path[random.below(path.length)]!, firstMs);
  go(branch, pause(random));
  if (random.chance(40)) go(random.pick(reachable), pause(random));
  // A shorter chain than ours, for a moment.
  if (random.chance(40)) go(tree.trunk[Math.max(base, 1) - 1]!, pause(random));
  go(here, pause(random));
};

const reorgOf = (tree: BlockTree, from: number, to: number, ordinal: number): { reorg?: string } => {
  const ancestor = commonAncestor(tree, from, to);
  const depth = heightOf(tree, from) - heightOf(tree, ancestor);
  if (depth === 0) return {};
  if (ordinal === 0) return { reorg: 'reorg while back-filling' };
  if (ancestor === to) return { reorg: 'reorg to a shorter chain' };
  const onTrunk = (tip: number): boolean => tree.trunk.includes(tip);
  if (!onTrunk(from) && onTrunk(to)) return { reorg: 'reorg, the first branch comes back' };
  if (!onTrunk(from) && !onTrunk(to)) return { reorg: 'reorg of a reorg' };
  if (depth >= DEEP) return { reorg: 'reorg, deep' };
  return { reorg: depth <= SHALLOW ? 'reorg, shallow' : 'reorg' };
};

const withSafeHeights = (
  tree: BlockTree,
  start: number,
  moves: readonly Omit<Move, 'safeHeight'>[],
): Move[] => {
  let safe = Number.POSITIVE_INFINITY;
  return moves
    .map((move, index) => {
      const next = moves[index + 1];
      const shared = next ? commonAncestor(tree, move.tip, next.tip) : move.tip;
      return { move, shared: heightOf(tree, shared) };
    })
    .reverse()
    .map(({ move, shared }) => {
      safe = Math.min(safe, shared);
      return { ...move, safeHeight: safe };
    })
    .reverse();
};
