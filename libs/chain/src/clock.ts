import { setImmediate as immediately, setTimeout as delay } from 'node:timers/promises';

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
  sleep: async (durationMs, signal) => {
    try {
      await delay(durationMs, undefined, signal ? { signal } : {});
    } catch {
      // Aborted: the caller looks at its signal.
    }
  },
  turn: () => immediately(),
};
