import type { JsonValue } from '#libs/facts';

/** Words as a fact states them: decimals. */
export type Words = readonly string[];

/** @returns nothing where the member is no list of decimals */
export const wordsOf = (value: JsonValue | undefined): Words | undefined =>
  Array.isArray(value) && value.every((word) => typeof word === 'string') ? value : undefined;

export interface LaidWords {
  readonly words: Words;
  /** False: the fact takes off from another state than the one before it left. */
  readonly continuous: boolean;
}

/**
 * The state before with a change laid over it: only words that the change altered are taken from it, so that a word
 * which somebody spoiled in a read model, and which was carried into later facts, does not come back from them.
 */
export const layWords = (known: Words | undefined, before: Words | undefined, after: Words): LaidWords => {
  if (known === undefined || before === undefined) {
    return { words: after, continuous: (known === undefined) === (before === undefined) };
  }
  return {
    words: after.map((word, at) => (word === before[at] ? (known[at] ?? word) : word)),
    continuous: known.every((word, at) => word === before[at]),
  };
};
