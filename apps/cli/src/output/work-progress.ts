import type { OnProgress } from '#libs/verification';
import { progressText } from './progress-text.ts';
import type { Terminal } from './terminal.ts';

const INTERVAL_MS = 1_000;

/** A line a second on a terminal that somebody watches; nothing elsewhere. */
export const tellProgress = (terminal: Terminal, nowMs = () => performance.now()): OnProgress => {
  let nextMs = nowMs() + INTERVAL_MS;
  return (progress) => {
    if (!terminal.isInteractive || nowMs() < nextMs) return;
    nextMs = nowMs() + INTERVAL_MS;
    terminal.err(progressText(progress.step, progress));
  };
};
