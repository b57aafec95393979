import { describe, expect, it } from '@jest/globals';
import type { NetworkStatus } from '#libs/api';
import { toFelt } from '#libs/felt';
import { catchUpText } from './progress.ts';

const network: NetworkStatus = { networkId: 1, chainId: toFelt(1), label: 'main', sandbox: false };

describe('catchUpText', () => {
  it('says done, total, rate and time left', () => {
    const progress = { done: 500, total: 2_000, ratePerSecond: 24.6, secondsLeft: 61 };
    expect(catchUpText({ ...network, progress })).toBe(
      'main: 500 of 2000 blocks (25 %), 25 blocks/s, 1 min 1 s left',
    );
  });

  it('leaves out what is not known yet', () => {
    expect(catchUpText({ ...network, progress: { done: 0, total: 10 } })).toBe('main: 0 of 10 blocks (0 %)');
    expect(catchUpText(network)).toBe('main: catching up');
  });
});
