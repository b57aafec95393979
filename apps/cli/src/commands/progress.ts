import type { IndexerStatus, NetworkStatus, ProgressStatus } from '#libs/api';
import { progressText } from '../output/progress-text.ts';
import type { Terminal } from '../output/terminal.ts';

const INTERVAL_MS = 2_000;
/** Nearer to the head than this it is following, not catching up. */
const WORTH_SHOWING_BLOCKS = 20;

/** While a network catches up, a line every two seconds with done, total, rate and time left. */
export const showProgress = (status: IndexerStatus, terminal: Terminal): { stop(): void } => {
  if (!terminal.isInteractive) return { stop: () => undefined };
  const timer = setInterval(() => {
    for (const network of status.networks()) {
      if ((network.lagBlocks ?? 0) > WORTH_SHOWING_BLOCKS) terminal.err(catchUpText(network));
      if (network.accounts !== undefined) terminal.err(accountsText(network.label, network.accounts));
    }
  }, INTERVAL_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
};

export const catchUpText = ({ label, progress }: NetworkStatus): string =>
  progress === undefined ? `${label}: catching up` : progressText(label, progress, { things: 'blocks' });

/** Accounts that are met late: their current state first. */
const accountsText = (label: string, accounts: ProgressStatus): string =>
  progressText(label, accounts, { things: 'accounts' });
