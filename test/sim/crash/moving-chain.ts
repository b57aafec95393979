import type { Random } from '../../conformance/sequence/random.ts';
import { type BlockTree, commonAncestor, heightOf } from '../chains/block-tree.ts';
import { ChainView } from '../chains/chain-view.ts';

/** Of a chain's end that is not accepted on L1 at the end. */
const NOT_FINAL = 10;

/** A chain that never comes to an end: grows along the trunk, leaves it for branches, and falls back when it is through. */
export class MovingChain {
  readonly view: ChainView;
  moves = 0;
  reorgs = 0;
  readonly #tree: BlockTree;
  readonly #random: Random;
  #height: number;
  #onBranch = false;

  constructor(tree: BlockTree, random: Random) {
    this.#tree = tree;
    this.#random = random;
    this.view = new ChainView(tree);
    this.#height = tree.trunk.length >> 1;
    this.view.moveTo(tree.trunk[this.#height]!);
  }

  get finalHeight(): number {
    return this.#tree.trunk.length - NOT_FINAL;
  }

  move(): void {
    const { trunk } = this.#tree;
    if (this.#onBranch) {
      this.#onBranch = false;
      this.#go(trunk[this.#height]!);
    } else if (this.#height >= trunk.length - 4) {
      this.#leave(this.#height >> 1);
    } else if (this.#random.chance(25)) {
      this.#leave(this.#height);
    } else {
      this.#height += 1 + this.#random.below(3);
      this.#go(trunk[this.#height]!);
    }
  }

  /** To a branch from below the height, to come back to the trunk there: a mere piece of a chain looks like a node that lags. */
  #leave(height: number): void {
    const forks = this.#tree.branchTips.map((tip) => ({ tip, base: this.#baseOf(tip) }));
    const below = forks.filter(({ base }) => base < height);
    const { tip, base } = this.#random.pick(below.length > 0 ? below : forks);
    this.#onBranch = true;
    this.#height = Math.max(height, base + 1);
    this.#go(tip);
  }

  #baseOf(tip: number): number {
    return heightOf(this.#tree, commonAncestor(this.#tree, this.#tree.trunk.at(-1)!, tip));
  }

  /** Where the straight replay ends. */
  toTheEnd(): void {
    this.#go(this.#tree.trunk.at(-1)!);
    this.view.acceptOnL1(this.finalHeight);
  }

  /** As if it had never been anywhere else. */
  startAgain(): void {
    this.#height = this.#tree.trunk.length >> 1;
    this.view.moveTo(this.#tree.trunk[10]!);
    this.view.moveTo(this.#tree.trunk[this.#height]!);
  }

  #go(tip: number): void {
    this.moves += 1;
    if (commonAncestor(this.#tree, this.view.tip, tip) !== this.view.tip) this.reorgs += 1;
    this.view.moveTo(tip);
  }
}
