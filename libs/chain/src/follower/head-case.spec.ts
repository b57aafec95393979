import { describe, expect, it } from '@jest/globals';
import { toFelt } from '#libs/felt';
import { childOf, extend } from '../../testing/scripted-chain.ts';
import { classifyHead } from './head-case.ts';

const trunk = extend([], 6);
const at = (height: number) => trunk[height]!;
const other = childOf(at(3), 'other');
const startBlock = 0;
const knownAtHead = undefined;

describe('classifyHead', () => {
  const cursor = at(4);

  it('calls our newest block a duplicate, and another of its height a reorg', () => {
    expect(classifyHead({ head: at(4), cursor, startBlock, knownAtHead })).toBe('duplicate');
    expect(classifyHead({ head: other, cursor, startBlock, knownAtHead })).toBe('reorg');
  });

  it('calls its child next, and a child of another block a reorg', () => {
    expect(classifyHead({ head: at(5), cursor, startBlock, knownAtHead })).toBe('next');
    expect(classifyHead({ head: childOf(other), cursor, startBlock, knownAtHead })).toBe('reorg');
  });

  it('calls anything further a gap', () => {
    expect(classifyHead({ head: at(5), cursor: at(3), startBlock, knownAtHead })).toBe('gap');
  });

  it('calls a lower head behind, unless its hash contradicts ours', () => {
    const known = at(2).blockHash;
    expect(classifyHead({ head: at(2), cursor, startBlock, knownAtHead: known })).toBe('behind');
    expect(classifyHead({ head: at(2), cursor, startBlock, knownAtHead: undefined })).toBe('behind');
    expect(classifyHead({ head: at(2), cursor, startBlock, knownAtHead: toFelt(1) })).toBe('reorg');
  });

  it('begins at the start block', () => {
    const cases = [2, 3, 4].map((start) =>
      classifyHead({ head: at(3), cursor: undefined, startBlock: start, knownAtHead }),
    );
    expect(cases).toEqual(['gap', 'next', 'behind']);
  });
});
