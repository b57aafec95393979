import { describe, expect, it } from '@jest/globals';
import { createFakeClock, nextTurn, until } from '../../testing/fake-clock.ts';
import { followInto } from '../../testing/follow-into.ts';
import { createManualHints } from '../../testing/manual-hints.ts';
import { childOf, createScriptedChain, extend } from '../../testing/scripted-chain.ts';
import { ChainError } from '../chain.error.ts';
import type { BlockHeader, BlockPin } from '../types.ts';
import { followChain } from './follow-chain.ts';

const hashesOf = (blocks: readonly BlockHeader[]): Map<number, BlockHeader['blockHash']> =>
  new Map(blocks.map((block) => [block.blockNumber, block.blockHash]));
const cursorOf = (blocks: readonly BlockHeader[]): BlockHeader => blocks.at(-1)!;

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

describe('followChain on finality', () => {
  it('passes on the L1-accepted head of the node, once, and never beyond the cursor', async () => {
    const source = createScriptedChain(extend([], 10));
    source.l1AcceptedNumber = 3;
    const index = followInto(source, { finalityIntervalMs: 1 });
    await index.until('f3', () => index.log.includes('f3'));
    await index.until('polls', () => source.calls.length > 40);
    expect(index.log.filter((entry) => entry.startsWith('f'))).toEqual(['f3']);
    source.l1AcceptedNumber = 9;
    await index.until('f9', () => index.log.includes('f9'));
    await index.stop();
  });

  it('finalizes its own newest block while the accepted head is still ahead', async () => {
    const source = createScriptedChain(extend([], 100));
    source.l1AcceptedNumber = 90;
    const index = followInto(source, { finalityIntervalMs: 0, maxRunBlocks: 20 });
    await index.until('f90', () => index.log.includes('f90'));
    await index.stop();
    expect(index.log.slice(0, 4)).toEqual(['+0..19', 'f19', '+20..39', 'f39']);
  });

  it('stops when a block accepted on L1 was replaced', async () => {
    const trunk = extend([], 5);
    const source = createScriptedChain(extend(trunk, 10, 'a'));
    source.l1AcceptedNumber = 8;
    const index = followInto(source);
    await index.until('f8', () => index.log.includes('f8'));
    source.l1AcceptedNumber = undefined;
    source.blocks = extend(trunk, 12, 'b');
    expect(await index.failure).toMatchObject({ code: 'FINALITY_VIOLATION', retryable: false });
    expect(index.hashes.size).toBe(15);
  });

  it('goes on when only a replica on another branch says that a block accepted on L1 was replaced', async () => {
    const trunk = extend([], 5);
    const chain = extend(trunk, 10, 'a');
    const source = createScriptedChain(chain);
    source.l1AcceptedNumber = 8;
    const index = followInto(source);
    await index.until('f8', () => index.log.includes('f8'));
    source.blocks = extend(trunk, 2, 'b');
    await index.until('the doubt', () =>
      index.retries.some(({ message }) => message.includes('accepted on L1')),
    );
    source.blocks = extend(chain, 3, 'a');
    await index.until('what came since', () => index.hashes.size === 18);
    await index.stop();
  });

  it('stops when the accepted head has another hash, even before the head differs', async () => {
    const chain = extend([], 10, 'a');
    const source = createScriptedChain(extend([], 4, 'b'));
    source.l1AcceptedNumber = 3;
    const known = hashesOf(chain);
    known.set(0, source.blocks[0]!.blockHash);
    source.head = () => Promise.resolve(cursorOf(chain));
    const index = followInto(source, { cursor: cursorOf(chain), finalizedBlockNumber: 5 }, known);
    expect(await index.failure).toMatchObject({ code: 'FINALITY_VIOLATION' });
  });

  it('rolls back above the newest L1-accepted block only', async () => {
    const trunk = extend([], 8);
    const source = createScriptedChain(extend(trunk, 200, 'a'));
    source.l1AcceptedNumber = 7;
    const index = followInto(source, { finalityIntervalMs: 1 });
    await index.until('a', () => index.hashes.size === 208 && index.log.includes('f7'));
    source.blocks = extend(trunk, 300, 'b');
    await index.until('b', () => index.hashes.size === 308);
    await index.stop();
    expect(index.log).toContain('<7');
  });
});

