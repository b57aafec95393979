import { describe, expect, it } from '@jest/globals';
import { ADDRESS_BOUND, feltToHex, pedersenHash, selectorOf, snKeccak } from '#libs/felt';
import fc from 'fast-check';
import { ec, hash } from 'starknet';
import { anyAddress, anySessionKey, KEY, TOKEN } from '../../spec/account.builder.ts';
import {
  entrypointsMapBase,
  entrypointSlot,
  entrypointSlotFrom,
  mapSlot,
  policySlotBase,
  sessionSlotBase,
  slotAt,
  varSlot,
} from './storage-slots.ts';

const pedersen = (a: bigint | string, b: bigint | string): string =>
  ec.starkCurve.pedersen(BigInt(a), BigInt(b));
const nameHash = (name: string): bigint => hash.starknetKeccak(name);

describe('storage slots', () => {
  it('agrees with starknet.js on the slots of sessions, whitelists and policies', () => {
    fc.assert(
      fc.property(anySessionKey, anyAddress, fc.nat(100), (key, token, index) => {
        expect(sessionSlotBase(key)).toBe(BigInt(pedersen(nameHash('session_keys'), key)) % ADDRESS_BOUND);
        const inner = pedersen(nameHash('session_entrypoints'), key);
        expect(entrypointSlot(key, index)).toBe(BigInt(pedersen(inner, BigInt(index))) % ADDRESS_BOUND);
        const outer = pedersen(pedersen(nameHash('policies'), key), token);
        expect(policySlotBase(key, token)).toBe(BigInt(outer) % ADDRESS_BOUND);
      }),
      { numRuns: 20 },
    );
  });

  it('finds the balance slot of an ERC-20 as explorers do', () => {
    const slot = mapSlot('ERC20_balances', TOKEN);
    expect(slot).toBe(BigInt(pedersen(nameHash('ERC20_balances'), TOKEN)) % ADDRESS_BOUND);
    expect(varSlot('Account_public_key')).toBe(snKeccak('Account_public_key'));
  });

  it('gives the same whitelist slot from the stored inner hash', () => {
    const base = entrypointsMapBase(KEY);
    expect(entrypointSlotFrom(base, 3)).toBe(entrypointSlot(KEY, 3));
    expect(mapSlot('session_entrypoints', KEY, 3n)).toBe(entrypointSlot(KEY, 3));
  });

  it('reduces a hash beyond the address bound, and not the inner hash', () => {
    const reduced = (hashed: bigint): bigint => (hashed >= ADDRESS_BOUND ? hashed - ADDRESS_BOUND : hashed);
    const inner = pedersenHash(snKeccak('policies'), KEY);
    expect(policySlotBase(KEY, TOKEN)).toBe(reduced(pedersenHash(inner, TOKEN)));
  });

  it('puts members one after the other, above the bound too', () => {
    expect(slotAt(7n, 3)).toBe(10n);
    expect(slotAt(ADDRESS_BOUND - 1n, 7)).toBe(ADDRESS_BOUND + 6n);
  });

  it('stays as it was: stored slots must not move', () => {
    expect(feltToHex(sessionSlotBase(KEY))).toBe(
      '0x7d318d117d1a3c1114811a90be639f394c44f3f492360de5122900fe79061d4',
    );
    expect(feltToHex(entrypointSlot(KEY, 1))).toBe(
      '0x15f243aa15248817e29290c5ebc2510196710fb076cdf4c9b9be15eec96b77e',
    );
    expect(feltToHex(policySlotBase(KEY, TOKEN))).toBe(
      '0x7951184ff7b0f296032a3d29aa0d9a610f9f9585d15d37367cb3f149095dffa',
    );
    expect(selectorOf('session_keys')).toBe(snKeccak('session_keys'));
  });
});
