import { describe, expect, it } from '@jest/globals';
import { parsePoint, printPoint } from './point.ts';

describe('a point in the past', () => {
  it('is one of three, and nothing where none is asked for', () => {
    expect(parsePoint(undefined)).toBeUndefined();
    expect(parsePoint(null)).toBeUndefined();
    expect(parsePoint({ blockNumber: 0 })).toEqual({ kind: 'BLOCK', blockNumber: 0 });
    expect(parsePoint({ timestamp: 0n, blockNumber: null })).toEqual({
      kind: 'TIMESTAMP',
      timestampSeconds: 0n,
    });
    expect(parsePoint({ finality: 'ACCEPTED_ON_L1' })).toEqual({
      kind: 'FINALITY',
      finality: 'ACCEPTED_ON_L1',
    });
  });

  it.each([
    {},
    { blockNumber: null },
    { blockNumber: 1, timestamp: 1n },
    { timestamp: 1n, finality: 'ACCEPTED_ON_L2' },
  ] as const)('is refused with none or two of them: %p', (at) => {
    expect(() => parsePoint(at)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });

  it('prints apart what differs', () => {
    const points = [{ blockNumber: 1 }, { timestamp: 1n }, { finality: 'ACCEPTED_ON_L1' }] as const;
    expect(new Set(points.map((at) => printPoint(parsePoint(at)!))).size).toBe(3);
  });
});
