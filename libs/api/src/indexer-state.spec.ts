import { describe, expect, it } from '@jest/globals';
import { encodeShortString, toFelt } from '#libs/felt';
import { indexerStateOf } from './indexer-state.ts';
import type { NetworkStatus } from './indexer-status.ts';

const indexed = { blockNumber: 5, blockHash: toFelt(5n), timestampSeconds: 1n };
const identity = { networkId: 1, chainId: encodeShortString('SN_MAIN'), label: 'main', sandbox: false };

describe('the state of the indexing', () => {
  it.each<[string, Partial<NetworkStatus>, string]>([
    ['nothing is known yet', {}, 'WAITING'],
    ['a head is known and nothing indexed', { head: indexed }, 'WAITING'],
    ['no head is known', { indexed }, 'UNKNOWN'],
    ['all is indexed', { indexed, lagBlocks: 0 }, 'AT_HEAD'],
    ['the newest block is on its way', { indexed, lagBlocks: 1 }, 'AT_HEAD'],
    ['more blocks are missing', { indexed, lagBlocks: 2 }, 'CATCHING_UP'],
    ['something fails', { indexed, lagBlocks: 0, lastError: 'RPC_UNAVAILABLE: away' }, 'FAILING'],
    [
      'it stopped for good',
      { indexed, lagBlocks: 0, lastError: 'x', stopped: 'FINALITY_VIOLATION' },
      'STOPPED',
    ],
    ['another process stopped for good', { indexed, stopped: 'FINALITY_VIOLATION' }, 'STOPPED'],
  ])('when %s', (_, status, state) => expect(indexerStateOf({ ...identity, ...status })).toBe(state));
});
