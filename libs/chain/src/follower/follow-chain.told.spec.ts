import { describe, expect, it } from '@jest/globals';
import { followInto, hashesOf } from '../../testing/follow-into.ts';
import { createManualHints } from '../../testing/manual-hints.ts';
import { childOf, createScriptedChain, extend } from '../../testing/scripted-chain.ts';
import type { BlockHeader } from '../types.ts';

describe('followChain told of a reorg', () => {
  // As a devnet does it: the hash of a block covers neither its parent nor its time.
  const replaced = (blocks: readonly BlockHeader[], height: number): BlockHeader[] => {
    const other = childOf(blocks[height - 1], 'other');
    return blocks.map((block, index) => {
      if (index === height) return other;
      return index === height + 1 ? { ...block, parentHash: other.blockHash } : block;
    });
  };

  it('finds it where the hashes above are the same', async () => {
    const source = createScriptedChain(extend([], 20));
    const hints = createManualHints();
    const index = followInto(source, { hints, headDistance: 0 });
    await index.until('all', () => index.hashes.size === 20);
    const old = index.hashes.get(12);
    source.blocks = extend(replaced(source.blocks, 12), 1);
    hints.hint({ reorgFromBlock: 12 });
    await index.until('the new block', () => index.hashes.get(12) !== old && index.hashes.size === 21);
    await index.stop();
    expect(index.log).toContain('<11');
    expect(index.hashes).toEqual(hashesOf(source.blocks));
  });

  it('looks when the new chain has come that far, at the lowest block it was told of', async () => {
    const trunk = extend([], 20);
    const source = createScriptedChain(trunk);
    const hints = createManualHints();
    const index = followInto(source, { hints });
    await index.until('all', () => index.hashes.size === 20);
    source.blocks = trunk.slice(0, 12);
    hints.hint({ reorgFromBlock: 15 });
    hints.hint({ reorgFromBlock: 12 });
    const asked = source.calls.length;
    await index.until('polls', () => source.calls.length > asked + 3);
    expect(index.hashes.size).toBe(20);
    source.blocks = replaced(trunk, 12).slice(0, 13);
    await index.until('the shorter chain', () => index.hashes.size === 13);
    await index.stop();
    expect(index.hashes).toEqual(hashesOf(source.blocks));
  });

  it('believes only the hash', async () => {
    const source = createScriptedChain(extend([], 20));
    const hints = createManualHints();
    const index = followInto(source, { hints, startBlock: 5 });
    await index.until('all', () => index.hashes.size === 15);
    for (const reorgFromBlock of [0, 12, 19, 20, 1e9]) {
      const asked = source.calls.length;
      hints.hint({ reorgFromBlock });
      await index.until('polls', () => source.calls.length > asked + 4);
    }
    await index.stop();
    expect(index.log.filter((entry) => entry.startsWith('<'))).toEqual([]);
    expect(source.calls.filter((call) => call.startsWith('header'))).toEqual([
      'header 5',
      'header 12',
      'header 19',
    ]);
  });
});
