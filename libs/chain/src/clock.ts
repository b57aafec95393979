import { setImmediate as immediately } from 'node:timers/promises';

/** The only way time enters this room. */
export interface Clock {
  /** Since the epoch by the host's clock at start; never goes backwards. */
  nowMs(): number;
  /** Resolves after the time, or at once when the signal aborts. Never rejects. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
  /** Lets whatever else waits in the process have its turn. */
  turn(): Promise<void>;
}

/** A number in [0, 1). */
export type Random = () => number;

export const systemClock: Clock = {
  nowMs: () => performance.timeOrigin + performance.now(),
  // By hand: the promise of node:timers makes an error with its stack of each sleep that is cut short.
  sleep: (durationMs, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, durationMs);
      signal?.addEventListener('abort', end, { once: true });
    }),
  turn: () => immediately(),
};
