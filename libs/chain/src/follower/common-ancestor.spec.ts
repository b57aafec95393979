import { describe, expect, it } from '@jest/globals';
import { extend } from '../../testing/scripted-chain.ts';
import type { BlockHeader } from '../types.ts';
import { type AncestorSearch, findCommonAncestor } from './common-ancestor.ts';

const searchIn = (
  node: readonly BlockHeader[],
  ours: readonly BlockHeader[],
  options: Partial<AncestorSearch> = {},
): { readonly search: AncestorSearch; readonly asked: number[] } => {
  const asked: number[] = [];
  const search: AncestorSearch = {
    headerAt: (blockNumber) => {
      asked.push(blockNumber);
      return Promise.resolve(node[blockNumber]!);
    },
    knownBlock: (blockNumber) => Promise.resolve(ours[blockNumber]?.blockHash),
    fromBlock: Math.min(node.length, ours.length) - 1,
    startBlock: 0,
    finalizedBlock: undefined,
    ...options,
  };
  return { search, asked };
};

const trunk = extend([], 20);

describe('findCommonAncestor', () => {
  it.each([1, 2, 3, 10, 201, 10_000])('finds it %i blocks below in few questions', async (depth) => {
    const { search, asked } = searchIn(extend(trunk, depth, 'b'), extend(trunk, depth, 'a'));
    expect((await findCommonAncestor(search)).blockHash).toBe(trunk[19]!.blockHash);
    expect(asked.length).toBeLessThanOrEqual(3 + 2 * Math.ceil(Math.log2(depth + 1)));
  });

  it('never looks below the finalized block', async () => {
    const [node, ours] = [extend(trunk, 50, 'b'), extend(trunk, 50, 'a')];
    const { search, asked } = searchIn(node, ours, { finalizedBlock: 17 });
    expect((await findCommonAncestor(search)).blockNumber).toBe(19);
    expect(Math.min(...asked)).toBe(17);
  });

  it('refuses a change of the finalized block', async () => {
    const [node, ours] = [extend(trunk, 50, 'b'), extend(trunk, 50, 'a')];
    for (const finalizedBlock of [20, 30, 69, 80]) {
      const { search } = searchIn(node, ours, { finalizedBlock });
      await expect(findCommonAncestor(search)).rejects.toMatchObject({ code: 'FINALITY_VIOLATION' });
    }
  });

  it('ends below the start block when nothing of ours is left', async () => {
    const [node, ours] = [extend(trunk.slice(0, 5), 50, 'b'), extend(trunk, 30, 'a')];
    const held = ours.map((block, height) => (height < 20 ? undefined : block));
    const { search } = searchIn(node, ours, {
      startBlock: 20,
      knownBlock: (blockNumber) => Promise.resolve(held[blockNumber]?.blockHash),
    });
    expect(await findCommonAncestor(search)).toBe(node[19]);
    const again = searchIn(node, ours, { startBlock: 20, fromBlock: 19 });
    expect(await findCommonAncestor(again.search)).toBe(node[19]);
  });

  it('says that it is another network when block 0 differs', async () => {
    const { search } = searchIn(extend([], 9, 'b'), extend([], 9, 'a'));
    await expect(findCommonAncestor(search)).rejects.toMatchObject({ code: 'WRONG_NETWORK' });
  });

  it('ends lower, never at a block that is not ours, where we lack hashes', async () => {
    const [node, ours] = [extend(trunk, 30, 'b'), extend(trunk, 30, 'a')];
    const { search } = searchIn(node, ours, {
      knownBlock: (height) => Promise.resolve(height % 3 === 0 ? undefined : ours[height]?.blockHash),
      fromBlock: 49,
      startBlock: 1,
    });
    const { blockNumber, blockHash } = await findCommonAncestor(search);
    expect(blockNumber).toBeLessThanOrEqual(19);
    expect(blockHash).toBe(node[blockNumber]!.blockHash);
  });

  it('asks to be repeated when the node changed its chain meanwhile', async () => {
    const ours = extend(trunk, 30, 'a');
    const same = searchIn(ours, ours);
    await expect(findCommonAncestor(same.search)).rejects.toMatchObject({
      code: 'CHAIN_MOVED',
      retryable: true,
    });

    const [b, c] = [extend(trunk, 30, 'b'), extend(trunk.slice(0, 5), 45, 'c')];
    const { search } = searchIn(b, ours, {
      headerAt: (height) => Promise.resolve((height === 20 ? c : b)[height]!),
    });
    await expect(findCommonAncestor(search)).rejects.toMatchObject({ code: 'CHAIN_MOVED' });
  });
});
