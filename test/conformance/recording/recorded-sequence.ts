import type { AccountName, Sequence } from '../sequence/command.ts';
import { directedSections } from '../sequence/directed-sequence.ts';

/** Short enough to be read in a diff, and to be replayed with every `npm test`. */
export const recordedSequence = (account: AccountName): Sequence => {
  const { limits, windows, failures, outside, lifecycle, modesOwnerClass, reorg } = directedSections(account);
  return [limits, windows, failures, outside.slice(0, 8), lifecycle, modesOwnerClass, reorg].flat();
};
