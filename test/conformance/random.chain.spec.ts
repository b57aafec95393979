import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningNode, startDevnet } from '#libs/testing';
import { START_SECONDS } from './play/set-up.ts';
import { type Conformance, createConformance, describeDifference } from './run-conformance.ts';
import { generateSequence } from './sequence/generate-sequence.ts';
import { startSandbox } from './start-sandbox.ts';

const SETTINGS = { seed: 12, startSeconds: START_SECONDS, blocks: 'ON_DEMAND' } as const;

/** `CONFORMANCE_SEEDS=5,6 CONFORMANCE_STEPS=200` plays others; a failure names its seed. */
const SEEDS = (process.env['CONFORMANCE_SEEDS'] ?? '1,2,3').split(',').map(Number);
const STEPS = Number(process.env['CONFORMANCE_STEPS'] ?? '60');

describe('the sandbox and the Cairo contracts on devnet, in random sequences', () => {
  const nodes: RunningNode[] = [];
  let conformance: Conformance;

  beforeAll(async () => {
    nodes.push(await startDevnet(SETTINGS), await startSandbox(SETTINGS));
    conformance = await createConformance([nodes[0]!, nodes[1]!]);
  });

  afterAll(() => Promise.all(nodes.map((node) => node.stop())));

  it.each(SEEDS)('stay the same after every block of seed %d', async (seed) => {
    // One world for all seeds: each goes on where the one before stopped, so the first failing one is to be looked at.
    const difference = await conformance.firstDifference(generateSequence(seed, STEPS));
    expect(describeDifference(difference, `seeds ${SEEDS.join()}, in seed ${seed}`)).toBe('none');
  });
});
