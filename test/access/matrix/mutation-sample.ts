import { documentOf } from './sample.ts';
import type { Things } from './things.ts';

/** How a field of Mutation is called by the matrix. What it selects has no time, no new id and no new secret in it. */
export interface MutationSample {
  /** In failures. Default: the arguments. */
  readonly name?: string;
  /** The text between the parentheses, naming things of somebody; `own` is what belongs to who calls. */
  readonly args: (things: Things, own: Things) => string;
  /** The selection with its braces; nothing for a field without one. */
  readonly select?: string;
  /**
   * SAME (default): its owner is answered otherwise about his things than about what never was, so that an answer which is
   * the same for both shows that nothing leaks. NOTHING: the answer is about nothing that was named.
   */
  readonly tells?: 'NOTHING';
}

/** By root field, as `Mutation.createGroup`. Each field has one at least. */
export type MutationSamples = Readonly<Record<string, readonly MutationSample[]>>;

export const callOf = (
  rootField: string,
  { args, select = '' }: MutationSample,
  things: Things,
  own: Things,
): string => documentOf(rootField, { args: (named) => args(named, own), select }, things);

export const callTitle = (rootField: string, { name, args }: MutationSample, things: Things): string =>
  `${rootField}(${name ?? args(things, things)})`;
