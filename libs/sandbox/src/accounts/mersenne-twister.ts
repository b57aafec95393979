const SIZE = 312;
const MIDDLE = 156;
const MASK_64 = (1n << 64n) - 1n;
const UPPER = 0xffffffff80000000n;
const LOWER = 0x7fffffffn;
const MATRIX = 0xb5026f5aa96619e9n;

/** MT19937-64. starknet-devnet derives its accounts from it, so equal seeds give equal accounts in both. */
export class MersenneTwister64 {
  readonly #state: bigint[];
  #index = SIZE;

  constructor(seed: bigint) {
    this.#state = [seed & MASK_64];
    for (let i = 1; i < SIZE; i += 1) {
      const previous = this.#at(i - 1);
      this.#state.push((6364136223846793005n * (previous ^ (previous >> 62n)) + BigInt(i)) & MASK_64);
    }
  }

  nextU64(): bigint {
    if (this.#index >= SIZE) this.#twist();
    let x = this.#at(this.#index);
    this.#index += 1;
    x ^= (x >> 29n) & 0x5555555555555555n;
    x ^= (x << 17n) & 0x71d67fffeda60000n;
    x ^= (x << 37n) & 0xfff7eee000000000n;
    return (x ^ (x >> 43n)) & MASK_64;
  }

  /** Two words, the first one low. */
  nextU128(): bigint {
    const low = this.nextU64();
    return low | (this.nextU64() << 64n);
  }

  #twist(): void {
    for (let i = 0; i < SIZE; i += 1) {
      const x = (this.#at(i) & UPPER) | (this.#at((i + 1) % SIZE) & LOWER);
      this.#state[i] = this.#at((i + MIDDLE) % SIZE) ^ (x >> 1n) ^ ((x & 1n) === 0n ? 0n : MATRIX);
    }
    this.#index = 0;
  }

  #at(index: number): bigint {
    return this.#state[index] ?? 0n;
  }
}

/** The seed as `SeedableRng::seed_from_u64` of rand 0.9 expands it: PCG32 output, 4 bytes at a time. */
export const expandSeed = (seed: bigint): bigint => {
  let state = seed;
  let expanded = 0n;
  for (let word = 0n; word < 2n; word += 1n) {
    state = (state * 6364136223846793005n + 11634580027462260723n) & MASK_64;
    const shifted = (((state >> 18n) ^ state) >> 27n) & 0xffffffffn;
    const rotation = state >> 59n;
    const rotated = ((shifted >> rotation) | (shifted << ((32n - rotation) & 31n))) & 0xffffffffn;
    expanded |= rotated << (word * 32n);
  }
  return expanded;
};
