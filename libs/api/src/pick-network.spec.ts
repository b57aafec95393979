import { describe, expect, it } from '@jest/globals';
import { PurserError } from './purser.error.ts';
import { encodeShortString } from '#libs/felt';
import { pickNetwork } from './pick-network.ts';

const SEPOLIA = encodeShortString('SN_SEPOLIA');
const MAIN = encodeShortString('SN_MAIN');
const sepolia = { chainId: SEPOLIA, label: 'sepolia' };
const devnet = { chainId: SEPOLIA, label: 'devnet' };
const main = { chainId: MAIN, label: 'main' };
const pick = (networks: (typeof sepolia)[], choice: { chainId?: bigint | null; network?: string | null }) => {
  try {
    return pickNetwork(networks, choice).label;
  } catch (error) {
    return error instanceof PurserError ? error.code : error;
  }
};

describe('the network of a question', () => {
  it('is the only one that is served', () => {
    expect(pick([sepolia], {})).toBe('sepolia');
    expect(pick([sepolia], { chainId: null, network: null })).toBe('sepolia');
  });

  it('has to be said where there are several', () => {
    expect(pick([sepolia, main], {})).toBe('CHAIN_REQUIRED');
    expect(pick([sepolia, main], { chainId: MAIN })).toBe('main');
  });

  it('has to be said by name where two share a chain id', () => {
    expect(pick([sepolia, devnet, main], { chainId: SEPOLIA })).toBe('CHAIN_REQUIRED');
    expect(pick([sepolia, devnet, main], { network: 'devnet' })).toBe('devnet');
  });

  it('is never another than the one that was said', () => {
    expect(pick([sepolia], { chainId: MAIN })).toBe('CHAIN_UNKNOWN');
    expect(pick([sepolia, main], { chainId: MAIN, network: 'sepolia' })).toBe('CHAIN_UNKNOWN');
    expect(pick([], {})).toBe('CHAIN_UNKNOWN');
  });
});
