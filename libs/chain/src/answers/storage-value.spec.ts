import { describe, expect, it } from '@jest/globals';
import { readStorageAnswer } from './storage-value.ts';

const at = { blockNumber: 9 };

describe('readStorageAnswer', () => {
  it('reads the value with the block that wrote it, 0 for none', () => {
    expect(readStorageAnswer({ value: '0x5', last_update_block: 9 }, at)).toEqual({
      value: 5n,
      lastUpdateBlock: 9,
    });
    expect(readStorageAnswer({ value: '0x0', last_update_block: 0 }, at)).toEqual({
      value: 0n,
      lastUpdateBlock: 0,
    });
  });

  it('does not make up a block where the node gave a plain felt', () => {
    expect(readStorageAnswer('0x5', at)).toEqual({ value: 5n, lastUpdateBlock: undefined });
  });

  it('refuses an update after the block that was asked about', () => {
    expect(() => readStorageAnswer({ value: '0x5', last_update_block: 10 }, at)).toThrow(
      expect.objectContaining({ code: 'ANSWER_MISMATCH' }),
    );
    expect(readStorageAnswer({ value: '0x5', last_update_block: 10 }, 'latest').lastUpdateBlock).toBe(10);
  });

  it.each([
    [{ value: '0x5' }],
    [{ last_update_block: 1 }],
    [{ value: '0x5', last_update_block: -1 }],
    [null],
    [5],
  ])('refuses %j', (answer) => {
    expect(() => readStorageAnswer(answer, at)).toThrow(expect.objectContaining({ code: 'RPC_MALFORMED' }));
  });
});