describe('followChain at rest and in trouble', () => {
  it('reports and waits out what may pass, longer each time', async () => {
    const source = createScriptedChain(extend([], 3));
    const clock = createFakeClock();
    let failing = 4;
    source.beforeAnswer = () => {
      failing -= 1;
      if (failing >= 0) throw new ChainError('RPC_UNAVAILABLE', 'down');
    };
    const index = followInto(source, { clock, pollIntervalMs: 1000 });
    await index.until('up again', () => index.hashes.size === 3);
    await index.stop();
    expect(index.retries).toHaveLength(4);
    expect(clock.sleeps.slice(0, 4)).toEqual([750, 1500, 3000, 6000]);
  });

  it('waits as long as a provider asked for', async () => {
    const source = createScriptedChain(extend([], 1));
    const clock = createFakeClock();
    let failing = 1;
    source.beforeAnswer = () => {
      failing -= 1;
      if (failing >= 0) throw new ChainError('RPC_RATE_LIMITED', 'slow', { retryAfterMs: 25_000 });
    };
    const index = followInto(source, { clock });
    await index.until('up again', () => index.hashes.size === 1);
    await index.stop();
    expect(clock.sleeps[0]).toBe(25_000);
  });

  it('throws what does not pass', async () => {
    const source = createScriptedChain(extend([], 3));
    source.beforeAnswer = () => {
      throw new ChainError('RPC_VERSION_UNSUPPORTED', '0.8');
    };
    expect(await followInto(source).failure).toMatchObject({ code: 'RPC_VERSION_UNSUPPORTED' });
  });

  it('ends at once on abort, even while a fetch ignores its signal', async () => {
    const source = createScriptedChain(extend([], 30));
    const stopping = new AbortController();
    const items = followChain({
      source,
      startBlock: 0,
      knownBlock: () => Promise.resolve(undefined),
      signal: stopping.signal,
      clock: createFakeClock(),
      fetchBlock: () => new Promise<{ header: BlockHeader }>(() => undefined),
    });
    const next = items.next();
    await nextTurn();
    stopping.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it('polls once per interval while nothing happens', async () => {
    const chain = extend([], 3);
    const source = createScriptedChain(chain);
    const clock = createFakeClock({ jumpBelowMs: 0 });
    const index = followInto(
      source,
      { clock, cursor: cursorOf(chain), pollIntervalMs: 1000 },
      hashesOf(chain),
    );
    for (let polls = 1; polls <= 5; polls += 1) {
      await until('a poll', () => source.calls.filter((call) => call.startsWith('head')).length === polls);
      for (let turn = 0; turn < 20; turn += 1) await nextTurn();
      expect(source.calls.filter((call) => call.startsWith('head'))).toHaveLength(polls);
      await clock.advance(50);
      await clock.advance(950);
    }
    await index.stop();
  });

  it('wakes by a hint, and a storm of hints is one', async () => {
    const chain = extend([], 3);
    const source = createScriptedChain(chain);
    const clock = createFakeClock({ jumpBelowMs: 0 });
    const hints = createManualHints();
    const index = followInto(
      source,
      { clock, cursor: cursorOf(chain), pollIntervalMs: 60_000, hintGapMs: 50, hints },
      hashesOf(chain),
    );
    const polls = (): number => source.calls.filter((call) => call.startsWith('head')).length;
    await until('the first poll', () => polls() === 1);
    source.blocks = extend(chain, 1);
    for (let turn = 0; turn < 100; turn += 1) {
      hints.hint({});
      await nextTurn();
    }
    expect(index.log).toEqual(['+3']);
    expect(polls()).toBe(2);
    await clock.advance(50);
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    expect(polls()).toBe(3);
    await index.stop();
    expect(hints.listeners.size).toBe(0);
  });

  it('collects whole runs for a consumer that takes longer for each than collecting may last', async () => {
    const chain = extend([], 34);
    const clock = createFakeClock();
    const stopping = new AbortController();
    const items = followChain({
      source: createScriptedChain(chain),
      startBlock: 0,
      knownBlock: () => Promise.resolve(undefined),
      signal: stopping.signal,
      clock,
      maxRunBlocks: 10,
      maxRunMs: 1000,
    });
    const lengths: number[] = [];
    for await (const item of items) {
      if (item.type === 'blocks') lengths.push(item.blocks.length);
      await clock.advance(5000);
      if (lengths.length === 4) stopping.abort();
    }
    expect(lengths.slice(0, 4)).toEqual([10, 10, 10, 1]);
  });

  it('bounds a run in bytes', async () => {
    const source = createScriptedChain(extend([], 30));
    const index = followInto(source, { maxRunBytes: 5000 });
    await index.until('all', () => index.hashes.size === 30);
    await index.stop();
    expect(index.log.slice(0, 2)).toEqual(['+0..4', '+5..9']);
  });
});

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
