import { describe, expect, it } from '@jest/globals';
import { toFelt } from '#libs/felt';
import { eventAnswer } from '../../testing/answers.ts';
import { readEventPage } from './event-page.ts';

const filter = {
  fromBlock: 5,
  toBlock: 9,
  addresses: [0xan],
  keys: [[toFelt(1)], [], [toFelt(3), toFelt(4)]],
};
const event = (blockNumber: number, overrides = {}) =>
  eventAnswer(blockNumber, { keys: ['0x1', '0x2', '0x3'], ...overrides });

describe('readEventPage', () => {
  it('reads events with their place on the chain, and the token', () => {
    const page = readEventPage({ events: [event(5)], continuation_token: 't' }, filter, 10);
    expect(page).toEqual({
      events: [
        {
          fromAddress: 0xan,
          keys: [1n, 2n, 3n],
          data: [],
          blockNumber: 5,
          blockHash: 1005n,
          transactionHash: 2005n,
          transactionIndex: 0,
          eventIndex: 0,
        },
      ],
      token: 't',
    });
  });

  it('reads pages without tokens and without indices', () => {
    const bare = event(5, { transaction_index: undefined, event_index: undefined });
    const page = readEventPage({ events: [bare], continuation_token: null }, filter, 10);
    expect(page.token).toBeUndefined();
    expect('transactionIndex' in page.events[0]!).toBe(false);
  });

  it.each([
    ['from below the range', [event(4)]],
    ['from above the range', [event(10)]],
    ['of another address', [event(5, { from_address: '0xb' })]],
    ['with another key', [event(5, { keys: ['0x1', '0x2', '0x5'] })]],
    ['with too few keys', [event(5, { keys: ['0x1', '0x2'] })]],
    ['out of order', [event(6), event(5)]],
    ['in a larger number than asked for', [event(5), event(5), event(5)]],
  ])('refuses events %s', (_, events) => {
    expect(() => readEventPage({ events }, filter, 2)).toThrow(
      expect.objectContaining({ code: 'ANSWER_MISMATCH' }),
    );
  });

  it('refuses events without a block: pre-confirmed ones', () => {
    expect(() => readEventPage({ events: [event(5, { block_hash: undefined })] }, filter, 2)).toThrow(
      expect.objectContaining({ code: 'RPC_MALFORMED' }),
    );
  });
});
