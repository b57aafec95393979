import type { ChainDriver, Json } from '#libs/testing';
import { createObserver, type Observation, type Observer } from '../compare/observe.ts';
import { createPlayer, type PlayedStep } from '../play/player.ts';
import { setUpWorld } from '../play/set-up.ts';
import type { World } from '../play/world.ts';
import { type AccountName, printStep, type Sequence } from '../sequence/command.ts';

/** What a chain answered to a sequence, masked, a step after the other. The first is the setup. */
export type Recording = readonly RecordedStep[];

interface RecordedStep {
  readonly step: string;
  readonly answers: readonly Json[];
  readonly blocks: readonly Observation[];
  /** Answers of views that are not what they were after the step before. */
  readonly changed: Observation;
}

export const record = async (
  chain: ChainDriver,
  account: AccountName,
  sequence: Sequence,
): Promise<Recording> => {
  const world = await setUpWorld([chain]);
  const player = createPlayer([chain], world);
  const observer = createObserver(world);
  let state: Observation = {};
  const after = async (step: string, played: PlayedStep): Promise<RecordedStep> => {
    const before = state;
    state = await recordState(chain, observer, world, account);
    return {
      step,
      answers: played.submissions.map(({ answers }) => observer.answer(answers[0]!)),
      blocks: await recordBlocks(chain, observer, played),
      changed: changesOf(before, state),
    };
  };
  const lastBlock = await chain.blockNumber();
  const steps = [await after('setup', { submissions: [], firstBlock: 0, lastBlock })];
  for (const step of sequence) steps.push(await after(printStep(step), await player.play(step)));
  return steps;
};

/** Transactions and receipts stand in the block already. */
const recordBlocks = async (
  chain: ChainDriver,
  observer: Observer,
  { firstBlock, lastBlock }: PlayedStep,
): Promise<readonly Observation[]> => {
  const blocks: Observation[] = [];
  for (let number = firstBlock; number <= lastBlock; number += 1) {
    const observed = Object.entries(await observer.block(chain, number));
    blocks.push(Object.fromEntries(observed.filter(([name]) => !/^(transaction|receipt) /.test(name))));
  }
  return blocks;
};

const recordState = async (
  chain: ChainDriver,
  observer: Observer,
  world: World,
  account: AccountName,
): Promise<Observation> => {
  const scope = { accounts: [account], isThorough: false, looksAtTime: false, outsideNonces: [0x1001n] };
  return observer.state(chain, await chain.blockNumber(), scope);
};

const changesOf = (before: Observation, after: Observation): Observation =>
  Object.fromEntries(
    Object.entries(after).filter(([name, answer]) => JSON.stringify(before[name]) !== JSON.stringify(answer)),
  );
