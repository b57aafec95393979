import type { Things } from './things.ts';

/** A text in which the things that were asked for go by what they are, so that two answers can be compared. */
export const withoutNames = (text: string, things: Things): string =>
  Object.entries<string>({ ...things })
    .toSorted(([, a], [, b]) => b.length - a.length)
    .reduce((left, [kind, name]) => left.replaceAll(name, `<${kind}>`), text);
