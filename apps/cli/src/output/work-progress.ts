import type { OnProgress, WorkProgress } from '#libs/verification';
import { showDuration } from './times.ts';
import type { Terminal } from './terminal.ts';

const INTERVAL_MS = 1_000;

/** A line a second on a terminal that somebody watches; nothing elsewhere. */
export const tellProgress = (terminal: Terminal, nowMs = () => performance.now()): OnProgress => {
  let nextMs = nowMs() + INTERVAL_MS;
  return (progress) => {
    if (!terminal.isInteractive || nowMs() < nextMs) return;
    nextMs = nowMs() + INTERVAL_MS;
    terminal.err(workText(progress));
  };
};

export const workText = ({ step, done, total, ratePerSecond, secondsLeft }: WorkProgress): string => {
  const percent = total === 0 ? 100 : Math.floor((done * 100) / total);
  const rate = ratePerSecond === undefined ? '' : `, ${Math.round(ratePerSecond)}/s`;
  const left = secondsLeft === undefined ? '' : `, ${showDuration(secondsLeft)} left`;
  return `${step}: ${done} of ${total} (${percent} %)${rate}${left}`;
};
