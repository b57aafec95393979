import { describe, expect, it } from '@jest/globals';
import { alertMessageBody, type QueuedAlert } from './alert-message.ts';

const alert: QueuedAlert = {
  alertId: 'alt_1',
  kind: 'session.calls_low',
  chainId: '0x534e5f5345504f4c4941',
  account: '0xa',
  sessionKey: '0xb',
  token: null,
  blockNumber: 7,
  blockHash: '0xc',
  payload: { remainingCalls: '4', threshold: 5, blockTimestamp: '1700000000' },
};

describe('alertMessageBody', () => {
  it('names the type, the id, the time of the block and where on which chain it happened', () => {
    expect(JSON.parse(alertMessageBody(alert))).toEqual({
      type: 'session.calls_low',
      id: 'alt_1',
      timestamp: '2023-11-14T22:13:20.000Z',
      data: {
        chainId: '0x534e5f5345504f4c4941',
        account: '0xa',
        sessionKey: '0xb',
        blockNumber: 7,
        blockHash: '0xc',
        blockTimestamp: '1700000000',
        remainingCalls: '4',
        threshold: 5,
      },
    });
  });

  it.each([
    ['18446744073709551615', '9999-12-31T23:59:59.000Z'],
    [undefined, null],
  ])('survives a block time of %p', (blockTimestamp, timestamp) => {
    const body = alertMessageBody({ ...alert, payload: { blockTimestamp } });
    expect(JSON.parse(body)).toHaveProperty('timestamp', timestamp);
  });
});
