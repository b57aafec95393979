import type { Sandbox } from '#libs/sandbox';
import { createPlayer, type Player } from '../../conformance/play/player.ts';
import { setUpWorld } from '../../conformance/play/set-up.ts';
import type { World } from '../../conformance/play/world.ts';
import type { Step } from '../../conformance/sequence/command.ts';
import { generateSequence } from '../../conformance/sequence/generate-sequence.ts';
import { createRandom, type Random } from '../../conformance/sequence/random.ts';
import { type BlockTree, GENESIS, type TreeBlock } from './block-tree.ts';
import { createInProcessDriver } from './in-process-driver.ts';
import { createEmptyChain } from './sandbox-settings.ts';
import type { TreeSize } from './tree-size.ts';

/** Grows a tree of blocks: random commands, all from the seed. Slow, since every transaction is signed and verified. */
export const growTree = async (seed: number, size: TreeSize): Promise<BlockTree> => {
  const sandbox = createEmptyChain();
  const genesisHash = sandbox.latest.hash;
  const driver = createInProcessDriver(sandbox);
  const world = await setUpWorld([driver]);
  const grower = new Grower(sandbox, createPlayer([driver], world), seed);
  await grower.grow(size);
  const { blocks, branchTips, uses } = grower;
  return { seed, genesisHash, cast: castOf(world), blocks, trunk: grower.trunk, branchTips, uses };
};

class Grower {
  readonly blocks: TreeBlock[] = [];
  readonly trunk: number[] = [];
  readonly branchTips: number[] = [];
  uses = 0;
  readonly #sandbox: Sandbox;
  readonly #player: Player;
  readonly #random: Random;
  readonly #steps: Iterator<Step>;
  #tip = GENESIS;

  constructor(sandbox: Sandbox, player: Player, seed: number) {
    this.#sandbox = sandbox;
    this.#player = player;
    this.#random = createRandom(seed);
    const steps = generateSequence(seed, 2_000).filter(({ kind }) => kind === 'BLOCK');
    this.#steps = steps.values();
  }

  async grow(size: TreeSize): Promise<void> {
    this.#record();
    let nextFork = size.forkEvery;
    let forks = 0;
    while (this.#sandbox.latest.number < size.leastBlocks || this.uses < size.leastUses) {
      this.uses += await this.#play();
      if (this.#sandbox.latest.number < nextFork) continue;
      forks += 1;
      await this.#branch(forks, size);
      nextFork = this.#sandbox.latest.number + size.forkEvery;
    }
    const last = this.#tip;
    for (let at = last; at !== GENESIS; at = this.blocks[at]!.parent) this.trunk.unshift(at);
  }

  /** One step, and now and then empty blocks. Gives the uses of sessions that it put on the chain. */
  async #play(): Promise<number> {
    const { submissions } = await this.#player.play(this.#steps.next().value as Step);
    if (this.#random.chance(35)) for (let n = this.#random.below(4); n > 0; n -= 1) this.#empty();
    this.#record();
    const isUse = ({ kind }: { readonly kind: string }): boolean =>
      kind === 'SESSION' || kind === 'SPONSORED';
    return submissions.filter(({ command, answers }) => isUse(command) && 'result' in answers[0]!).length;
  }

  #empty(): void {
    const { time } = this.#sandbox.chain.options;
    time.set(this.#sandbox.latest.timestampSeconds + 2);
    this.#sandbox.createBlock();
  }

  /** Leaves the trunk for a while and comes back to where it left. Each second branch has a branch itself. */
  async #branch(ordinal: number, { longBranch }: TreeSize): Promise<void> {
    const [trunkTip, height] = [this.#tip, this.#sandbox.latest.number];
    const isLong = ordinal === 2;
    for (let n = 1 + this.#random.below(3); n > 0; n -= 1) await this.#play();
    if (isLong) for (let n = longBranch; n > 0; n -= 1) this.#empty();
    await this.#play();
    this.branchTips.push(this.#tip);
    if (ordinal % 2 === 0) {
      this.#backTo(this.blocks[this.#tip]!.parent, this.#sandbox.latest.number - 1);
      await this.#play();
      this.branchTips.push(this.#tip);
    }
    this.#backTo(trunkTip, height);
  }

  #backTo(tip: number, height: number): void {
    this.#sandbox.abortFrom(height + 1);
    this.#tip = tip;
  }

  #record(): void {
    const known = this.#tip === GENESIS ? 0 : this.blocks[this.#tip]!.block.number;
    for (const block of this.#sandbox.chain.blocksBetween(known + 1, this.#sandbox.latest.number)) {
      this.blocks.push({ block, branch: this.#sandbox.chain.branch, parent: this.#tip });
      this.#tip = this.blocks.length - 1;
    }
  }
}

const castOf = ({ accounts, keys, tokens }: World): BlockTree['cast'] => ({
  accounts: Object.values(accounts).map(({ address }) => hex(address)),
  keys: Object.values(keys).map(({ publicKey }) => hex(publicKey)),
  tokens: Object.values(tokens).map(hex),
});

const hex = (felt: bigint): string => `0x${felt.toString(16)}`;
