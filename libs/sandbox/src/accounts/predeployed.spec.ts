import { describe, expect, it } from '@jest/globals';
import { feltToHex } from '#libs/felt';
import { derivePredeployedAccounts } from './predeployed.ts';

describe('predeployed accounts', () => {
  it('are those of `starknet-devnet --seed 0`', () => {
    const accounts = derivePredeployedAccounts(0, 2).map(({ address, publicKey, privateKey }) =>
      [address, publicKey, privateKey].map(feltToHex),
    );
    expect(accounts).toEqual([
      [
        '0x64b48806902a367c8598f4f95c305e8c1a1acba5f082d294a43793113115691',
        '0x39d9e6ce352ad4530a0ef5d5a18fd3303c3606a7fa6ac5b620020ad681cc33b',
        '0x71d7bb07b9a64f6f78ac4c816aff4da9',
      ],
      [
        '0x78662e7352d062084b0010068b99288486c2d8b914f6e2a55ce945f8792c8b1',
        '0x7a1bb2744a7dd29bffd44341dbd78008adb4bc11733601e7eddff322ada9cb',
        '0xe1406455b7d66b1690803be066cbe5e',
      ],
    ]);
  });

  it('differ from seed to seed', () => {
    expect(derivePredeployedAccounts(1, 1)).not.toEqual(derivePredeployedAccounts(2, 1));
  });
});
