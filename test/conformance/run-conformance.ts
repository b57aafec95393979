import { type ChainDriver, createChainDriver, type RunningNode } from '#libs/testing';
import { createStepChecker } from './compare/check-step.ts';
import { type Difference, differences, printDifferences } from './compare/differences.ts';
import { createObserver } from './compare/observe.ts';
import { createPlayer, type Player } from './play/player.ts';
import { setUpWorld } from './play/set-up.ts';
import type { World } from './play/world.ts';
import { printStep, type Sequence, type Step } from './sequence/command.ts';

/** The same world on two chains, played and compared step by step. */
export interface Conformance {
  readonly player: Player;
  /** Compares every block so far. @returns what differs. */
  compareSetUp(): Promise<readonly Difference[]>;
  /** Compares the state as it is. */
  compareState(): Promise<readonly Difference[]>;
  /** Plays to the first step after which the chains differ. */
  firstDifference(sequence: Sequence): Promise<StepDifference | undefined>;
}

export interface StepDifference {
  readonly at: number;
  readonly step: Step;
  readonly found: readonly Difference[];
}

export const createConformance = async (nodes: readonly [RunningNode, RunningNode]): Promise<Conformance> => {
  const chains = nodes.map(({ rpc }) => createChainDriver(rpc));
  return conformanceOf(chains, await setUpWorld(chains));
};

/** Over a world that is there already. */
export const conformanceOf = (chains: readonly ChainDriver[], world: World): Conformance => {
  const player = createPlayer(chains, world);
  const checker = createStepChecker(player);
  return {
    player,
    compareSetUp: async () => {
      const observer = createObserver(world);
      const head = await chains[0]!.blockNumber();
      const found: Difference[] = [];
      for (let number = 0; number <= head; number += 1) {
        const [left, right] = await Promise.all(chains.map((chain) => observer.block(chain, number)));
        found.push(...differences(left, right, `block ${number}`));
      }
      return found;
    },
    compareState: () => checker.checkStart(),
    firstDifference: async (sequence) => {
      for (const [at, step] of sequence.entries()) {
        const found = await checker.check(step);
        if (found.length > 0) return { at, step, found };
      }
      return undefined;
    },
  };
};

/** What a failing spec shows: enough to play it again. */
export const describeDifference = (difference: StepDifference | undefined, origin: string): string =>
  difference === undefined
    ? 'none'
    : `${origin}, step ${difference.at}: ${printStep(difference.step)}\n  ${printDifferences(difference.found, ['devnet', 'sandbox'])}`;
