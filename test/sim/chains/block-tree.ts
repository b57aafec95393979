import type { BlockRecord } from '#libs/sandbox';

/** A block of the tree: its parent is another one of it, or the genesis (-1). */
export interface TreeBlock {
  readonly block: BlockRecord;
  /** Of the sandbox that built it: part of its hash. */
  readonly branch: number;
  readonly parent: number;
}

/** Whose state the chain holds, to be compared at the end. */
export interface TreeCast {
  readonly accounts: readonly string[];
  readonly keys: readonly string[];
  readonly tokens: readonly string[];
}

/** Everything that a chain ever was: a trunk, and branches that leave it. Blocks are numbered as they were built. */
export interface BlockTree {
  readonly seed: number;
  readonly genesisHash: string;
  readonly cast: TreeCast;
  readonly blocks: readonly TreeBlock[];
  /** The block of the trunk at each height from 1. */
  readonly trunk: readonly number[];
  /** The newest block of each branch, nested ones included. */
  readonly branchTips: readonly number[];
  /** Uses of sessions on the trunk. */
  readonly uses: number;
}

export const GENESIS = -1;

export const heightOf = (tree: BlockTree, index: number): number =>
  index === GENESIS ? 0 : tree.blocks[index]!.block.number;

/** From the first block to the given one. */
export const pathTo = (tree: BlockTree, index: number): number[] => {
  const path: number[] = [];
  for (let at = index; at !== GENESIS; at = tree.blocks[at]!.parent) path.push(at);
  return path.reverse();
};

/** The newest block that both are built on, or one of them itself. */
export const commonAncestor = (tree: BlockTree, a: number, b: number): number => {
  const above = new Set([GENESIS, ...pathTo(tree, a)]);
  let at = b;
  while (!above.has(at)) at = tree.blocks[at]!.parent;
  return at;
};
