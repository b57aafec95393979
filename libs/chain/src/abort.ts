import { ChainError } from './chain.error.ts';

export const aborted = (): ChainError => new ChainError('ABORTED', 'stopped by the caller');

export const throwIfAborted = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted) throw aborted();
};

/** Settles with the promise, or rejects with ABORTED as soon as the signal says so, whatever the promise does. */
export const unlessAborted = async <T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (!signal) return promise;
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = (): void => {
    reject(aborted());
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
};
