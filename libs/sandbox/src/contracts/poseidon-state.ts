import { poseidonSmall } from '@scure/starknet';

/** The first word of the Hades permutation of three felts: where Cairo derives storage of long values from. */
export const permutePoseidon = (first: bigint, second: bigint, third: bigint): bigint =>
  poseidonSmall([first, second, third])[0] ?? 0n;
