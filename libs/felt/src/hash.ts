import { poseidonHashMany } from '@scure/starknet';
import type { Felt } from './felt.ts';
import { pedersen } from './pedersen.ts';

/** Pedersen of two felts. A few thousand a second a core: compute once and store. */
export const pedersenHash = (a: bigint, b: bigint): Felt => pedersen(a, b) as Felt;

/** Pedersen over a list as Starknet hashes arrays: h(...h(h(0, a), b)..., length). */
export const pedersenHashArray = (items: readonly bigint[]): Felt => {
  const chained = items.reduce<bigint>((hash, item) => pedersenHash(hash, item), 0n);
  return pedersenHash(chained, BigInt(items.length));
};

/** Poseidon over a list, padded as Cairo's poseidon_hash_span. */
export const poseidonHash = (items: readonly bigint[]): Felt => poseidonHashMany([...items]) as Felt;
