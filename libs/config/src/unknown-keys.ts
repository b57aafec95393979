import type { ConfigFault } from './config.error.ts';
import { definitions } from './definitions.ts';

const PREFIX = 'PURSER_';

/** Keys that start with PURSER_ are ours alone, so an unknown one is a mistake and not someone else's. */
export const unknownKeyFaults = (keys: readonly string[]): ConfigFault[] =>
  keys
    .filter((key) => key.startsWith(PREFIX) && !(key in definitions))
    .map((key) => ({ key, message: `unknown setting; ${suggestion(key)}` }));

const suggestion = (key: string): string => {
  const [closest] = Object.keys(definitions)
    .map((name) => ({
      name,
      distance: Math.min(editDistance(key, name), editDistance(key.slice(PREFIX.length), name)),
    }))
    .sort((a, b) => a.distance - b.distance);
  const isClose = closest !== undefined && closest.distance <= Math.max(2, closest.name.length / 3);
  return isClose ? `did you mean ${closest.name}?` : 'see docs/reference/configuration.md';
};

const editDistance = (a: string, b: string): number => {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...a].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...b].entries()) {
      const replace = (previous[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(replace, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
};
