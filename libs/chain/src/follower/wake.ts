import type { Clock } from '../clock.ts';
import type { HeadHint, HeadHints } from '../heads/head-hints.ts';

/** Waits for the next poll. */
export interface Wake {
  /** Until the interval is over, a hint comes, or the signal aborts. */
  wait(intervalMs: number): Promise<void>;
  stop(): void;
}

/** A hint that comes while nobody waits ends the next wait; many count as one, and polls keep the gap between them. */
export const createWake = (
  clock: Clock,
  gapMs: number,
  hints: HeadHints | undefined,
  signal: AbortSignal,
  onHint: (hint: HeadHint) => void,
): Wake => {
  let hinted = new AbortController();
  let lastMs = Number.NEGATIVE_INFINITY;
  const unlisten = hints?.listen((hint) => {
    onHint(hint);
    hinted.abort();
  });
  return {
    wait: async (intervalMs) => {
      const gapLeftMs = Math.min(lastMs + gapMs - clock.nowMs(), intervalMs);
      if (gapLeftMs > 0) await clock.sleep(gapLeftMs, signal);
      await clock.sleep(intervalMs - Math.max(0, gapLeftMs), AbortSignal.any([hinted.signal, signal]));
      if (hinted.signal.aborted) hinted = new AbortController();
      lastMs = clock.nowMs();
    },
    stop: () => unlisten?.(),
  };
};
