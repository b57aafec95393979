import { describe, expect, it } from '@jest/globals';
import { createFakeClock, nextTurn, until } from '../../testing/fake-clock.ts';
import { cursorOf, followInto, hashesOf } from '../../testing/follow-into.ts';
import { createManualHints } from '../../testing/manual-hints.ts';
import { createScriptedChain, extend } from '../../testing/scripted-chain.ts';
import { ChainError } from '../chain.error.ts';
import type { BlockHeader } from '../types.ts';
import { followChain } from './follow-chain.ts';

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
