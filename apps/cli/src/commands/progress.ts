import type { IndexerStatus, NetworkStatus, ProgressStatus } from '#libs/api';
import { showDuration } from '../output/times.ts';
import type { Terminal } from '../output/terminal.ts';

const INTERVAL_MS = 2_000;
/** Nearer to the head than this it is following, not catching up. */
const WORTH_SHOWING_BLOCKS = 20;

/** While a network catches up, a line every two seconds with done, total, rate and time left. */
export const showProgress = (status: IndexerStatus, terminal: Terminal): { stop(): void } => {
  if (!terminal.isInteractive) return { stop: () => undefined };
  const timer = setInterval(() => {
    for (const network of status.networks()) {
      if ((network.lagBlocks ?? 0) > WORTH_SHOWING_BLOCKS) terminal.err(progressText(network));
      if (network.accounts !== undefined) terminal.err(accountsText(network.label, network.accounts));
    }
  }, INTERVAL_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
};

export const progressText = ({ label, progress }: NetworkStatus): string => {
  if (progress === undefined) return `${label}: catching up`;
  return workText(label, 'blocks', progress);
};

/** Accounts that are met late: their current state first. */
const accountsText = (label: string, accounts: ProgressStatus): string =>
  workText(label, 'accounts', accounts);

const workText = (
  label: string,
  things: string,
  { done, total, ratePerSecond, secondsLeft }: ProgressStatus,
): string => {
  const percent = total === 0 ? 100 : Math.floor((done * 100) / total);
  const rate = ratePerSecond === undefined ? '' : `, ${Math.round(ratePerSecond)} ${things}/s`;
  const left = secondsLeft === undefined ? '' : `, ${showDuration(secondsLeft)} left`;
  return `${label}: ${done} of ${total} ${things} (${percent} %)${rate}${left}`;
};
