import DataLoader from 'dataloader';
import type { RequestContext } from './request-context.ts';

/** Gathers what is asked for in one turn of the event loop into one question. One per request, never shared. */
export interface Loader<Key, Value> {
  load(key: Key): Promise<Value>;
}

/** No statement is asked for more at once: a page of a list. */
const MOST_AT_ONCE = 100;

export interface LoaderOptions {
  /**
   * Whether a key is asked for once in a request, however many fields want it. Only for what a request does not change;
   * keys are told apart as those of a Map are.
   */
  readonly remembers: boolean;
}

/**
 * The loader of that name of a request, made when it is first asked for. Without `remembers` it only asks together.
 * @param batch gives as many values as it gets keys, in their order; an Error in place of a value is that key's alone.
 */
export const loaderFor = <Key, Value>(
  { loaders }: Pick<RequestContext, 'loaders'>,
  name: string,
  batch: (keys: readonly Key[]) => Promise<readonly (Value | Error)[]>,
  { remembers }: LoaderOptions = { remembers: false },
): Loader<Key, Value> => {
  const known = loaders.get(name) as Loader<Key, Value> | undefined;
  if (known !== undefined) return known;
  const loader = new DataLoader<Key, Value>(batch, { cache: remembers, maxBatchSize: MOST_AT_ONCE });
  loaders.set(name, loader);
  return loader;
};
