/** How large a tree is. */
export interface TreeSize {
  readonly name: string;
  readonly leastBlocks: number;
  readonly leastUses: number;
  /** A branch leaves the trunk after about this many blocks. */
  readonly forkEvery: number;
  /** Empty blocks of the branch that is long. */
  readonly longBranch: number;
}

export const FULL: TreeSize = {
  name: 'full',
  leastBlocks: 205,
  leastUses: 105,
  forkEvery: 28,
  longBranch: 70,
};
export const SMALL: TreeSize = {
  name: 'small',
  leastBlocks: 60,
  leastUses: 20,
  forkEvery: 16,
  longBranch: 20,
};
