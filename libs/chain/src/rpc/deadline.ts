import { aborted, throwIfAborted } from '../abort.ts';
import { ChainError } from '../chain.error.ts';
import type { Clock } from '../clock.ts';

/** Given as the reason: without one each call would make an error with its stack, to be looked at by nobody. */
const DONE = 'done';

/** Runs a task that observes its signal; after the time it is stopped and RPC_TIMEOUT thrown. */
export const withDeadline = async <T>(
  clock: Clock,
  durationMs: number,
  signal: AbortSignal | undefined,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  throwIfAborted(signal);
  const working = new AbortController();
  const done = new AbortController();
  const state = { late: false };
  const stop = (): void => {
    working.abort();
  };
  signal?.addEventListener('abort', stop, { once: true });
  void clock.sleep(durationMs, done.signal).then(() => {
    if (done.signal.aborted) return;
    state.late = true;
    stop();
  });
  try {
    return await task(working.signal);
  } catch (cause) {
    if (signal?.aborted) throw aborted();
    if (state.late) throw new ChainError('RPC_TIMEOUT', `no whole answer within ${durationMs} ms`, { cause });
    throw cause;
  } finally {
    done.abort(DONE);
    signal?.removeEventListener('abort', stop);
  }
};
