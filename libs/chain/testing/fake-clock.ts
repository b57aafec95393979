import type { Clock } from '../src/clock.ts';

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

export interface FakeClock extends Clock {
  /** Every sleep asked for, in order. */
  readonly sleeps: number[];
  advance(durationMs: number): Promise<void>;
}

export interface FakeClockOptions {
  /** Sleeps below this are over at once, moving the time; longer ones (deadlines) wait for `advance`. Default: all. */
  readonly jumpBelowMs?: number;
}

/** Time that only moves when told to, or by the sleeps themselves. */
export const createFakeClock = ({
  jumpBelowMs = Number.POSITIVE_INFINITY,
}: FakeClockOptions = {}): FakeClock => {
  let nowMs = 1_000_000;
  const sleepers = new Set<Sleeper>();
  const sleeps: number[] = [];
  const jump = async (durationMs: number): Promise<void> => {
    const dueMs = nowMs + durationMs;
    await nextTurn();
    nowMs = Math.max(nowMs, dueMs);
  };
  return {
    sleeps,
    nowMs: () => nowMs,
    turn: () => nextTurn(),
    sleep: (durationMs, signal) => {
      if (signal?.aborted) return Promise.resolve();
      sleeps.push(durationMs);
      if (durationMs < jumpBelowMs) return jump(durationMs);
      return new Promise((resolve) => {
        const sleeper = { dueMs: nowMs + durationMs, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          resolve();
        });
      });
    },
    advance: async (durationMs) => {
      nowMs += durationMs;
      for (const sleeper of [...sleepers]) {
        if (sleeper.dueMs > nowMs) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
      await nextTurn();
    },
  };
};

/** Lets everything that is ready run. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const PATIENCE_MS = 20_000;

/** Waits, without a timer, until a condition holds. */
export const until = async (what: string, holds: () => boolean): Promise<void> => {
  const startedMs = performance.now();
  while (!holds()) {
    if (performance.now() - startedMs > PATIENCE_MS) throw new Error(`never came: ${what}`);
    await nextTurn();
  }
};
