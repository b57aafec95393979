import type { ChainDriver } from '#libs/testing';
import { toHex } from '../client/wire-call.ts';
import type { PlayedStep, Player } from '../play/player.ts';
import { ACCOUNT_NAMES } from '../play/world.ts';
import type { AccountName, Step } from '../sequence/command.ts';
import { type Difference, differences } from './differences.ts';
import { createObserver, type Observation, type Slot } from './observe.ts';
import { touchedSlots } from './touched-slots.ts';
import type { ViewScope } from './view-questions.ts';

/** Plays steps on two chains and tells where their answers part. */
export interface StepChecker {
  /** @returns all differences after the step; none means that the chains agree on everything compared. */
  check(step: Step): Promise<readonly Difference[]>;
  /** Compares the chains as they stand, before anything is played. */
  checkStart(): Promise<readonly Difference[]>;
}

/** Every so many steps, everything is compared, not only what the step was about. */
const THOROUGH_EVERY = 8;

export const createStepChecker = (player: Player): StepChecker => {
  const { world, chains } = player;
  const [left, right] = chains as readonly [ChainDriver, ChainDriver];
  const observer = createObserver(world);
  const touched = new Map<string, Slot>();
  let steps = 0;

  const compare = async (
    name: string,
    observe: (chain: ChainDriver) => Promise<Observation>,
  ): Promise<readonly Difference[]> => {
    const [ofLeft, ofRight] = await Promise.all([observe(left), observe(right)]);
    if (name.startsWith('block')) remember(ofLeft, ofRight);
    return differences(ofLeft, ofRight, name);
  };
  const remember = (...observations: readonly Observation[]): void => {
    for (const slot of observations.flatMap((observation) => touchedSlots(world, observation))) {
      touched.set(`${slot.address} ${slot.key}`, slot);
    }
  };
  const checkAllStorage = async (): Promise<readonly Difference[]> => {
    const latest = await left.blockNumber();
    return compare('storage', (chain) => observer.storage(chain, [...touched.values()], latest));
  };
  const compareBlocks = async ({ firstBlock, lastBlock }: PlayedStep): Promise<readonly Difference[]> => {
    const found: Difference[] = [];
    for (let number = firstBlock; number <= lastBlock; number += 1) {
      found.push(...(await compare(`block ${number}`, (chain) => observer.block(chain, number))));
    }
    return found;
  };
  const compareHeads = async (scope: ViewScope): Promise<readonly Difference[]> => {
    const [ofLeft, ofRight] = await Promise.all([left.blockNumber(), right.blockNumber()]);
    if (ofLeft !== ofRight) return [{ path: 'head', left: ofLeft, right: ofRight }];
    return compare(`state at ${ofLeft}`, (chain) => observer.state(chain, ofLeft, scope));
  };
  return {
    checkStart: () =>
      compareHeads({ accounts: ACCOUNT_NAMES, isThorough: true, looksAtTime: false, outsideNonces: [] }),
    check: async (step) => {
      steps += 1;
      const isThorough = step.kind === 'ABORT' || steps % THOROUGH_EVERY === 0;
      const played = await player.play(step);
      const found = [...submissionDifferences(played, observer.answer), ...(await compareBlocks(played))];
      const accounts = isThorough ? ACCOUNT_NAMES : accountsOf(step);
      // After a reorg devnet answers calls with the time of the block that is gone, until there is a new one.
      const looksAtTime = isThorough && step.kind !== 'ABORT';
      const outsideNonces = player.recentOutsideNonces();
      found.push(...(await compareHeads({ accounts, isThorough, looksAtTime, outsideNonces })));
      return isThorough ? [...found, ...(await checkAllStorage())] : found;
    },
  };
};

const accountsOf = (step: Step): readonly AccountName[] => {
  if (step.kind === 'ABORT') return ACCOUNT_NAMES;
  const named = step.commands.flatMap((command) => ('account' in command ? [command.account] : []));
  return ACCOUNT_NAMES.filter((name) => named.includes(name));
};

const submissionDifferences = (
  { submissions }: PlayedStep,
  mask: ReturnType<typeof createObserver>['answer'],
): readonly Difference[] =>
  submissions.flatMap(({ command, transaction, answers: [left, right] }, at) => {
    const path = `submission ${at} (${command.kind})`;
    const sent =
      'result' in left!
        ? differences(hashIn(left.result), toHex(BigInt(transaction.hash)), `${path}: own hash`)
        : [];
    return [...differences(mask(left!), mask(right!), path), ...sent];
  });

const hashIn = (result: unknown): string =>
  (result as { readonly transaction_hash: string }).transaction_hash;
