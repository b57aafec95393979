import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { followInto } from '../../testing/follow-into.ts';
import { createManualHints } from '../../testing/manual-hints.ts';
import { createScriptedChain, extend } from '../../testing/scripted-chain.ts';
import { ChainError } from '../chain.error.ts';
import type { BlockHeader } from '../types.ts';

/** Something that happens to the node just before it answers its n-th question. */
type Happening =
  | { readonly kind: 'grow'; readonly count: number }
  | { readonly kind: 'fork'; readonly depth: number; readonly count: number }
  | { readonly kind: 'lag'; readonly depth: number }
  | { readonly kind: 'catchUp' }
  | { readonly kind: 'fail' }
  | { readonly kind: 'hint'; readonly reorgFromBlock: number }
  | { readonly kind: 'restart' };

const size = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ kind: fc.constant('grow' as const), count: size(30) }),
  fc.record({ kind: fc.constant('fork' as const), depth: size(40), count: size(40) }),
  fc.record({ kind: fc.constant('lag' as const), depth: size(20) }),
  fc.record({ kind: fc.constant('catchUp' as const) }),
  fc.record({ kind: fc.constant('fail' as const) }),
  fc.record({ kind: fc.constant('hint' as const), reorgFromBlock: fc.nat(80) }),
  fc.record({ kind: fc.constant('restart' as const) }),
);
const story = fc.array(fc.record({ afterCalls: fc.integer({ min: 1, max: 30 }), happening }), {
  maxLength: 25,
});

const bounds = fc.record({
  concurrency: size(8),
  maxRunBlocks: size(20),
  headDistance: fc.integer({ min: 0, max: 5 }),
});

const run = async (
  events: readonly { readonly afterCalls: number; readonly happening: Happening }[],
  options: { readonly concurrency: number; readonly maxRunBlocks: number; readonly headDistance: number },
  startBlock: number,
): Promise<void> => {
  const genesis = extend([], 1);
  let truth = extend(genesis, 20, 'first');
  const source = createScriptedChain(truth);
  const queue = [...events];
  let calls = 0;
  let branch = 0;
  const hints = createManualHints();
  let index = followInto(source, { ...options, startBlock, hints });
  const restart = async (): Promise<void> => {
    await index.stop();
    const cursor = [...index.hashes.keys()].reduce((a, b) => Math.max(a, b), -1);
    const header = { blockNumber: cursor, blockHash: index.hashes.get(cursor)! };
    index = followInto(
      source,
      { ...options, startBlock, hints, ...(cursor < 0 ? {} : { cursor: header }) },
      index.hashes,
    );
  };
  let restarting = Promise.resolve();
  const apply = (what: Happening): void => {
    switch (what.kind) {
      case 'grow':
        truth = extend(truth, what.count, `grow${branch}`);
        source.blocks = truth;
        return;
      case 'fork':
        branch += 1;
        truth = extend(truth.slice(0, Math.max(1, truth.length - what.depth)), what.count, `fork${branch}`);
        source.blocks = truth;
        return;
      case 'lag':
        source.blocks = truth.slice(0, Math.max(1, truth.length - what.depth));
        return;
      case 'catchUp':
        source.blocks = truth;
        return;
      case 'hint':
        hints.hint(what);
        return;
      case 'fail':
        throw new ChainError('RPC_UNAVAILABLE', 'seeded');
      case 'restart':
        restarting = restarting.then(restart);
    }
  };
  source.beforeAnswer = () => {
    calls += 1;
    if (calls < (queue[0]?.afterCalls ?? Number.POSITIVE_INFINITY)) return;
    calls = 0;
    const next = queue.shift();
    if (next) apply(next.happening);
  };
  await index.until('the end of the story', () => queue.length === 0);
  await restarting;
  source.beforeAnswer = undefined;
  source.blocks = truth = extend(truth, startBlock + 60, 'last');
  await index.until('the last block', () => index.hashes.get(truth.length - 1) === truth.at(-1)?.blockHash);
  await index.stop();
  expect(index.hashes).toEqual(expected(truth, startBlock));
};

const expected = (truth: readonly BlockHeader[], startBlock: number): Map<number, BlockHeader['blockHash']> =>
  new Map(truth.slice(startBlock).map((block) => [block.blockNumber, block.blockHash]));

it('ends with the canonical chain whatever the node did meanwhile', async () => {
  await fc.assert(
    fc.asyncProperty(story, bounds, fc.constantFrom(0, 1, 15), (events, options, startBlock) =>
      run(events, options, startBlock),
    ),
    { numRuns: 200 },
  );
}, 120_000);
