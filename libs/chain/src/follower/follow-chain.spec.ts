import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { cursorOf, followInto, hashesOf } from '../../testing/follow-into.ts';
import { createScriptedChain, extend } from '../../testing/scripted-chain.ts';
import type { BlockPin } from '../types.ts';
import { followChain } from './follow-chain.ts';

describe('followChain', () => {
  it('catches up in runs and takes blocks close to the head alone', async () => {
    const source = createScriptedChain(extend([], 25));
    const index = followInto(source, { maxRunBlocks: 10 });
    await index.until('the head', () => index.hashes.size === 25);
    expect(index.log).toEqual(['+0..9', '+10..19', '+20', '+21', '+22', '+23', '+24']);
    source.blocks = extend(source.blocks, 1);
    await index.until('the next block', () => index.hashes.size === 26);
    await index.stop();
    expect(index.log.at(-1)).toBe('+25');
    expect(index.hashes).toEqual(hashesOf(source.blocks));
  });

  it('pins the block at the head by its hash', async () => {
    const chain = extend([], 3);
    const source = createScriptedChain(chain);
    const index = followInto(source, { cursor: chain[1]! }, hashesOf(chain.slice(0, 2)));
    await index.until('the head', () => index.hashes.size === 3);
    await index.stop();
    expect(source.calls).toContain(`block #${chain[2]!.blockHash.toString(16).slice(0, 6)}`);
  });

  it.each([1, 10, 201])(
    'rolls back %i blocks to the common ancestor and takes the new branch',
    async (depth) => {
      const trunk = extend([], 5);
      const source = createScriptedChain(extend(trunk, depth, 'a'));
      const index = followInto(source);
      await index.until('branch a', () => index.hashes.size === 5 + depth);
      source.blocks = extend(trunk, depth + 1, 'b');
      await index.until('branch b', () => index.hashes.size === 6 + depth);
      await index.stop();
      expect(index.log).toContain('<4');
      expect(index.hashes).toEqual(hashesOf(source.blocks));
    },
  );

  it('follows a branch that comes back: A, B, A', async () => {
    const trunk = extend([], 5);
    const [a, b] = [extend(trunk, 3, 'a'), extend(trunk, 4, 'b')];
    const source = createScriptedChain(a);
    const index = followInto(source);
    await index.until('a', () => index.hashes.size === 8);
    source.blocks = b;
    await index.until('b', () => index.hashes.size === 9);
    source.blocks = extend(a, 2, 'a');
    await index.until('a again', () => index.hashes.size === 10);
    await index.stop();
    expect(index.log.filter((entry) => entry.startsWith('<'))).toEqual(['<4', '<4']);
    expect(index.hashes).toEqual(hashesOf(source.blocks));
  });

  it('takes a new chain that is shorter, once a hash proves it', async () => {
    const trunk = extend([], 5);
    const source = createScriptedChain(extend(trunk, 10, 'a'));
    const index = followInto(source);
    await index.until('a', () => index.hashes.size === 15);
    source.blocks = extend(trunk, 2, 'b');
    await index.until('b', () => index.hashes.size === 7);
    await index.stop();
    expect(index.hashes).toEqual(hashesOf(source.blocks));
  });

  it('does not take a node that is behind for a reorg', async () => {
    const chain = extend([], 10);
    const source = createScriptedChain(chain);
    const index = followInto(source);
    await index.until('all', () => index.hashes.size === 10);
    source.blocks = chain.slice(0, 4);
    const asked = source.calls.length;
    await index.until('three more polls', () => source.calls.length >= asked + 3);
    source.blocks = extend(chain, 1);
    await index.until('the next', () => index.hashes.size === 11);
    await index.stop();
    expect(index.log.filter((entry) => entry.startsWith('<'))).toEqual([]);
  });

  it('starts again after a reorg of 3000 blocks while it was down, its cursor unknown to the node', async () => {
    const trunk = extend([], 5);
    const before = extend(trunk, 3000, 'a');
    const source = createScriptedChain(extend(trunk, 3100, 'b'));
    const index = followInto(source, { cursor: cursorOf(before) }, hashesOf(before));
    await index.until('b', () => index.hashes.size === 3105);
    await index.stop();
    expect(index.log[0]).toBe('<4');
    expect(index.hashes).toEqual(hashesOf(source.blocks));
    expect(source.calls.filter((call) => call.startsWith('header')).length).toBeLessThan(40);
  });

  it('copes with a second reorg while it walks back from the first', async () => {
    const trunk = extend([], 5);
    const long = extend(trunk, 40, 'trunk');
    const source = createScriptedChain(extend(long, 30, 'a'));
    const index = followInto(source);
    await index.until('a', () => index.hashes.size === 75);
    let headers = 0;
    source.beforeAnswer = (call) => {
      if (!call.startsWith('header')) return;
      headers += 1;
      if (headers === 4) source.blocks = extend(trunk, 80, 'c');
    };
    source.blocks = extend(long, 31, 'b');
    await index.until('c', () => index.hashes.size === 85);
    await index.stop();
    expect(index.hashes).toEqual(hashesOf(source.blocks));
  });

  it('notices a reorg between two blocks of one run', async () => {
    const trunk = extend([], 5);
    const source = createScriptedChain(extend(trunk, 40, 'a'));
    source.beforeAnswer = (call) => {
      if (call === 'block 20') source.blocks = extend(trunk, 41, 'b');
    };
    const index = followInto(source, { concurrency: 4, maxRunBlocks: 8 });
    await index.until('b', () => index.hashes.size === 46);
    await index.stop();
    expect(index.hashes).toEqual(hashesOf(source.blocks));
  });

  it('asks again when a block is replaced between the two reads of it', async () => {
    const trunk = extend([], 5);
    const source = createScriptedChain(extend(trunk, 1, 'a'));
    const pins: BlockPin[] = [];
    const stopping = new AbortController();
    const hashes = hashesOf(trunk);
    const items = followChain({
      source,
      startBlock: 0,
      cursor: cursorOf(trunk),
      knownBlock: (blockNumber) => Promise.resolve(hashes.get(blockNumber)),
      signal: stopping.signal,
      clock: createFakeClock(),
      fetchBlock: async (pin, { signal }) => {
        pins.push(pin);
        const { header } = await source.block(pin, { signal });
        if (pins.length === 1) source.blocks = extend(trunk, 1, 'b');
        // The second read, pinned by hash, as a state update would be.
        const again = await source.header({ blockHash: header.blockHash }, { signal });
        return { header, stateOf: again.blockHash };
      },
    });
    const first = await items.next();
    stopping.abort();
    await items.next();
    const block = source.blocks[5]!;
    expect(first.value).toMatchObject({
      type: 'blocks',
      blocks: [{ header: block, stateOf: block.blockHash }],
      target: { number: 5 },
    });
    expect(pins).toHaveLength(2);
  });

  it('starts at its start block and can lose all it holds without leaving the network', async () => {
    const trunk = extend([], 50);
    const source = createScriptedChain(extend(trunk, 5, 'a'));
    const index = followInto(source, { startBlock: 50 });
    await index.until('a', () => index.hashes.size === 5);
    source.blocks = extend(trunk.slice(0, 45), 20, 'b');
    await index.until('b', () => index.hashes.size === 15);
    await index.stop();
    expect(index.log).toContain('<49');
    expect(index.hashes.get(64)).toBe(source.blocks[64]!.blockHash);
  });

  it('waits while the chain has not reached the start block', async () => {
    const source = createScriptedChain(extend([], 3));
    const index = followInto(source, { startBlock: 4 });
    await index.until('polls', () => source.calls.length > 3);
    source.blocks = extend(source.blocks, 2);
    await index.until('the start block', () => index.hashes.size === 1);
    await index.stop();
    expect(index.log).toEqual(['+4']);
  });

  it('refuses a node with another block 0', async () => {
    const source = createScriptedChain(extend([], 5, 'a'));
    const index = followInto(source);
    await index.until('a', () => index.hashes.size === 5);
    source.blocks = extend([], 9, 'b');
    expect(await index.failure).toMatchObject({ code: 'WRONG_NETWORK', retryable: false });
  });
});
