/** Numbers from a seed: the same seed gives the same chain on every machine. */
export interface Random {
  /** In [0, 2^32). */
  word(): number;
  /** In [0, bound). */
  below(bound: number): number;
  /** True with the probability. */
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** A felt in its printed form, of 63 digits and below 2^251 - 256. */
  felt(): string;
}

const hex8 = (word: number): string => word.toString(16).padStart(8, '0');

/** sfc32 by Chris Doty-Humphrey, in its usual form. */
export const createRandom = (seed: number): Random => {
  let [a, b, c, counter] = [0x9e37_79b9, 0x243f_6a88, 0xb7e1_5162, seed | 0];
  const word = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let round = 0; round < 15; round += 1) word();
  const below = (bound: number): number => Math.floor((word() / 2 ** 32) * bound);
  return {
    word,
    below,
    chance: (probability) => word() / 2 ** 32 < probability,
    pick: (items) => items[below(items.length)]!,
    felt: () => {
      let text = `0x${1 + below(6)}`;
      for (let part = 0; part < 7; part += 1) text += hex8(word());
      return text + hex8(word()).slice(0, 6);
    },
  };
};
