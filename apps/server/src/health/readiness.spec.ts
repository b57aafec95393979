import { describe, expect, it } from '@jest/globals';
import { encodeShortString, toFelt } from '#libs/felt';
import { notReadyReasons } from './readiness.ts';

const limits = { maxLagBlocks: 20, maxStalledSeconds: 120 };
const indexed = { blockNumber: 1, blockHash: toFelt(1), timestampSeconds: 1n };
const network = {
  networkId: 1,
  chainId: encodeShortString('SN_MAIN'),
  label: 'main',
  sandbox: false,
  indexed,
};
const codes = (status: object) => notReadyReasons({ ...network, ...status }, limits).map(({ code }) => code);

describe('readiness', () => {
  it('is given up to the limits and not beyond', () => {
    expect(codes({ head: indexed, lagBlocks: 20, stalledSeconds: 120 })).toEqual([]);
    expect(codes({ head: indexed, lagBlocks: 21, stalledSeconds: 121 })).toEqual(['LAGGING', 'STALLED']);
  });

  it('names the network and the figures', () => {
    expect(notReadyReasons({ ...network, head: indexed, lagBlocks: 99 }, limits)[0]).toEqual({
      code: 'LAGGING',
      network: 'main',
      message: '99 blocks behind the head, at most 20 allowed',
    });
  });

  it('is not given by any process before a node has said where the head is', () => {
    expect(codes({ stalledSeconds: 0 })).toEqual(['HEAD_UNKNOWN']);
    expect(codes({})).toEqual(['HEAD_UNKNOWN']);
  });

  it('is not given while indexing waits for somebody, however near the head', () => {
    expect(codes({ head: indexed, lagBlocks: 0, stopped: 'FINALITY_VIOLATION' })).toEqual(['STOPPED']);
  });

  it('is not given before a block is indexed', () => {
    expect(codes({ head: indexed, indexed: undefined })).toEqual(['NOTHING_INDEXED']);
    expect(codes({ head: indexed, indexed: undefined, networkId: 0 })).toEqual(['NETWORK_NOT_INDEXED']);
  });
});
