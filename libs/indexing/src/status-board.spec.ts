import { describe, expect, it } from '@jest/globals';
import type { BlockHeader } from '#libs/chain';
import { encodeShortString, toFelt } from '#libs/felt';
import { StatusBoard } from './status-board.ts';

const header = (blockNumber: number): BlockHeader => ({
  blockNumber,
  blockHash: toFelt(blockNumber + 1000),
  parentHash: toFelt(blockNumber + 999),
  timestampSeconds: BigInt(blockNumber * 2),
  finality: 'ACCEPTED_ON_L2',
});

describe('what the indexer says of itself', () => {
  const board = () => {
    let nowMs = 0;
    const identity = { networkId: 1, chainId: encodeShortString('SN_MAIN'), label: 'main', sandbox: false };
    return { board: new StatusBoard(identity, () => nowMs), pass: (ms: number) => (nowMs += ms) };
  };

  it('is not stalled while it has read all there is', () => {
    const { board: status, pass } = board();
    status.headSeen(header(5));
    status.indexedTo(header(5));
    pass(600_000);
    expect(status.status()).toMatchObject({ lagBlocks: 0, stalledSeconds: 0 });
  });

  it('knows neither head nor lag before a node has answered', () => {
    const { board: status } = board();
    status.indexedTo(header(5));
    expect(status.status().indexed?.blockNumber).toBe(5);
    expect(status.status().head).toBeUndefined();
    expect(status.status().lagBlocks).toBeUndefined();
  });

  it('is stalled from the last block it committed while there is more', () => {
    const { board: status, pass } = board();
    status.startsAt(0);
    status.indexedTo(header(5));
    status.headSeen(header(9));
    pass(90_000);
    expect(status.status()).toMatchObject({
      lagBlocks: 4,
      stalledSeconds: 90,
      progress: { done: 6, total: 10 },
    });
  });

  it('forgets a failure once the node answers and nothing is left to read', () => {
    const { board: status, pass } = board();
    status.indexedTo(header(5));
    status.failed('RPC_UNAVAILABLE: away');
    pass(150_000);
    expect(status.status()).toMatchObject({ lastError: 'RPC_UNAVAILABLE: away', stalledSeconds: 150 });
    status.headSeen(header(5));
    expect(status.status()).toMatchObject({ stalledSeconds: 0 });
    expect(status.status().lastError).toBeUndefined();
  });

  it('keeps saying why it stopped for good, whatever the node answers', () => {
    const { board: status, pass } = board();
    status.indexedTo(header(5));
    status.stopped('FINALITY_VIOLATION', 'block 3 changed');
    status.headSeen(header(5));
    status.failed('RPC_UNAVAILABLE: away');
    pass(130_000);
    expect(status.status()).toMatchObject({
      lastError: 'FINALITY_VIOLATION: block 3 changed',
      stalledSeconds: 130,
      stopped: 'FINALITY_VIOLATION',
    });
    status.resumed();
    expect(status.status()).not.toHaveProperty('stopped');
    expect(status.status()).not.toHaveProperty('lastError');
  });

  it('measures from the block where the network began', () => {
    const { board: status, pass } = board();
    status.startsAt(1_000_000);
    status.headSeen(header(1_000_009));
    pass(30_000);
    expect(status.status()).toMatchObject({ progress: { done: 0, total: 10 }, stalledSeconds: 30 });
    expect(status.status()).not.toHaveProperty('lagBlocks');
    status.indexedTo(header(1_000_001));
    expect(status.status()).toMatchObject({ progress: { done: 2, total: 10 }, lagBlocks: 8 });
    status.indexedTo(header(1_000_009));
    expect(status.status()).toMatchObject({ lagBlocks: 0, stalledSeconds: 0 });
    expect(status.status()).not.toHaveProperty('progress');
  });

  it('has nothing to do before the block where it is to begin is there', () => {
    const { board: status, pass } = board();
    status.startsAt(20);
    status.headSeen(header(9));
    pass(30_000);
    expect(status.status()).toMatchObject({ stalledSeconds: 0 });
    expect(status.status()).not.toHaveProperty('progress');
  });

  it('makes up no progress before it knows where it begins', () => {
    const { board: status } = board();
    status.headSeen(header(9));
    expect(status.status()).not.toHaveProperty('progress');
    expect(status.status()).not.toHaveProperty('lagBlocks');
  });

  it('tells the rate and the time left from the blocks of the last seconds', () => {
    const { board: status, pass } = board();
    status.startsAt(0);
    status.headSeen(header(109));
    status.indexedTo(header(9));
    pass(2_000);
    status.indexedTo(header(29));
    expect(status.status().progress).toEqual({ done: 30, total: 110, ratePerSecond: 10, secondsLeft: 8 });
  });
});
