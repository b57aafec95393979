import type { ChainSource, EventWitness } from '#libs/chain';
import { AdoptionError } from './adoption.error.ts';

/** What an account is read from. */
export type AccountReads = Pick<
  ChainSource,
  'header' | 'block' | 'events' | 'witnesses' | 'storageAt' | 'classHashAt'
>;

/**
 * A chain that answers so many questions, until the signal. Anybody can make an account with a long history, and
 * nobody else is to wait for it. @throws AdoptionError ADOPTION_TOO_LARGE
 */
export const limitReads = (source: AccountReads, budget: number, signal: AbortSignal): AccountReads => {
  let left = budget;
  const spend = (count = 1): void => {
    signal.throwIfAborted();
    left -= count;
    if (left < 0) throw tooLarge(budget);
  };
  const limited =
    <Args extends unknown[], T>(read: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      spend();
      return await read(...args);
    };
  // Each node tells all events again: so many of each.
  const limitedEvents = ({ events }: EventWitness): EventWitness['events'] => {
    let pages = budget;
    return async function* (query) {
      for await (const page of events(query, { signal })) {
        spend(0);
        pages -= Math.max(1, page.length);
        if (pages < 0) throw tooLarge(budget);
        yield page;
      }
    };
  };
  return {
    header: limited((ref) => source.header(ref, { signal })),
    block: limited((ref) => source.block(ref, { signal })),
    storageAt: limited((address, slot, ref) => source.storageAt(address, slot, ref, { signal })),
    classHashAt: limited((address, ref) => source.classHashAt(address, ref, { signal })),
    events: limitedEvents(source),
    witnesses: () => source.witnesses().map((witness) => ({ events: limitedEvents(witness) })),
  };
};

const tooLarge = (budget: number): AdoptionError =>
  new AdoptionError('ADOPTION_TOO_LARGE', `it takes more than ${budget} reads`);
