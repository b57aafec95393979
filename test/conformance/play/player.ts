import type { ChainDriver, RpcAnswer, SignedTransaction } from '#libs/testing';
import type { Command, Step } from '../sequence/command.ts';
import { type BuildContext, buildTransaction, type OutsideNonces } from './build-transaction.ts';
import { resolveTime } from './resolve-time.ts';
import type { World } from './world.ts';

/** One transaction and what each chain said to it, in the order of the chains. */
interface Submission {
  readonly command: Command;
  readonly transaction: SignedTransaction;
  readonly answers: readonly RpcAnswer[];
}

export interface PlayedStep {
  readonly submissions: readonly Submission[];
  /** The blocks that are new, of the chain that leads. */
  readonly firstBlock: number;
  readonly lastBlock: number;
}

/** Plays steps on several chains at once: what is built over the first is sent to all. */
export interface Player {
  readonly world: World;
  readonly chains: readonly ChainDriver[];
  /** Of the outside executions that were built last, and one that was not. */
  recentOutsideNonces(): readonly bigint[];
  play(step: Step): Promise<PlayedStep>;
}

export interface PlayerOptions {
  /** Awaited after each block that was built on all chains, the empty ones that set the time included. */
  readonly afterBlock?: () => Promise<void>;
}

export const createPlayer = (
  chains: readonly ChainDriver[],
  world: World,
  { afterBlock = () => Promise.resolve() }: PlayerOptions = {},
): Player => {
  const [lead] = chains;
  if (lead === undefined) throw new Error('nothing to play on');
  const outsideNonces = countNonces();
  let lastSent: SignedTransaction | undefined;
  const send = async (context: BuildContext, command: Command): Promise<Submission> => {
    const isRepeat = command.kind === 'REPEAT' && lastSent !== undefined;
    const transaction = isRepeat ? lastSent : await buildTransaction(context, notRepeat(command));
    lastSent = transaction;
    return {
      command,
      transaction: transaction!,
      answers: await onAll(chains, (chain) => chain.submit(transaction!)),
    };
  };
  const playBlock = async (step: Extract<Step, { kind: 'BLOCK' }>): Promise<Submission[]> => {
    const nowSeconds = await resolveTime(lead, world, step.time);
    await onAll(chains, (chain) => chain.setTime(nowSeconds));
    await afterBlock();
    const submissions: Submission[] = [];
    for (const command of step.commands) {
      submissions.push(await send({ lead, world, nowSeconds, outsideNonces }, command));
    }
    await onAll(chains, (chain) => chain.createBlock());
    await afterBlock();
    return submissions;
  };
  return {
    world,
    chains,
    recentOutsideNonces: () => [-1n, 0n, 1n].map((offset) => outsideNonces.last() + offset),
    play: async (step) => {
      const before = await lead.blockNumber();
      if (step.kind === 'ABORT') {
        const from = Math.max(1, before - step.blocks + 1);
        await onAll(chains, (chain) => chain.abortFrom(from));
        return { submissions: [], firstBlock: from, lastBlock: from - 1 };
      }
      const submissions = await playBlock(step);
      return { submissions, firstBlock: before + 1, lastBlock: await lead.blockNumber() };
    },
  };
};

const onAll = <T>(chains: readonly ChainDriver[], work: (chain: ChainDriver) => Promise<T>): Promise<T[]> =>
  Promise.all(chains.map(work));

const notRepeat = (command: Command): Exclude<Command, { kind: 'REPEAT' }> => {
  if (command.kind === 'REPEAT') throw new Error('nothing was sent yet that could be repeated');
  return command;
};

const countNonces = (): OutsideNonces => {
  let current = 0x1000n;
  return {
    fresh: () => (current += 1n),
    last: () => current,
  };
};
