import type { Json, Sandbox } from '#libs/sandbox';
import { type BlockTree, commonAncestor, GENESIS, heightOf, pathTo } from './block-tree.ts';
import { createEmptyChain } from './sandbox-settings.ts';

/** A node that is at one block of a tree and can be put at any other. */
export class ChainView {
  readonly sandbox: Sandbox = createEmptyChain();
  readonly #tree: BlockTree;
  #tip = GENESIS;

  constructor(tree: BlockTree) {
    if (tree.genesisHash !== this.sandbox.latest.hash) throw new Error('the tree grew from another genesis');
    this.#tree = tree;
  }

  get tip(): number {
    return this.#tip;
  }

  moveTo(tip: number): void {
    const tree = this.#tree;
    const ancestor = commonAncestor(tree, this.#tip, tip);
    if (ancestor !== this.#tip) this.sandbox.abortFrom(heightOf(tree, ancestor) + 1);
    for (const index of pathTo(tree, tip).slice(heightOf(tree, ancestor))) {
      const { block, branch } = tree.blocks[index]!;
      this.sandbox.chain.restoreBlock({ ...block, acceptedOnL1: false }, branch);
    }
    this.#tip = tip;
  }

  /** Never lowers what is accepted already. */
  acceptOnL1(height: number): void {
    if (height > 0 && height <= this.sandbox.latest.number) this.sandbox.acceptOnL1(height);
  }

  request(method: string, params: Json): Json {
    return this.sandbox.request(method, params);
  }
}
