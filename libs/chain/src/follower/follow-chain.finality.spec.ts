import { describe, expect, it } from '@jest/globals';
import { cursorOf, followInto, hashesOf } from '../../testing/follow-into.ts';
import { createScriptedChain, extend } from '../../testing/scripted-chain.ts';

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
