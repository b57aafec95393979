import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestClass, type SandboxClass } from '#libs/sandbox';
import { type ChainDriver, createChainDriver, type RunningNode, startDevnet } from '#libs/testing';
import { START_SECONDS, setUpAccount, setUpWorld } from '../play/set-up.ts';
import type { DeclarableClass } from '../play/world.ts';
import { conformanceOf, describeDifference } from '../run-conformance.ts';
import { directedSections } from '../sequence/directed-sequence.ts';
import { generateSequence } from '../sequence/generate-sequence.ts';
import { startSandbox } from '../start-sandbox.ts';
import { compileMutants } from './compile-mutants.ts';
import { MUTATIONS, type Mutation } from './mutations.ts';

const SETTINGS = { seed: 13, startSeconds: START_SECONDS, blocks: 'ON_DEMAND' } as const;

const RANDOM_STEPS = 20;

/** The sandbox runs the rules as they are under the hash of the changed class. */
const asSandboxClass = (mutant: DeclarableClass, { account }: Mutation): SandboxClass =>
  createTestClass(
    account === 'SETTING' ? 'session_account_setting' : 'session_account_spend',
    { classHash: BigInt(mutant.classHash), compiledClassHash: BigInt(mutant.compiledClassHash) },
    () => ({
      sierra_program: mutant.sierra.sierra_program,
      contract_class_version: mutant.sierra.contract_class_version,
      entry_points_by_type: mutant.sierra.entry_points_by_type,
      abi: JSON.stringify(mutant.sierra.abi),
    }),
  );

describe('one token changed in the Cairo account turns the comparison red', () => {
  const nodes: RunningNode[] = [];
  let chains: readonly ChainDriver[] = [];
  let mutants: readonly DeclarableClass[] = [];
  let startBlock = 0;

  beforeAll(async () => {
    mutants = await compileMutants(MUTATIONS);
    const extraClasses = mutants.map((mutant, at) => asSandboxClass(mutant, MUTATIONS[at]!));
    nodes.push(await startDevnet(SETTINGS), await startSandbox({ ...SETTINGS, extraClasses }));
    chains = nodes.map(({ rpc }) => createChainDriver(rpc));
    await setUpWorld(chains);
    startBlock = await chains[0]!.blockNumber();
  });

  afterAll(() => Promise.all(nodes.map((node) => node.stop())));

  it.each(MUTATIONS.map((mutation, at) => ({ ...mutation, at })))(
    '$rule',
    async ({ account, shownBy, at }) => {
      const world = await setUpAccount(chains, account, mutants[at]!);
      const conformance = conformanceOf(chains, world);
      // What an earlier mutant did must be gone, or it would make this one red.
      expect(await conformance.compareState()).toEqual([]);
      const sections = directedSections(account);
      const difference = await conformance.firstDifference([
        ...shownBy.flatMap((section) => sections[section]),
        ...generateSequence(1, RANDOM_STEPS),
      ]);
      expect(describeDifference(difference, account)).not.toBe('none');
      await Promise.all(chains.map((chain) => chain.abortFrom(startBlock + 1)));
    },
  );
});
